import Support
import TestSupport
import Testing

@testable import Listening

@Suite("The parser of requests")
struct RequestParserTests {
    @Test("reads method, path, query, fields and body")
    func plain() throws {
        let (requests, fault) = ParserKit.parse(
            "POST /api/v1/jobs/a%20b?x=1&y=%C3%A4+b&flag HTTP/1.1\r\nHost: Example.org:80\r\nX-A:  one \t\r\nx-a: two\r\n"
                + "Content-Length: 3\r\n\r\nabc")
        let request = try #require(requests.first)
        #expect(fault == nil && requests.count == 1)
        #expect(request.head.method == "POST" && request.head.host == "example.org" && !request.head.closes)
        #expect(request.head.target.path == ["api", "v1", "jobs", "a b"])
        #expect(request.head.target.rawPath == "/api/v1/jobs/a%20b")
        #expect(request.head.target.query.map { "\($0.name)=\($0.value)" } == ["x=1", "y=ä b", "flag="])
        #expect(request.head.fields.all("X-A") == ["one", "two"] && request.body == Array("abc".utf8))
    }

    @Test("takes the chunked coding off, with extensions and trailers")
    func chunked() throws {
        let (requests, fault) = ParserKit.parse(
            ParserKit.head("Transfer-Encoding: Chunked")
                + "3;a=\"b\"\r\nabc\r\n0A\r\n0123456789\r\n000\r\nX-Sum: 1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(fault == nil && requests.map { String(decoding: $0.body, as: UTF8.self) } == ["abc0123456789", ""])
        #expect(requests.first?.head.fields["X-Sum"] == nil)
    }

    @Test(
        "reads what is unusual but clear",
        arguments: [
            "GET / HTTP/1.0\r\n\r\n", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.7\r\nHost: a\r\n\r\n",
            "GET http://a:80/x?y HTTP/1.1\r\nHost: A:80\r\n\r\n", "GET HTTPS://a HTTP/1.1\r\nHost: a\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]:8787\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a_b.c-d.\r\n\r\n", "GET //a// HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /?match[]=up HTTP/1.1\r\nHost: a\r\n\r\n", "get /... HTTP/1.1\r\nHost:a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{e4}\r\n\r\n",
            "GET /%2Fetc%2F HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 000\r\n\r\n",
        ])
    func odd(_ text: String) {
        let (requests, fault) = ParserKit.parse(text)
        #expect(fault == nil && requests.count == 1)
    }

    @Test("refuses what others may read differently", arguments: ParserKit.refused)
    func refused(_ sample: ParserKit.Refused) {
        let (requests, fault) = ParserKit.parse(sample.text)
        #expect(fault == sample.fault && requests.isEmpty)
        // A byte at a time comes to the same.
        let (slowly, slowFault) = ParserKit.parse(sample.text, pieces: { _ in 1 })
        #expect(slowFault == sample.fault && slowly.isEmpty)
    }

    @Test("keeps limits: at them it reads, beyond them it refuses")
    func limits() {
        var limits = ListenerLimits()
        limits.requestLine = 40
        limits.head = 200
        limits.fields = 3
        limits.body = 10
        func fault(_ text: String) -> RequestFault? { ParserKit.parse(text, limits).fault }
        func line(_ count: Int) -> String { "GET /\(String(repeating: "x", count: count - 14)) HTTP/1.1\r\n" }
        #expect(fault(line(40) + "Host: a\r\n\r\n") == nil)
        #expect(fault(line(41) + "Host: a\r\n\r\n") == .targetTooLong)
        #expect(fault(String(repeating: "x", count: 42)) == .targetTooLong)
        func fields(_ count: Int) -> String { ParserKit.head("X: \(String(repeating: "x", count: count))") }
        // The rest has 31 bytes, the empty line at the end not counted.
        #expect(fault(fields(200 - 31)) == nil)
        #expect(fault(fields(201 - 31)) == .headTooLarge)
        #expect(fault(ParserKit.head("A: 1\r\nB: 2")) == nil)
        #expect(fault(ParserKit.head("A: 1\r\nB: 2\r\nC: 3")) == .headTooLarge)
        #expect(fault(ParserKit.head("Content-Length: 10") + "0123456789") == nil)
        #expect(fault(ParserKit.head("Content-Length: 11")) == .bodyTooLarge)
        #expect(fault(ParserKit.head("Transfer-Encoding: chunked") + "5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n") == nil)
        #expect(fault(ParserKit.head("Transfer-Encoding: chunked") + "5\r\nabcde\r\n6\r\n") == .bodyTooLarge)
        let extras = String(repeating: "1;\(String(repeating: "x", count: 200))\r\na\r\n", count: 8192)
        limits.body = 1 << 20
        #expect(fault(ParserKit.head("Transfer-Encoding: chunked") + extras) == .chunk)
        let trailers = String(repeating: "X: \(String(repeating: "x", count: 200))\r\n", count: 50)
        #expect(fault(ParserKit.head("Transfer-Encoding: chunked") + "0\r\n" + trailers) == .headTooLarge)
    }

    @Test("asks to be told to go on only before the first byte of a body")
    func expectation() throws {
        var parser = RequestParser(ListenerLimits())
        let head = ParserKit.head("Expect: 100-Continue\r\nContent-Length: 2")
        Array(head.utf8).withUnsafeBytes { parser.append($0) }
        guard case .waitsForContinue = try parser.next() else { throw ParserKit.Surprise() }
        guard case .incomplete = try parser.next() else { throw ParserKit.Surprise() }
        var eager = RequestParser(ListenerLimits())
        Array((head + "a").utf8).withUnsafeBytes { eager.append($0) }
        guard case .incomplete = try eager.next() else { throw ParserKit.Surprise() }
    }
}
