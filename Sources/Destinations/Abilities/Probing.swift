/// A destination that can tell about itself what its operations do not show.
public protocol Probing: Destination {
    /// What is known of the server and the container, in the order in which people want to read it.
    ///
    /// Nothing is changed. What cannot be found out is said so in a fact of its own.
    func facts() throws(DestinationError) -> [DestinationFact]

    /// What the credentials could do to the history that is stored: see ``HistoryRisk``.
    ///
    /// Answers come from what the server says of itself; objects are neither written nor deleted.
    func historyRisks() throws(DestinationError) -> [HistoryRisk]
}

/// One thing that a destination tells about itself.
public struct DestinationFact: Sendable, Hashable {
    /// How good it is.
    public enum Judgement: String, Sendable, Hashable, CaseIterable {
        /// As it should be, or merely worth knowing.
        case good
        /// It works, but somebody should look at it.
        case doubtful
        /// It keeps backups from working.
        case bad
        /// The destination does not tell.
        case unknown
    }

    /// A stable name of small letters and underscores: `versioning`, `clock`, `free_space`.
    public let name: String
    /// How good it is.
    public let judgement: Judgement
    /// A sentence without its full stop and without secrets.
    public let detail: String

    /// A fact.
    public init(_ name: String, _ judgement: Judgement, _ detail: String) {
        self.name = name
        self.judgement = judgement
        self.detail = detail
    }
}

/// A way in which somebody with these credentials could destroy stored history.
public struct HistoryRisk: Sendable, Hashable {
    /// A stable name of small letters and underscores: `delete`, `lift_locks`, `change_versioning`.
    public let name: String
    /// Whether it is open; nil when the destination does not tell.
    public let isOpen: Bool?
    /// A sentence without its full stop: what could be done, or what stands against it.
    public let detail: String
    /// What to do about it, as a whole sentence; empty when nothing is to be done.
    public let advice: String

    /// A risk.
    public init(_ name: String, isOpen: Bool?, _ detail: String, advice: String = "") {
        self.name = name
        self.isOpen = isOpen
        self.detail = detail
        self.advice = advice
    }
}
