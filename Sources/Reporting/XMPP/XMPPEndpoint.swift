public import Support
public import Transport
internal import XML

/// An account at an XMPP server with its password, and whom it writes to.
public struct XMPPEndpoint: Sendable {
    /// The account: `USER@DOMAIN`.
    public var account: String
    /// Its password.
    public var password: Secret
    /// Who gets the message.
    public var recipients: [String]
    /// The server: `xmpp://HOST:PORT`, or `xmpps://HOST:PORT` with TLS from the first byte; nil for the account's domain.
    public var server: String?
    /// What this connection of the account is called; nil leaves it to the server.
    public var resource: String?
    /// Whether a plain connection becomes an encrypted one.
    public var startTLS: MailRequest.StartTLS

    /// An endpoint from its parts.
    public init(
        account: String, password: Secret, recipients: [String], server: String? = nil, resource: String? = nil,
        startTLS: MailRequest.StartTLS = .required
    ) {
        self.account = account
        self.password = password
        self.recipients = recipients
        self.server = server
        self.resource = resource
        self.startTLS = startTLS
    }

    func send(
        _ message: ReportMessage, _ transport: Transport, _ limits: TransportTimeouts,
        _ cancellation: CancellationFlag?
    ) -> DeliveryAttempt {
        do throws(XMPPFailure) {
            return try deliver(message, transport, limits, cancellation)
        } catch {
            return error.attempt
        }
    }

    private func deliver(
        _ message: ReportMessage, _ transport: Transport, _ limits: TransportTimeouts,
        _ cancellation: CancellationFlag?
    ) throws(XMPPFailure) -> DeliveryAttempt {
        let address = MailAddress(account).address.split(separator: "@", maxSplits: 1).map(String.init)
        guard address.count == 2, let server = StreamServer(xmpp: server, domain: address[1]) else {
            throw .never("\(ReportingError.invalidAddress(reason: "`from` or `server` of xmpp is none"))")
        }
        let connection: StreamConnection
        do throws(TransportError) {
            connection = try transport.connect(to: server, timeouts: limits, cancellation: cancellation)
        } catch {
            throw XMPPFailure(error)
        }
        let stream = XMPPStream(connection, domain: address[1])
        defer { stream.close() }
        if server.scheme == "xmpps" { try stream.encrypt(isDirect: true) }
        var features = try encrypted(stream, try stream.open())
        try XMPPLogin(user: address[0], password: password).perform(stream, features)
        features = try stream.open()
        try bind(stream)
        return try judge(recipients.map { MailAddress($0).address }, message, stream)
    }

    /// Encrypts a stream that is not yet, as far as that is wanted.
    /// - Returns: what the server offers then.
    private func encrypted(_ stream: XMPPStream, _ features: XMLElement) throws(XMPPFailure) -> XMLElement {
        guard !stream.isEncrypted, startTLS != .off else { return features }
        guard features.first("starttls") != nil else {
            guard startTLS == .required else { return features }
            throw .later(
                "The XMPP server offers no encryption. Use a port with TLS, or say that the connection may be plain "
                    + "(`starttls`) where that is safe.")
        }
        try stream.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        guard try stream.next(["proceed", "failure"]).name == "proceed" else {
            throw .later("The XMPP server could not encrypt the connection. Look at its log.")
        }
        try stream.encrypt(isDirect: false)
        return try stream.open()
    }

    /// Gives the connection its name.
    private func bind(_ stream: XMPPStream) throws(XMPPFailure) {
        let name = try resource.map { resource throws(XMPPFailure) in
            "<resource>\(try XMPPStream.escaped(resource))</resource>"
        }
        try stream.send(
            "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\(name ?? "")</bind></iq>")
        while true {
            let answer = try stream.next(["iq"])
            if answer.first("bind")?.first("jid") != nil { return }
            guard let error = answer.first("error") else { continue }
            let (condition, words) = XMPPStream.words(of: error)
            let detail = "The XMPP server gives the connection no name (\(condition))."
            throw condition == "bad-request" || condition == "not-allowed"
                ? .never("\(detail) Check `resource`.", answer: words) : .later(detail, answer: words)
        }
    }

    // MARK: Messages

    /// Why a message came back that another attempt may get through.
    private static let passing: Set<String> = [
        "internal-server-error", "recipient-unavailable", "remote-server-timeout", "resource-constraint",
    ]

    /// Sends the message to everybody, and judges what comes back.
    private func judge(
        _ recipients: [String], _ message: ReportMessage, _ stream: XMPPStream
    ) throws(XMPPFailure) -> DeliveryAttempt {
        let text = try XMPPStream.escaped(String(decoding: message.body, as: UTF8.self))
        let id = try XMPPStream.escaped(message.id)
        var refusals: [(recipient: String, condition: String, words: String)] = []
        for (number, recipient) in recipients.enumerated() {
            let to = try XMPPStream.escaped(recipient)
            try stream.send(
                "<message type='chat' to='\(to)' id='\(id)' xml:lang='en'><body>\(text)</body></message>"
                    // Servers work in order: what they answer to this shows that they have looked at the message.
                    + "<iq type='get' id='ping\(number)'><ping xmlns='urn:xmpp:ping'/></iq>")
            if let error = try bounce(stream) {
                let (condition, words) = XMPPStream.words(of: error)
                refusals.append((recipient, condition, words))
            }
        }
        guard let first = refusals.first else { return DeliveryAttempt(.delivered, "The XMPP server has taken it.") }
        let list = refusals.map { "\($0.recipient) (\($0.words))" }.joined(separator: ", ")
        if refusals.count < recipients.count {
            return DeliveryAttempt(
                .delivered, "The XMPP server has taken it. But not for \(list): correct `to`.", answer: first.words)
        }
        if refusals.allSatisfy({ Self.passing.contains($0.condition) }) {
            throw .later("The XMPP server cannot take it now: \(list).", answer: first.words)
        }
        throw .never("The XMPP server refused it: \(list). Check `to`.", answer: first.words)
    }

    /// Waits for the answer to the question behind a message.
    /// - Returns: the error with which the message came back before that; nil when it did not.
    private func bounce(_ stream: XMPPStream) throws(XMPPFailure) -> XMLElement? {
        var error: XMLElement?
        while true {
            let answer = try stream.next(["iq", "message"])
            if answer.name == "message" {
                error = answer.first("error") ?? error
            } else if answer.children.isEmpty || answer.first("error") != nil {
                // An answer has nothing in it, or an error; questions of the server's always have something.
                return error
            }
        }
    }
}

extension StreamServer {
    /// The server of an account: the one of a URL, else that of the account's domain.
    /// - Returns: nil for what is no URL of a server.
    init?(xmpp url: String?, domain: String) {
        guard let url else {
            self.init(scheme: "xmpp", host: domain, port: 5222)
            return
        }
        guard let end = url.firstRange(of: "://") else { return nil }
        let scheme = url[..<end.lowerBound].lowercased()
        var host = url[end.upperBound...]
        guard ["xmpp", "xmpps"].contains(scheme), !host.contains(where: { "@/?#".contains($0) }) else { return nil }
        var port = scheme == "xmpps" ? 5223 : 5222
        let bracket = host.lastIndex(of: "]") ?? host.startIndex
        if let colon = host[bracket...].lastIndex(of: ":") {
            guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
            host = host[..<colon]
        }
        guard !host.isEmpty else { return nil }
        self.init(scheme: scheme, host: String(host), port: port)
    }
}
