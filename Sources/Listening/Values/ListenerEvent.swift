public import Support

/// Something about a listener that whoever runs it may want to know.
///
/// Events of one kind are told at most once in ten seconds, as their number is up to the clients.
public struct ListenerEvent: Sendable, CustomStringConvertible {
    /// What happened.
    public enum Kind: Sendable {
        /// A request was refused before a handler saw it.
        case requestRefused(RequestFault, Peer)
        /// A connection was refused, as there are too many: of all peers, or of this one.
        case connectionRefused(Peer, ofPeer: Bool)
        /// A TLS handshake failed.
        case handshakeFailed(Peer, reason: String)
        /// A handler's response could not be sent as it is: its closure failed, or its fields are not sendable.
        case responseFailed(method: String, path: String, reason: String)
        /// No connections are taken for a moment, as the system has no descriptors or memory for them.
        case acceptPaused(SystemError)
        /// A changed certificate is used from now on.
        case certificateLoaded(path: String)
        /// A changed certificate cannot be used; the old one still is.
        case certificateRefused(ListeningError)
    }

    /// What happened.
    public let kind: Kind
    /// How many events of this kind were left out since the last one that was told.
    public let omitted: Int

    /// Whether whoever runs the listener has to do something about it.
    public var isProblem: Bool {
        switch kind {
        case .requestRefused, .connectionRefused, .handshakeFailed, .certificateLoaded: false
        case .responseFailed, .acceptPaused, .certificateRefused: true
        }
    }

    /// One sentence, without anything secret that a client sent.
    public var description: String { omitted == 0 ? sentence : "\(sentence) (and \(omitted) more like it)" }

    private var sentence: String {
        switch kind {
        case .requestRefused(let fault, let peer): "A request of \(peer) was refused with \(fault.status): \(fault)"
        case .connectionRefused(let peer, false): "A connection of \(peer) was refused: too many are open"
        case .connectionRefused(let peer, true): "A connection of \(peer) was refused: it has too many"
        case .handshakeFailed(let peer, let reason): "The TLS handshake with \(peer) failed: \(reason)"
        case .responseFailed(let method, let path, let reason):
            "The response to \(method) \(path) could not be sent: \(reason)"
        case .acceptPaused(let error): "No connections are taken for a moment: \(error)"
        case .certificateLoaded(let path): "The certificate in \(path) is used from now on"
        case .certificateRefused(let error): "The old certificate stays in use: \(error)"
        }
    }
}
