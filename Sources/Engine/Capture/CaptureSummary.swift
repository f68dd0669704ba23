/// The reading of the sources that a backup was fed by.
public struct CaptureSummary: Sendable, Hashable {
    /// Counts the readings of one ``Capture`` from 1: backups with the same number have seen the same.
    public var number = 1
    /// How many backups it began to feed.
    public var backups = 1
    /// Files whose content was read, for whichever backup.
    public var opened = 0
    /// Bytes read from files, for whichever backup.
    public var bytesRead: Int64 = 0

    /// A reading of which nothing is known.
    public init() {}
}
