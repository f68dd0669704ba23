import Support
import Testing

@testable import Listening

/// What tests of the parser share.
enum ParserKit {
    struct Surprise: Error {}

    struct Parsed: Equatable {
        let head: RequestHead
        let body: [UInt8]

        static func == (one: Parsed, other: Parsed) -> Bool {
            one.body == other.body && one.head.method == other.head.method && one.head.target == other.head.target
                && one.head.fields == other.head.fields && one.head.host == other.head.host
        }
    }

    struct Refused: CustomTestStringConvertible {
        let fault: RequestFault
        let text: String

        var testDescription: String { "\(fault): \(text.debugDescription)" }
    }

    /// A head of a request with more fields than `Host`.
    static func head(_ fields: String) -> String { "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n" }

    static func parse(
        _ text: String, _ limits: ListenerLimits = ListenerLimits(), pieces: (Int) -> Int = { $0 }
    ) -> (requests: [Parsed], fault: RequestFault?) {
        parse(Array(text.utf8), limits, pieces: pieces)
    }

    /// Feeds bytes in pieces, whose sizes `pieces` chooses given what is left.
    static func parse(
        _ bytes: [UInt8], _ limits: ListenerLimits = ListenerLimits(), pieces: (Int) -> Int = { $0 }
    ) -> (requests: [Parsed], fault: RequestFault?) {
        var parser = RequestParser(limits)
        var requests: [Parsed] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(max(1, min(rest.count, pieces(rest.count))))
            rest = rest.dropFirst(piece.count)
            Array(piece).withUnsafeBytes { parser.append($0) }
            do throws(RequestFault) {
                reading: while true {
                    switch try parser.next() {
                    case .incomplete: break reading
                    case .waitsForContinue: continue
                    case .request(let head, let body): requests.append(Parsed(head: head, body: body))
                    }
                }
            } catch {
                return (requests, error)
            }
        }
        return (requests, nil)
    }

    static let refused: [Refused] = [
        // Lines.
        .init(fault: .lineEnding, text: "GET / HTTP/1.1\nHost: a\n\n"),
        .init(fault: .lineEnding, text: "GET / HTTP/1.1\r\nHost: a\n\r\n"),
        .init(fault: .lineEnding, text: "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
        .init(fault: .lineEnding, text: "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        .init(fault: .lineEnding, text: "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
        // The request line.
        .init(fault: .requestLine, text: "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(fault: .requestLine, text: " GET / HTTP/1.1\r\n"),
        .init(fault: .requestLine, text: "GET /\r\n"),
        .init(fault: .requestLine, text: "GET\r\n"),
        .init(fault: .requestLine, text: "GET / HTTP/1.1 \r\n"),
        .init(fault: .requestLine, text: "G\u{e4}T / HTTP/1.1\r\n"),
        .init(fault: .requestLine, text: "GET / http/1.1\r\n"),
        .init(fault: .requestLine, text: "GET / HTTP/11\r\n"),
        .init(fault: .requestLine, text: "GET / HTTP/1.10\r\n"),
        .init(fault: .requestLine, text: "\u{16}\u{3}\u{1}"),
        .init(fault: .requestLine, text: "\(String(repeating: "G", count: 33)) / HTTP/1.1\r\n"),
        .init(fault: .version, text: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .init(fault: .version, text: "GET / HTTP/0.9\r\n"),
        .init(fault: .tunnel, text: "CONNECT a:443 HTTP/1.1\r\n"),
        // The target.
        .init(fault: .target, text: "GET  / HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET / a HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET a HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET * HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET /a#b HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET /a\\b HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET /\u{e4} HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET /?\u{7f} HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET /\0 HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET /\t HTTP/1.1\r\n"),
        .init(fault: .target, text: "GET ftp://a/ HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /% HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%4 HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%4/1 HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%zz HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%00 HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /?a=%00 HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%0d%0a HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%ff HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /%c0%af HTTP/1.1\r\n"),
        .init(fault: .encoding, text: "GET /?%ed%a0%80 HTTP/1.1\r\n"),
        .init(fault: .dotSegment, text: "GET /a/../b HTTP/1.1\r\n"),
        .init(fault: .dotSegment, text: "GET /%2e%2E/b HTTP/1.1\r\n"),
        .init(fault: .dotSegment, text: "GET /a/. HTTP/1.1\r\n"),
        // Fields.
        .init(fault: .field, text: head("X : a")),
        .init(fault: .field, text: head("X\t: a")),
        .init(fault: .field, text: head(" X: a")),
        .init(fault: .field, text: head("X: a\r\n b")),
        .init(fault: .field, text: head("X: a\r\n\tb: c")),
        .init(fault: .field, text: head("X")),
        .init(fault: .field, text: head(": a")),
        .init(fault: .field, text: head("X: a\0b")),
        .init(fault: .field, text: head("X: a\u{1}b")),
        .init(fault: .field, text: head("X\u{e4}: a")),
        .init(fault: .field, text: head("X(y): a")),
        .init(fault: .field, text: head("Authorization: a\r\nauthorization: b")),
        .init(fault: .field, text: head("Origin: a\r\nOrigin: a")),
        // Host.
        .init(fault: .host, text: "GET / HTTP/1.1\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"),
        .init(fault: .host, text: "GET / HTTP/1.1\r\nHost: [a.b]\r\n\r\n"),
        .init(fault: .host, text: "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(fault: .host, text: "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n"),
        // The length of the body.
        .init(fault: .framing, text: head("Content-Length: 1\r\nContent-Length: 2")),
        .init(fault: .framing, text: head("Content-Length: 1\r\nContent-Length: 1")),
        .init(fault: .framing, text: head("Content-Length: 1, 1")),
        .init(fault: .framing, text: head("Content-Length: +1")),
        .init(fault: .framing, text: head("Content-Length: -1")),
        .init(fault: .framing, text: head("Content-Length: 1 2")),
        .init(fault: .framing, text: head("Content-Length: 0x1")),
        .init(fault: .framing, text: head("Content-Length: 1.0")),
        .init(fault: .framing, text: head("Content-Length:")),
        .init(fault: .framing, text: head("Content-Length: \u{661}")),
        .init(fault: .framing, text: head("Content-Length: 99999999999999999999")),
        .init(fault: .bodyTooLarge, text: head("Content-Length: 999999999999999999")),
        .init(fault: .framing, text: head("Content-Length: 0\r\nTransfer-Encoding: chunked")),
        .init(fault: .framing, text: head("Transfer-Encoding: chunked\r\nContent-Length: 5")),
        .init(fault: .framing, text: head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")),
        .init(fault: .framing, text: head("Transfer-Encoding: chunked, identity")),
        .init(fault: .framing, text: head("Transfer-Encoding: , chunked")),
        .init(fault: .transferCoding, text: head("Transfer-Encoding: xchunked")),
        .init(fault: .transferCoding, text: head("Transfer-Encoding: \"chunked\"")),
        .init(fault: .transferCoding, text: head("Transfer-Encoding: gzip")),
        .init(fault: .transferCoding, text: head("Transfer-Encoding:")),
        .init(fault: .framing, text: "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        // Chunks.
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "0x1\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "-1\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + " 1\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "1 \r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "1 ;a\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "1;a\0\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "10000000000000000\r\n"),
        .init(fault: .bodyTooLarge, text: head("Transfer-Encoding: chunked") + "fffffffffffffff\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "1\r\nab\r\n0\r\n\r\n"),
        .init(fault: .chunk, text: head("Transfer-Encoding: chunked") + "1\r\na\n0\r\n\r\n"),
        .init(fault: .lineEnding, text: head("Transfer-Encoding: chunked") + "1\na\r\n0\r\n\r\n"),
        .init(fault: .lineEnding, text: head("Transfer-Encoding: chunked") + "0\r\n\n"),
        .init(fault: .lineEnding, text: head("Transfer-Encoding: chunked") + "1;a\rb\r\n"),
        .init(fault: .field, text: head("Transfer-Encoding: chunked") + "0\r\nX y\r\n\r\n"),
        .init(fault: .field, text: head("Transfer-Encoding: chunked") + "0\r\n GET / HTTP/1.1\r\n\r\n"),
        // Expectations.
        .init(fault: .expectation, text: head("Expect: 200-ok")),
        .init(fault: .field, text: head("Expect: 100-continue\r\nExpect: 100-continue")),
    ]
}
