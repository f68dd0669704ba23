import Support
import TestSupport
import Testing
import Transport

@Suite("Retry-After")
struct RetryAfterTests {
    @Test(
        "is read as seconds and as a date",
        arguments: [
            ("120", Duration.seconds(120)), ("0", .seconds(0)), ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)),
            ("Sun, 06 Nov 1994 08:48:00 GMT", .seconds(0)), ("-1", nil), ("soon", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("", nil),
        ])
    func values(_ value: String, _ wanted: Duration?) throws {
        let server = try LoopbackHTTPServer([.response(status: 503, headers: [("Retry-After", value)])])
        defer { server.stop() }
        let response = try Transport(version: "0", usesProxies: false).send(HTTPRequest(.get, server.url))
        let now = try #require(Timestamp(iso8601: "1994-11-06T08:49:00Z"))
        #expect(response.retryAfter(now: now) == wanted)
    }
}
