/// One thing that was tried at a destination, or asked of it, and how it went.
public struct ProbeFinding: Sendable, Hashable {
    /// How good it is.
    public enum Judgement: String, Sendable, Hashable, CaseIterable {
        /// As it should be, or merely worth knowing.
        case good
        /// It works, but somebody should look at it.
        case doubtful
        /// It keeps backups from working.
        case bad
        /// Nobody can tell.
        case unknown
        /// It was not tried.
        case skipped
    }

    /// A stable name of small letters and underscores: `put`, `free_space`, `clock`.
    public let name: String
    /// How good it is.
    public let judgement: Judgement
    /// A sentence without its full stop and without secrets.
    public let detail: String
    /// What to do about it, as whole sentences; empty when nothing is to be done.
    public let advice: String
    /// How long it took; nil when it was not tried.
    public let duration: Duration?
    /// The right that the credentials lack, where that is what is wrong.
    public let missingRight: ProbeRight?
    /// What was thrown, where something was.
    public let error: DestinationError?

    /// A finding that did not come from an error.
    public init(
        _ name: String, _ judgement: Judgement, _ detail: String, advice: String = "", duration: Duration? = nil
    ) {
        self.name = name
        self.judgement = judgement
        self.detail = detail
        self.advice = advice
        self.duration = duration
        missingRight = nil
        error = nil
    }

    /// What an error means for what was tried.
    /// - Parameters:
    ///   - name: what was tried.
    ///   - error: what it ended with.
    ///   - right: what the credentials have to allow for it.
    ///   - duration: how long it took.
    init(_ name: String, failed error: DestinationError, needing right: ProbeRight?, duration: Duration) {
        self.name = name
        self.duration = duration
        self.error = error
        missingRight = error.kind == .permission ? right : nil
        judgement = error.kind == .unsupported ? .skipped : .bad
        advice = error.kind == .unsupported ? "" : error.advice
        detail = missingRight.map { "the credentials may not \($0.words): \(error.detail)" } ?? error.detail
    }

    /// What a destination tells about itself.
    init(_ fact: DestinationFact) {
        let judgement: Judgement =
            switch fact.judgement {
            case .good: .good
            case .doubtful: .doubtful
            case .bad: .bad
            case .unknown: .unknown
            }
        self.init(fact.name, judgement, fact.detail)
    }
}

/// What credentials may have to allow.
public enum ProbeRight: String, Sendable, Hashable, CaseIterable {
    /// Making the container.
    case create
    /// Listing objects.
    case list
    /// Storing objects.
    case put
    /// Reading objects.
    case get
    /// Deleting objects.
    case delete

    /// The right as it completes “may not …”.
    var words: String {
        switch self {
        case .create: "make the container"
        case .list: "list objects"
        case .put: "store objects"
        case .get: "read objects"
        case .delete: "delete objects"
        }
    }
}
