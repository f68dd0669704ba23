import Support
import TestSupport
import Testing

@testable import Listening

@Suite("The parser of requests, whatever comes")
struct RequestFuzzTests {
    @Test("reads every request that keeps to the rules, however it is cut")
    func valid() {
        var random = SeededGenerator.printed("valid requests")
        for _ in 0..<2000 {
            let made = (0..<Int.random(in: 1...4, using: &random)).map { _ in Made(&random) }
            let bytes = made.flatMap(\.bytes)
            let (requests, fault) = ParserKit.parse(bytes) { Int.random(in: 1...max(1, $0), using: &random) }
            #expect(fault == nil && requests.count == made.count)
            for (request, made) in zip(requests, made) {
                #expect(request.head.target.path == made.path && request.body == made.body)
                #expect(request.head.target.query.map { [$0.name, $0.value] } == made.query)
                #expect(request.head.fields["X-Value"] == made.value)
            }
        }
    }

    @Test("comes to the same with broken bytes, however they are cut, and lets nothing ambiguous through")
    func mutated() {
        var random = SeededGenerator.printed("broken requests")
        var limits = ListenerLimits()
        limits.requestLine = 120
        limits.head = 400
        limits.fields = 12
        limits.body = 300
        for _ in 0..<6000 {
            var bytes = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in Made(&random).bytes }
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.damage(&bytes, &random) }
            let whole = ParserKit.parse(bytes, limits)
            let cut = ParserKit.parse(bytes, limits) { _ in Int.random(in: 1...20, using: &random) }
            guard whole.requests == cut.requests, (whole.fault == nil) == (cut.fault == nil) else {
                Issue.record("cut differently: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
            for request in whole.requests where !Self.isSound(request, limits) {
                Issue.record("let through: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                return
            }
        }
    }

    @Test("reads noise without an accident")
    func noise() {
        var random = SeededGenerator.printed("noise")
        for _ in 0..<2000 {
            let bytes = random.bytes(Int.random(in: 0...300, using: &random))
            let (requests, _) = ParserKit.parse(bytes) { _ in Int.random(in: 1...50, using: &random) }
            #expect(requests.isEmpty)
        }
    }

    /// What must hold of every request that a handler sees, judged by what it sees.
    private static func isSound(_ request: ParserKit.Parsed, _ limits: ListenerLimits) -> Bool {
        let fields = request.head.fields
        let lengths = fields.all("content-length")
        let codings = fields.all("transfer-encoding")
        guard lengths.count + codings.count <= 1, fields.fields.count <= limits.fields else { return false }
        if let length = lengths.first, Int(length) != request.body.count { return false }
        if let coding = codings.first, coding.lowercased() != "chunked" { return false }
        if lengths.isEmpty, codings.isEmpty, !request.body.isEmpty { return false }
        guard request.body.count <= limits.body, fields.all("host").count == 1 || request.head.isHTTP10 else {
            return false
        }
        let texts = request.head.target.path + request.head.target.query.flatMap { [$0.name, $0.value] }
        guard texts.allSatisfy({ !$0.utf8.contains(0) }), !request.head.target.path.contains("..") else { return false }
        return fields.fields.allSatisfy { field in
            !field.name.utf8.contains { $0 <= 0x20 || $0 >= 0x7f || $0 == UInt8(ascii: ":") }
                && !field.value.utf8.contains { $0 < 0x20 && $0 != 9 || $0 == 0x7f }
        }
    }

    private static let spices: [[UInt8]] = [
        "\r", "\n", "\r\n", "\r\n\r\n", "\0", " ", "\t", ":", ";", ",", "%", "%00", "%2e", "/..", "\u{e4}", "0\r\n\r\n",
        "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", " HTTP/1.1", "GET / HTTP/1.1\r\n",
    ].map { Array($0.utf8) }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...20, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(contentsOf: spices.randomElement(using: &random) ?? [], at: place)
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 4: bytes.remove(at: place)
        default: bytes.removeSubrange(place...)
        }
    }
}

/// A request that keeps to the rules, and what it means.
private struct Made {
    let path: [String]
    let query: [[String]]
    let value: String
    let body: [UInt8]
    let bytes: [UInt8]

    init(_ random: inout SeededGenerator) {
        func text(_ random: inout SeededGenerator) -> String {
            random.text(from: ["a", "Z9", "-", "~", "ä", "/", " ", "%", "日本", "&", "=", "+", "?"], upTo: 4)
        }
        // A path without parts is a slash.
        path = (0..<Int.random(in: 0...4, using: &random)).map { "p\($0)\(text(&random))" }
        query = (0..<Int.random(in: 0...3, using: &random)).map { _ in ["n\(text(&random))", text(&random)] }
        value = "v" + random.text(from: ["a", " b", "\tc", "ä", "\"", ";"], upTo: 5)
        body = random.bytes(Int.random(in: 0...60, using: &random))
        var head = "PUT /" + path.map { PercentEncoding.encode($0) }.joined(separator: "/")
        if !query.isEmpty {
            head +=
                "?" + query.map { $0.map { PercentEncoding.encode($0) }.joined(separator: "=") }.joined(separator: "&")
        }
        head += " HTTP/1.1\r\nHost: example.org\r\nX-Value:\(value) \r\n"
        if body.isEmpty {
            bytes = Array("\(head)\r\n".utf8)
        } else if Bool.random(using: &random) {
            bytes = Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
        } else {
            var output = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
            var rest = body[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(Int.random(in: 1...20, using: &random))
                rest = rest.dropFirst(chunk.count)
                output += Array("\(String(chunk.count, radix: 16));x=y\r\n".utf8) + chunk + [13, 10]
            }
            bytes = output + Array("0\r\nX-Trailer: 1\r\n\r\n".utf8)
        }
    }
}
