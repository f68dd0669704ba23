internal import Glibc

/// Takes requests off a connection, one after the other.
struct HTTPRequestReader {
    let connection: Int32
    private var pending: [UInt8] = []

    init(connection: Int32) {
        self.connection = connection
    }

    /// The next whole request; nil when the client is gone.
    mutating func next() -> LoopbackHTTPServer.Request? {
        var headEnd = endOfHead
        while headEnd == nil {
            guard waitForMore() else { return nil }
            // What begins a TLS handshake will never end as a request: the answer is one in the clear, as servers give it.
            if pending.first == 0x16 {
                sendPlain("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return nil
            }
            headEnd = endOfHead
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: pending[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        pending.removeFirst(headEnd + 4)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            return (
                name: line[..<colon].lowercased(), value: String(line[colon...].dropFirst().drop { $0 == " " })
            )
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        if headers.contains(where: { $0.name == "expect" }), pending.count < length {
            // The client asked whether it may send its body.
            sendPlain("HTTP/1.1 100 Continue\r\n\r\n")
        }
        while pending.count < length {
            guard waitForMore() else { return nil }
        }
        let body = Array(pending[..<length])
        pending.removeFirst(length)
        return LoopbackHTTPServer.Request(
            method: String(words[0]), target: String(words[1]), headers: headers, body: body)
    }

    private func sendPlain(_ text: String) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Waits for bytes; false when there will be none.
    mutating func waitForMore() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            pending += buffer[..<count]
            return true
        }
    }

    private var endOfHead: Int? {
        guard pending.count >= 4 else { return nil }
        return (0...pending.count - 4).first { pending[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
    }
}
