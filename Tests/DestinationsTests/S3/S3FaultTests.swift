import Support
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Destinations

/// What S3's servers do that those of the tests do not: redirects, other styles, other provinces of the same language.
@Suite("S3 with faults") struct S3FaultTests: S3FaultFixture {
    let sandbox: TemporaryFolder

    init() throws { sandbox = try TemporaryFolder(prefix: "dunnage-s3-faults") }

    private static func error(_ status: Int, _ code: String, _ more: String = "", _ headers: [(String, String)] = [])
        -> LoopbackHTTPServer.Reply
    {
        .response(
            status: status, headers: headers,
            body: Array("<Error><Code>\(code)</Code>\(more)</Error>".utf8))
    }

    private static func region(_ request: LoopbackHTTPServer.Request) -> String {
        let scope = request["authorization"]?.split(separator: "/") ?? []
        return scope.count > 2 ? String(scope[2]) : ""
    }

    // MARK: Corrections

    @Test(
        "the right region is taken from whatever the server says, once",
        arguments: [
            (400, "AuthorizationHeaderMalformed", "<Region>mars-1</Region>", ""),
            (400, "AuthorizationHeaderMalformed", "<Message>the region 'x' is wrong; expecting 'mars-1'</Message>", ""),
            (301, "PermanentRedirect", "", "mars-1"),
            (
                400, "IllegalLocationConstraintException",
                "<Message>The mars-1 location constraint is incompatible for the region specific endpoint</Message>", ""
            ),
            (403, "InvalidRegion", "", "mars-1"),
        ])
    func regions(_ status: Int, _ code: String, _ more: String, _ header: String) throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in
            guard Self.region(request) != "mars-1" else { return nil }
            return Self.error(status, code, more, header.isEmpty ? [] : [("x-amz-bucket-region", header)])
        }
        let destination = try kit.open(rules: quick)
        for name in ["a", "b"] { try destination.put(name, from: try file(name)) }
        #expect(try destination.list().count == 2)
        #expect(kit.count { Self.region($0) != "mars-1" } == 1)
        #expect(kit.sentences.all.count { $0.contains("s3-location-constraint=mars-1") } == 1)
    }

    @Test("a region that is refused again is an error, and no loop")
    func wrongRegion() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { _, number in
            Self.error(400, "AuthorizationHeaderMalformed", "<Region>moon-\(number)</Region>")
        }
        let error = try #require(throws: DestinationError.self) { try kit.open(rules: quick).list() }
        #expect(error.kind == .configuration && error.advice.contains("s3-location-constraint"))
        #expect(kit.http.requests.count == 2)
    }

    @Test("a redirect of a new bucket is followed within the server's domain, and signed anew")
    func temporaryRedirect() throws {
        let kit = try WireKit(S3Subject.wire)
        let url = kit.http.url
        let count = Atomic<Int>(0)
        kit.fail { request, _ in
            guard request.method == "GET", count.add(1, ordering: .relaxed).oldValue == 0 else { return nil }
            return Self.error(307, "TemporaryRedirect", "", [("Location", "\(url)\(request.target)")])
        }
        let destination = try kit.open(rules: quick)
        #expect(try destination.list().isEmpty)
    }

    @Test(
        "hosts are of one house when their domains are",
        arguments: [
            ("bucket.s3.amazonaws.com", "bucket.s3-eu-west-1.amazonaws.com", true), ("a.com", "b.com", false),
            ("s3.cn-north-1.amazonaws.com.cn", "s3.amazonaws.com.cn", true), ("a.com.cn", "b.com.cn", false),
            ("127.0.0.1:80", "127.0.0.1:81", true), ("127.0.0.1", "10.0.0.1", false), ("localhost", "127.0.0.1", false),
            ("evilamazonaws.com", "s3.amazonaws.com", false),
        ])
    func houses(_ one: String, _ other: String, _ isOne: Bool) {
        #expect(S3Correction.isRelated(one, other) == isOne)
    }

    @Test(
        "a redirect names a plain host, or nothing",
        arguments: [
            ("s3.example.com", true), ("127.0.0.1:9000", true), ("a@b.com", false), ("a.com#b.com", false),
            ("a.com\\.b.com", false), ("a.com:80:81", false), ("a.com:", false), ("a.com:x", false), ("", false),
            (":80", false), ("bücket.com", false),
        ])
    func authorities(_ text: String, _ isPlain: Bool) {
        #expect(S3Correction.isPlainAuthority(text) == isPlain)
    }

    @Test(
        "of AWS, only the hosts of S3 are gone to",
        arguments: [
            ("bucket.s3.amazonaws.com", true), ("s3.eu-west-1.amazonaws.com", true),
            ("b.s3-eu-west-1.amazonaws.com", true), ("b.s3.dualstack.eu-west-1.amazonaws.com:443", true),
            ("s3.cn-north-1.amazonaws.com.cn", true), ("x.execute-api.eu-west-1.amazonaws.com", false),
            ("s3-x-1.eu-west-1.elb.amazonaws.com", false), ("s3.amazonaws.com.example.com", false),
        ])
    func housesOfS3(_ host: String, _ isS3: Bool) {
        #expect(S3Correction.isS3OfAWS(host) == isS3)
    }

    @Test("what a server repeats of keys and signatures is masked")
    func echoes() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in
            let message = "no \(S3Double.secretKey) and \(request["authorization"] ?? "")"
            return Self.error(403, "AccessDenied", "<Message>\(message)</Message>")
        }
        let error = try #require(throws: DestinationError.self) { try kit.open(rules: quick).list() }
        #expect(error.kind == .permission && error.detail.contains("no •••• and ••••"))
        #expect(!"\(error)".contains(S3Double.secretKey) && !"\(error)".contains("Signature="))
    }

    @Test("keys that expired are renewed once; given ones cannot be")
    func expiredKeys() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { _, _ in Self.error(400, "ExpiredToken", "<Message>The provided token has expired.</Message>") }
        let error = try #require(throws: DestinationError.self) { try kit.open(rules: quick).list() }
        #expect(error.kind == .authentication && kit.http.requests.count == 1)
    }

    // MARK: What a server does not do

    @Test(
        "what a server does not implement is left out from then on",
        arguments: ["x-amz-checksum-sha256", "x-amz-storage-class"])
    func notImplemented(_ header: String) throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in
            guard request[header] != nil else { return nil }
            return Self.error(501, "NotImplemented", "<Message>Header '\(header)' is not implemented</Message>")
        }
        let options = ["s3-checksum": "sha256", "s3-storage-class-metadata": "COLD"]
        let destination = try kit.open(options: options, rules: quick)
        for name in ["a", "b", "c"] { try destination.put(name, from: try file(name)) }
        #expect(kit.count { $0[header] != nil } == 1)
        #expect(kit.server.objects.count == 3)
    }

    @Test("a server that replaces objects is found out before anything is lost")
    func replacing() throws {
        let kit = try WireKit(S3Subject.wire)
        let server = kit.server
        kit.fail { request, _ in
            // It has never heard of conditions.
            let headers = request.headers.filter { $0.name != "if-none-match" }
            return server.answer(
                .init(method: request.method, target: request.target, headers: headers, body: request.body))
        }
        let destination = try kit.open(rules: quick)
        #expect(!destination.createsExclusively)
        try destination.put("x", from: try file("one"))
        try destination.put("x", from: try file("one"))
        let error = try #require(throws: DestinationError.self) { try destination.put("x", from: try file("two")) }
        #expect(error.kind == .exists)
        #expect(server.objects == ["backup/x": Array("one".utf8)])
        #expect(kit.sentences.all.count { $0.contains("replaces objects") } == 1)
    }

    @Test("a server that refuses conditions is looked at before each put", arguments: [400, 501])
    func refusing(_ status: Int) throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in
            request["if-none-match"] == nil
                ? nil : Self.error(status, status == 501 ? "NotImplemented" : "InvalidArgument")
        }
        let destination = try kit.open(rules: quick)
        try destination.put("x", from: try file("one"))
        #expect(!destination.createsExclusively)
        #expect(kit.count { $0["if-none-match"] != nil } == 1)
        #expect(kit.count { $0.method == "HEAD" } == 1)
    }

    @Test("whether a server keeps conditions is tried out once, and leaves nothing behind")
    func probing() throws {
        let kit = try WireKit(S3Subject.wire)
        let destination = try kit.open(rules: quick)
        #expect(destination.createsExclusively && destination.createsExclusively)
        #expect(kit.server.objects.isEmpty)
        #expect(kit.count { $0.method == "PUT" } == 2)
        // Where it cannot be found out, nothing is promised, and nothing is remembered.
        let other = try WireKit(S3Subject.wire)
        let late = try other.open(rules: CallRules(attempts: 1))
        other.fail { _, _ in .response(status: 500) }
        #expect(!late.createsExclusively)
        other.fail { _, _ in nil }
        #expect(late.createsExclusively)
    }

    @Test("objects are deleted one by one where batches are not implemented")
    func singles() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.fail { request, _ in request.method == "POST" ? Self.error(501, "NotImplemented") : nil }
        kit.server.objects = ["backup/a": [], "backup/b": [], "backup2/c": []]
        let destination = try kit.open(rules: quick)
        #expect(try destination.delete(["a", "b", "absent"]).isEmpty)
        #expect(kit.server.objects == ["backup2/c": []])
        _ = try destination.delete(["a", "b"])
        #expect(kit.count { $0.method == "POST" } == 1)
    }

    @Test("of a batch, what may pass is tried again alone")
    func passingFailures() throws {
        let kit = try WireKit(S3Subject.wire)
        kit.server.objects = ["backup/a": [], "backup/b": []]
        let bodies = Mutex<[String]>([])
        let server = kit.server
        kit.fail { request, _ in
            guard request.method == "POST" else { return nil }
            let isFirst = bodies.withLock { bodies in
                bodies.append(String(decoding: request.body, as: UTF8.self))
                return bodies.count == 1
            }
            guard isFirst else { return nil }
            server.objects["backup/a"] = nil
            let answer =
                "<DeleteResult><Error><Key>backup/b</Key><Code>InternalError</Code></Error></DeleteResult>"
            return .response(status: 200, body: Array(answer.utf8))
        }
        #expect(try kit.open(rules: quick).delete(["a", "b"]).isEmpty)
        #expect(kit.server.objects.isEmpty)
        let second = bodies.withLock { $0.last ?? "" }
        #expect(second.contains("backup/b") && !second.contains("backup/a"))
    }
}
