public import Support

/// What became of one receiver's reports.
public struct OutboxTally: Sendable, Hashable {
    /// The receiver's name in the configuration.
    public let receiver: String
    /// Messages that it took, since the ledger began.
    public let delivered: Int64
    /// Messages that were given up, since the ledger began.
    public let dropped: Int64
    /// Those of them that no report has told of yet.
    public let untold: Int64
    /// Why the last one was given up.
    public let reason: String?
    /// Messages that wait, tried or not.
    public let size: Int64
    /// Messages that wait and were tried in vain.
    public let waiting: Int64
    /// When the oldest of these came into being.
    public let waitingSince: Timestamp?
    /// Why the last attempt for the oldest failed.
    public let failure: String?

    /// Whether somebody has to be told.
    public var isTrouble: Bool { untold > 0 || waiting > 0 }
}
