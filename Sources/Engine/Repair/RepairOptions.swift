/// How far a repair goes.
public struct RepairOptions: Sendable {
    /// Whether every object is fetched and checked first, so that damage which no listing shows is repaired too.
    public var verifies = false
    /// Whether damaged objects are removed although something in them could not be had from anywhere else.
    public var removesDamaged = false
    /// Whether files of this machine are read to find lost blocks in them.
    public var readsSources = true
    /// Whether nothing is changed, and only said what would be.
    public var isDryRun = false
    /// Bytes that a new data volume has at most.
    public var volumeSize: Int64 = 50 << 20

    /// The defaults.
    public init() {}
}
