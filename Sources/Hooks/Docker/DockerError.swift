public import Transport

/// Why an engine that speaks Docker's API did not do what it was asked for.
public struct DockerError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure.
    public enum Kind: Sendable, Hashable {
        /// `DOCKER_HOST` cannot be used.
        case badHost
        /// Nobody answers.
        case transport(TransportError.Kind)
        /// There is no such container.
        case noContainer
        /// Several containers are meant.
        case ambiguous
        /// It would not come back, or it is this program's own.
        case unsuitable
        /// The engine refuses, with this status.
        case refused(Int)
        /// The answer is not what the API promises.
        case badAnswer
        /// The engine is too old.
        case tooOld
    }

    /// What kind of failure.
    public let kind: Kind
    /// Where the engine is.
    public let endpoint: String
    /// Why, in the engine's words or ours.
    public let detail: String

    init(_ kind: Kind, _ endpoint: String, _ detail: String) {
        self.kind = kind
        self.endpoint = endpoint
        self.detail = detail
    }

    /// Whether somebody asked to stop.
    public var isCancelled: Bool { kind == .transport(.cancelled) }

    /// The cause in one sentence, and what to do about it where that is known.
    public var description: String {
        switch kind {
        case .badHost: "\(detail)."
        case .transport:
            "The container engine at \(endpoint) does not answer: \(detail). Check that it runs, that its socket is "
                + "mounted, and that this user may use it; `DOCKER_HOST` names another place."
        case .noContainer, .ambiguous, .unsuitable: "\(detail)."
        case .refused(let status): "The container engine at \(endpoint) refuses (status \(status)): \(detail)."
        case .badAnswer: "What answers at \(endpoint) does not speak Docker's API: \(detail)."
        case .tooOld: "The container engine at \(endpoint) is too old: \(detail)."
        }
    }
}
