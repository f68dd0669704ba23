public import Support

/// When stored data is rewritten, and into what.
///
/// The thresholds and their defaults are Duplicati's.
public struct CompactOptions: Sendable {
    /// Whether a run that changed something compacts afterwards.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// When the thresholds say so.
        case auto
        /// Only by command.
        case off
    }

    /// How much of a data volume, or of all of them, may be waste, in percent.
    public var threshold = 25
    /// Up to how many bytes a data volume counts as small; `nil` for a fifth of the volume size.
    public var smallFileSize: Int64?
    /// How many small data volumes may stay.
    public var smallFileMaxCount = 20
    /// Bytes that a data volume has at most; `nil` takes the size of the store's largest one.
    public var volumeSize: Int64?
    /// What happens after a backup.
    public var mode: Mode = .auto
    /// Seconds that lie at least between two compactions that follow a backup by themselves.
    public var minimumInterval: Int64 = 0
    /// Bytes of new volumes after which they are confirmed and the volumes that they replace deleted, before more are
    /// made; less when the destination says that it has little room.
    public var portionSize: Int64 = 512 << 20
    /// The time now; replaced by tests.
    public var now: @Sendable () -> Timestamp = Timestamp.now

    /// The defaults.
    public init() {}
}
