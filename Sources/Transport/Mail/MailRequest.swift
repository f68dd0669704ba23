public import Support

/// One message for a mail server.
public struct MailRequest: Sendable {
    /// Whether a plain connection becomes an encrypted one.
    public enum StartTLS: Sendable, Hashable, CaseIterable {
        /// It must.
        case required
        /// It does where the server can.
        case opportunistic
        /// It does not.
        case off
    }

    /// Where the server is.
    public var server: MailServer
    /// The password of the server's user; nil to log in as nobody.
    public var password: Secret?
    /// Whether a plain connection becomes an encrypted one; of no meaning where TLS comes first.
    public var startTLS: StartTLS
    /// The address of whoever sends it, without a name.
    public var sender: String
    /// The addresses of those who get it, without names.
    public var recipients: [String]
    /// The message: header fields and body, with CRLF at the end of each line.
    public var content: [UInt8]
    /// How long each phase may take.
    public var timeouts: TransportTimeouts

    /// A message from its parts.
    public init(
        to server: MailServer, password: Secret? = nil, startTLS: StartTLS = .required, sender: String,
        recipients: [String], content: [UInt8], timeouts: TransportTimeouts = TransportTimeouts()
    ) {
        self.server = server
        self.password = password
        self.startTLS = startTLS
        self.sender = sender
        self.recipients = recipients
        self.content = content
        self.timeouts = timeouts
    }
}

/// What a mail server said about a message.
public struct MailReply: Sendable, Hashable {
    /// The code of the last answer: 250 when the server has taken the message.
    public let code: Int
    /// The words of the last answer.
    public let text: String
    /// The recipients that the server refused, and with which words.
    public let refused: [String: String]

    /// Whether the server has taken the message for at least one recipient.
    public var isAccepted: Bool { (200..<300).contains(code) }
    /// Whether the same message may be taken later.
    public var isTransient: Bool { (400..<500).contains(code) }
}
