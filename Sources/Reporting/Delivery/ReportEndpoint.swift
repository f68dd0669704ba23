internal import Support
public import Transport

/// Where a receiver is, with its credentials: known for the time of an attempt only.
public enum ReportEndpoint: Sendable {
    /// An HTTP endpoint.
    case http(HTTPEndpoint)
    /// A mail server.
    case mail(MailEndpoint)
    /// An account at an XMPP server.
    case xmpp(XMPPEndpoint)

    /// Tries once to deliver a message; blocks the calling thread.
    /// - Parameters:
    ///   - message: what to send.
    ///   - transport: what sends.
    ///   - timeout: how long it may take.
    ///   - cancellation: ends the attempt when it is raised.
    /// - Returns: what came of it.
    public func send(
        _ message: ReportMessage, over transport: Transport, timeout: Duration, cancellation: CancellationFlag? = nil
    ) -> DeliveryAttempt {
        let limits = TransportTimeouts(connect: timeout, idle: timeout, firstByte: timeout, whole: timeout)
        return switch self {
        case .http(let endpoint): endpoint.send(message, transport, limits, cancellation)
        case .mail(let endpoint): endpoint.send(message, transport, limits, cancellation)
        case .xmpp(let endpoint): endpoint.send(message, transport, limits, cancellation)
        }
    }
}

extension DeliveryAttempt {
    /// An attempt that got no answer.
    init(_ error: TransportError) {
        switch error.kind {
        case .cancelled: self.init(.cancelled, "It was stopped.")
        // What the configuration says cannot be sent, today or tomorrow.
        case .invalidRequest, .redirectRefused: self.init(.refused, "\(error)")
        default: self.init(.postponed(asked: nil), "\(error)")
        }
    }
}
