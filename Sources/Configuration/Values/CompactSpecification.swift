public import Support

/// When stored data is rewritten to give back the room of what no version needs; absent parts are the engine's own.
public struct CompactSpecification: Sendable, Hashable {
    /// Whether it happens after a backup, when the thresholds say so.
    public let isAutomatic: Bool
    /// How much of a data volume may be waste, in percent.
    public let threshold: Int?
    /// Up to which size a data volume counts as small.
    public let smallFileSize: ByteCount?
    /// How many small data volumes may stay.
    public let smallFileMaxCount: Int?
    /// The time between two compactions that follow a backup by themselves.
    public let interval: CalendarDuration?
}
