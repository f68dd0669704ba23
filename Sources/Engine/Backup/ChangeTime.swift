internal import Catalog

/// Whether the times of a file tell that it has not changed since.
enum ChangeTime {
    /// The change time to keep for comparison by the next run, or ``Catalog/CatalogEntry/unsettled``.
    ///
    /// A file that changed shortly before the run may change again within the same tick of its file system's clock,
    /// and would look the same. Clocks tick every 4 to 10 ms; where all times are whole seconds, every 2 s at worst.
    /// - Parameters:
    ///   - modified: modification time, in nanoseconds since 1970.
    ///   - changed: inode change time.
    ///   - started: when the run began, so before the file was looked at.
    /// - Returns: `changed` when it can be relied on.
    static func settled(modified: Int64, changed: Int64, started: Int64) -> Int64 {
        // A modification time in the future was set by hand; the change time tells when.
        let latest = modified > started ? changed : max(changed, modified)
        let isCoarse = changed % 1_000_000_000 == 0 && modified % 1_000_000_000 == 0
        return latest < started - (isCoarse ? 2_000_000_000 : 10_000_000) ? changed : CatalogEntry.unsettled
    }
}
