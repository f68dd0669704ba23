internal import Support

/// The head of a response, written.
enum ResponseHead {
    /// How the client finds the end of the body.
    enum Framing {
        /// By this length.
        case length(Int64)
        case chunked
        /// By the end of the connection.
        case close
        /// There is no body, and nothing is said about its length.
        case none
    }

    /// The bytes of a head.
    /// - Returns: nil when the status or a field cannot be sent.
    static func encode(_ response: ServerResponse, _ framing: Framing, closes: Bool) -> [UInt8]? {
        guard (200...599).contains(response.status) else { return nil }
        var text = "HTTP/1.1 \(response.status) \(StatusText.of(response.status))\r\n"
        text += "Date: \(HTTPDate.text(Timestamp.now().seconds))\r\n"
        for field in response.fields.fields where !isOurs(field.name) {
            guard isSendable(field) else { return nil }
            text += "\(field.name): \(field.value)\r\n"
        }
        switch framing {
        case .length(let length): text += "Content-Length: \(length)\r\n"
        case .chunked: text += "Transfer-Encoding: chunked\r\n"
        case .close, .none: break
        }
        if closes { text += "Connection: close\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private static func isOurs(_ name: String) -> Bool {
        let name = Array(name.utf8)
        return name.isWord("date") || name.isWord("connection") || name.isWord("content-length")
            || name.isWord("transfer-encoding")
    }

    /// A line's end in a value would begin a field, or a response, of somebody else's.
    private static func isSendable(_ field: HTTPHeaders.Field) -> Bool {
        !field.name.isEmpty && field.name.utf8.allSatisfy(\.isTokenCharacter)
            && field.value.utf8.allSatisfy(\.isFieldCharacter)
    }
}
