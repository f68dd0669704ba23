internal import Configuration
internal import Synchronization
internal import Transport

/// A transport for each way in which receivers prove who they are.
final class ReportTransports: Sendable {
    private let usual: Transport
    private let others = Mutex<[ReportSpecification.Webhook.TLS: Transport]>([:])

    init(_ usual: Transport) { self.usual = usual }

    /// The one for a receiver.
    func transport(for receiver: ReportSpecification) -> Transport {
        guard let tls = receiver.tls, tls.authorities != nil || tls.pin != nil else { return usual }
        return others.withLock { others in
            if let known = others[tls] { return known }
            let made = usual.trusting(authorities: tls.authorities, publicKey: tls.publicKey)
            others[tls] = made
            return made
        }
    }
}
