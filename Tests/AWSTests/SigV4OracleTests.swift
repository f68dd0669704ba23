import Cryptography
import Glibc
import JSON
import Support
import TestSupport
import Testing
import Transport

@testable import AWS

/// Random requests, signed by botocore, which AWS's own command line signs with, and by us.
///
/// Botocore changes some of what it signs, and we do not:
/// - It takes any of Unicode's blanks in a header's value for one, and folds them. Servers fold ASCII blanks, so the
///   values here have no others.
/// - It replaces a `Date` by its own, and leaves out `X-Amz-Date` then. Requests here have no `Date`.
/// - It writes hosts in small letters, whatever goes over the wire. So do we, where hosts come in; here they are.
/// - It signs `Accept-Encoding`, which Google's servers rewrite before they check. It is not signed, and not here.
/// - For services other than S3 it removes `..` from the path in the signature only, and servers from what they get.
///   Ours is without them on the wire as well; botocore gets that path.
@Suite struct SigV4OracleTests {
    private static var python: String? {
        guard let server = TestTool.path("moto_server"), let end = server.lastIndex(of: "/") else { return nil }
        return "\(server[..<end])/python3"
    }

    private struct Drawn {
        let input: SigV4.Input
        let signer: SigV4
        let credentials: AWSCredentials
        let time: Timestamp
        let body: [UInt8]
    }

    private static let nasty = [
        "/", "//", ".", "..", "/./", "/../", " ", "+", "%", "%2F", "%2b", "=", "&", "?", "#", ";", ":", ",", "~", "-",
        "_",
        "*", "(", ")", "'", "\"", "<", ">", "\\", "|", "^", "`", "{", "}", "[", "]", "@", "!", "$", "\n", "\r", "\r\n",
        "\t", "\u{1}", "\u{1F}", "\u{7F}", "\u{85}", "é", "e\u{301}", "\u{301}", "\u{FEFF}", "\u{2028}", "日本", "🔒",
        "\u{10FFFF}", "a", "Z", "0", "uploads", "dunnage-b",
    ]
    private static let values = ["a", "b c", "  ", "\t", " x", "y ", "\"q  q\"", ",", ";", "=", "é", "日", "~", "0"]

