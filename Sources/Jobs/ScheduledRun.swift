public import Ledger
public import Support

/// The occurrence of a schedule that a run is for.
public struct ScheduledRun: Sendable, Hashable {
    /// When it was due.
    public var due: Timestamp
    /// Which attempt for it this is, from 1 on.
    public var attempt: Int
    /// What makes it begin.
    public var trigger: RunTrigger

    /// The occurrence that a run is for.
    public init(due: Timestamp, attempt: Int, trigger: RunTrigger) {
        self.due = due
        self.attempt = attempt
        self.trigger = trigger
    }
}
