public import Support

/// An exchange that brought no complete response.
///
/// Any status that a server sends is a response, not an error.
public struct TransportError: Error, Sendable, Hashable {
    /// What went wrong.
    public enum Kind: Sendable, Hashable {
        /// The host's or the proxy's name could not be resolved.
        case nameResolution
        /// No connection came about: refused, no route.
        case connection
        /// The TLS handshake failed; with `certificate`, because of a certificate or a key, and it always will.
        case tls(certificate: Bool)
        /// The server offers no encryption, which was asked for.
        case encryptionMissing
        /// A phase took too long.
        case timeout(TransportPhase)
        /// The connection broke before the response was complete.
        case interrupted
        /// The response is longer than was allowed.
        case responseTooLarge(limit: Int)
        /// The server sends the request somewhere else, where it is not going to follow.
        case redirectRefused
        /// What answers does not speak HTTP.
        case protocolViolation
        /// The file of this machine that is sent, or is to take the response, failed.
        case localFile(SystemError)
        /// The file that is sent has fewer bytes than were announced.
        case sourceTooShort
        /// The URL or a header cannot be sent.
        case invalidRequest
        /// The caller asked to stop.
        case cancelled
        /// The library below failed in an unforeseen way.
        case internalFault
    }

    /// What went wrong.
    public let kind: Kind

    /// The scheme, host and port concerned, without what may be secret; `-` when the URL has none.
    public let origin: String

    /// Why, in a few words and without secrets.
    public let detail: String

    /// Whether the same request may succeed when it is repeated after a pause.
    public var isTransient: Bool {
        switch kind {
        case .nameResolution, .connection, .tls(certificate: false), .timeout, .interrupted: true
        default: false
        }
    }
}

extension TransportError: CustomStringConvertible {
    /// One sentence of cause and one of remedy.
    public var description: String { "\(cause) (\(origin)): \(detail). \(remedy)" }

    private var cause: String {
        switch kind {
        case .nameResolution: "The server's name could not be resolved"
        case .connection: "No connection to the server"
        case .tls(certificate: true): "The server's certificate is not accepted"
        case .tls(certificate: false): "The TLS handshake failed"
        case .encryptionMissing: "The server offers no encryption"
        case .timeout(.connecting): "The connection took too long"
        case .timeout(.sending): "The server stopped taking the request"
        case .timeout(.waiting): "The server did not answer in time"
        case .timeout(.receiving): "The server stopped sending its response"
        case .timeout(.whole): "The exchange took too long"
        case .interrupted: "The connection broke"
        case .responseTooLarge: "The response is too long"
        case .redirectRefused: "The server redirects elsewhere"
        case .protocolViolation: "The server does not speak HTTP"
        case .localFile: "A file of this machine failed"
        case .sourceTooShort: "The file became shorter while it was sent"
        case .invalidRequest: "The request cannot be sent"
        case .cancelled: "The request was cancelled"
        case .internalFault: "The HTTP library failed"
        }
    }

    private var remedy: String {
        switch kind {
        case .nameResolution: "Check the host name and this machine's DNS."
        case .connection: "Check host and port, and whether the server runs."
        case .tls(certificate: true): "Install the authority's certificate, or name it in the options."
        case .tls(certificate: false), .timeout, .interrupted: "Try again; if it stays so, check the network between."
        case .encryptionMissing: "Use a port with TLS, or say that the connection may be plain where that is safe."
        case .responseTooLarge: "Check that the URL is the right one."
        case .redirectRefused: "Write the final address into the configuration."
        case .protocolViolation: "Check the port, and whether it should be http or https."
        case .localFile: "Check the file system of this machine."
        case .sourceTooShort: "Run again."
        case .invalidRequest: "Correct the URL or the header."
        case .cancelled: "Run again to continue."
        case .internalFault: "Please report this as a defect."
        }
    }
}
