internal import JSON
internal import Support

/// What a message to people says, as it waits in the outbox: whom it goes to is known when it is sent.
struct Letter: Sendable, Hashable {
    /// One line.
    let subject: String
    /// When what it tells of happened.
    let date: Timestamp
    /// The text.
    let text: String
    /// The same for those who show it.
    let html: String?

    /// A letter from its parts.
    init(subject: String, date: Timestamp, text: String, html: String?) {
        self.subject = subject
        self.date = date
        self.text = text
        self.html = html
    }

    var json: JSONValue {
        .object([
            .init("subject", .string(subject)), .init("date", .integer(date.seconds)), .init("text", .string(text)),
            .init("html", html.map { .string($0) } ?? .null),
        ])
    }

    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue(parsing: bytes), let subject = json["subject"]?.string,
            let date = json["date"]?.integer, let text = json["text"]?.string
        else { return nil }
        self.init(subject: subject, date: Timestamp(seconds: date), text: text, html: json["html"]?.string)
    }
}
