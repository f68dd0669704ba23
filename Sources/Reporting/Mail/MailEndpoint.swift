internal import Cryptography
public import Support
public import Transport

/// A mail server with its credentials, and who writes to whom.
public struct MailEndpoint: Sendable {
    /// The URL of the server: `smtps://USER@HOST:465`.
    public var server: Secret
    /// The user's password.
    public var password: Secret?
    /// Whether a plain connection becomes an encrypted one.
    public var startTLS: MailRequest.StartTLS
    /// Who sends it: an address, or `Name <ADDRESS>`.
    public var sender: String
    /// Who gets it.
    public var recipients: [String]

    /// An endpoint from its parts.
    public init(
        server: Secret, password: Secret? = nil, startTLS: MailRequest.StartTLS = .required, sender: String,
        recipients: [String]
    ) {
        self.server = server
        self.password = password
        self.startTLS = startTLS
        self.sender = sender
        self.recipients = recipients
    }

    func send(
        _ message: ReportMessage, _ transport: Transport, _ limits: TransportTimeouts,
        _ cancellation: CancellationFlag?
    ) -> DeliveryAttempt {
        guard let server = MailServer(server.reveal()) else {
            return DeliveryAttempt(
                .refused, "\(ReportingError.invalidAddress(reason: "smtp is no URL of a mail server"))")
        }
        guard let letter = Letter(message.body) else {
            return DeliveryAttempt(.refused, "What is kept of it cannot be read.")
        }
        let from = MailAddress(sender)
        let to = recipients.map { MailAddress($0) }
        let request = MailRequest(
            to: server, password: password, startTLS: startTLS, sender: from.address, recipients: to.map(\.address),
            content: MailDocument(letter, id: message.id, from: from, to: to).bytes, timeouts: limits)
        do throws(TransportError) {
            return judge(try transport.send(request, cancellation: cancellation))
        } catch {
            return DeliveryAttempt(error)
        }
    }

    private func judge(_ reply: MailReply) -> DeliveryAttempt {
        let answer = "\(reply.code) \(reply.text)"
        if reply.isAccepted {
            let refused = reply.refused.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
            let but = refused.isEmpty ? "" : " But not for \(refused.joined(separator: ", ")): correct `to`."
            return DeliveryAttempt(.delivered, "The mail server has taken it.\(but)", answer: answer)
        }
        if reply.isTransient {
            return DeliveryAttempt(
                .postponed(asked: nil), "The mail server cannot take it now (\(reply.code)).", answer: answer)
        }
        let advice =
            [530, 534, 535].contains(reply.code) ? "the user and the password" : "the addresses and the server"
        return DeliveryAttempt(
            .refused, "The mail server refused it (\(reply.code)). Check \(advice).", answer: answer)
    }
}