    private func draw(_ generator: inout SeededGenerator, _ signers: [SigV4]) -> Drawn {
        let signer = signers.randomElement(using: &generator) ?? signers[0]
        let host =
            ["s3.eu-west-1.amazonaws.com", "bucket.host", "127.0.0.1", "[fd00::1]", "localhost"].randomElement(
                using: &generator) ?? ""
        let scheme = Bool.random(using: &generator) ? "https" : "http"
        let port = ["", ":80", ":443", ":9000", ":65535"].randomElement(using: &generator) ?? ""
        var headers: HTTPHeaders = [:]
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let name =
                [
                    "Content-Type", "content-md5", "Range", "x-amz-meta-foo", "X-Amz-Meta-Foo-Bar", "x-amz-meta-foo.a",
                    "x-amz-copy-source", "x-amz-copy-source-if-match", "X-AMZ-META-foo", "If-None-Match", "User-Agent",
                    "Expect", "Connection", "Transfer-Encoding", "X-Amzn-Trace-Id", "x-amz-storage-class",
                    "Traceparent",
                ].randomElement(using: &generator) ?? ""
            headers.append(name, generator.text(from: Self.values, upTo: 5))
        }
        let names = ["uploads", "uploadId", "partNumber", "list-type", "prefix", "a", "A", "", "é", "a-b", "a.b", "~"]
        let query = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            (
                name: Int.random(in: 0..<4, using: &generator) == 0
                    ? generator.text(from: Self.nasty, upTo: 3) : names.randomElement(using: &generator) ?? "",
                value: generator.text(from: Self.nasty, upTo: 4)
            )
        }
        let body = Bool.random(using: &generator) ? [] : generator.bytes(Int.random(in: 1...300, using: &generator))
        var input = SigV4.Input(
            HTTPRequest.Method.allCases.randomElement(using: &generator) ?? .get,
            endpoint: "\(scheme)://\(host)\(port)",
            path: "/\(generator.text(from: Self.nasty, upTo: 12))", query: query, headers: headers, body: body)
        if signer.service == "s3" {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0 where scheme == "https": input.payload = .unsigned
            case 1: input.payload = .hash(HashContext(.sha256).hash(body).hex)
            default: break
            }
        }
        let token = Bool.random(using: &generator) ? nil : Secret("to/ken+\(generator.next())==")
        let credentials = AWSCredentials(
            accessKeyID: "AKIA\(generator.next() % 3)", secretKey: Secret("sec/ret+\(generator.next() % 3)é"),
            sessionToken: token, origin: "test")
        return Drawn(
            input: input, signer: signer, credentials: credentials,
            time: Timestamp(seconds: Int64.random(in: 1_700_000_000...1_701_000_000, using: &generator)), body: body)
    }

    /// What libcurl's own signer got wrong until 8.19: the reason for ours.
    private static let shapes: [SigV4.Input] = {
        func input(
            _ method: HTTPRequest.Method = .get, _ path: String = "/b/k", query: [(name: String, value: String)] = [],
            headers: HTTPHeaders = [:], body: [UInt8] = []
        ) -> SigV4.Input {
            SigV4.Input(
                method, endpoint: "http://127.0.0.1:8080", path: path, query: query, headers: headers, body: body)
        }
        return [
            input(), input(query: [("prefix", "b"), ("list-type", "2"), ("delimiter", "")]),
            input(query: [("delimiter", "/")]), input(.post, query: [("uploads", "")]), input(.get, "/b/a+b=c%2bd"),
            input(.put, headers: ["x-amz-meta-foo-bar": "1", "x-amz-meta-foo": "2"]),
            input(.put, headers: ["x-amz-copy-source-if-match": "\"e\"", "x-amz-copy-source": "/b/other%20key"]),
            input(.put, headers: ["Expect": ""], body: [1, 2, 3]), input(headers: ["x-amz-date": "20200101T000000Z"]),
            input(.put, headers: ["x-amz-meta-a": "1", "X-Amz-Meta-A": "2"], body: Array("streamed".utf8)),
            input(query: [("prefix", "a+b%2b"), ("", ""), ("a", "2"), ("a", "10")]),
        ]
    }()

    private func line(_ drawn: Drawn, wirePath: String) -> [UInt8] {
        func pairs(_ pairs: [(String, String)]) -> JSONValue {
            .array(pairs.map { .array([.string($0.0), .string($0.1)]) })
        }
        return JSONValue.object([
            .init("method", .string(drawn.input.method.rawValue)), .init("endpoint", .string(drawn.input.endpoint)),
            .init("path", .string(wirePath)), .init("query", pairs(drawn.input.query.map { ($0.name, $0.value) })),
            .init("headers", pairs(drawn.input.headers.fields.map { ($0.name, $0.value) })),
            .init("body", .string(Base64.encode(drawn.body))), .init("region", .string(drawn.signer.region)),
            .init("service", .string(drawn.signer.service)), .init("time", .string(drawn.time.compact)),
            .init("id", .string(drawn.credentials.accessKeyID)),
            .init("secret", .string(drawn.credentials.secretKey.reveal())),
            .init("token", drawn.credentials.sessionToken.map { .string($0.reveal()) } ?? .null),
            .init("signsBody", .bool(drawn.input.payload != .unsigned)),
        ]).serialized() + [0x0A]
    }

    @Test(
        "10,000 random requests have botocore's URLs and signatures",
        .enabled(if: TestTool.areThere("moto_server"), "botocore is not installed (scripts/test-tools.sh)"))
    func botocore() throws {
        let python = try #require(Self.python)
        var generator = SeededGenerator.printed("signatures")
        let signers = [("eu-west-1", "s3"), ("us-east-1", "s3"), ("", "s3"), ("eu-west-1", "sts")].map {
            SigV4(region: $0.0, service: $0.1)
        }
        let folder = try TemporaryFolder()
        var expected: [[UInt8]] = []
        var sent: [HTTPRequest] = []
        var lines: [UInt8] = []
        for number in 0..<10_000 {
            var drawn = draw(&generator, signers)
            if Self.shapes.indices.contains(number) {
                let input = Self.shapes[number]
                drawn = Drawn(
                    input: input, signer: signers[0], credentials: drawn.credentials, time: drawn.time, body: input.body
                )
            }
            let request = try drawn.signer.sign(drawn.input, with: drawn.credentials, at: drawn.time)
            sent.append(request)
            var path = drawn.input.path
            if drawn.signer.service != "s3" {
                let wire = request.url.dropFirst(drawn.input.endpoint.count).prefix { $0 != "?" }
                path = String(decoding: PercentEncoding.decode(wire), as: UTF8.self)
            }
            lines += line(drawn, wirePath: path)
        }
        try write(lines, "\(folder.path)/requests")
        try run(python, folder.path)
        expected = try SmallFile.read("\(folder.path)/answers", limit: 64 << 20).split(separator: 0x0A).map(Array.init)
        try #require(expected.count == sent.count)
        for (request, text) in zip(sent, expected) {
            let answer = try JSONValue(parsing: text)
            guard case .array(let parts) = answer, parts.count == 2 else {
                Issue.record("the oracle answered \(String(decoding: text, as: UTF8.self))")
                return
            }
            try #require(request.url == parts[0].string)
            try #require(request.headers["Authorization"] == parts[1].string, "\(request.url)")
        }
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
    }

    private func run(_ python: String, _ folder: String) throws {
        let script = "\(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))/Oracle/sign.py"
        let input = try FileDescriptor.open("\(folder)/requests")
        let output = try FileDescriptor.open("\(folder)/answers", flags: O_WRONLY | O_CREAT | O_TRUNC)
        let process = try ProcessStart(
            python, arguments: [script], environment: ["PATH": TestTool.searchPath, "PYTHONIOENCODING": "utf-8"],
            descriptors: [input.raw, output.raw, 2]
        ).start()
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        try #require(status == 0)
    }
}
