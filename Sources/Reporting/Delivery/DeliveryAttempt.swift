/// What came of one attempt to deliver a message.
public struct DeliveryAttempt: Sendable, Hashable {
    /// How it ended.
    public enum Outcome: Sendable, Hashable {
        /// The receiver has it.
        case delivered
        /// It may be taken later; after the pause that the receiver asks for, if it does.
        case postponed(asked: Duration?)
        /// It will never be taken.
        case refused
        /// The caller asked to stop.
        case cancelled
    }

    /// How it ended.
    public let outcome: Outcome
    /// One sentence of what happened and, unless all is well, one of what to do.
    public let detail: String
    /// The beginning of what the receiver answered; empty when that was nothing.
    public let answer: String

    /// An attempt that ended so.
    public init(_ outcome: Outcome, _ detail: String, answer: String = "") {
        self.outcome = outcome
        self.detail = detail
        self.answer = answer
    }

    /// Whether the receiver has the message.
    public var isDelivered: Bool { outcome == .delivered }
}
