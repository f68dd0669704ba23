/// What a walk has seen.
public struct WalkSummary: Sendable, Hashable {
    /// Regular files delivered.
    public var files = 0
    /// Folders delivered.
    public var folders = 0
    /// Symbolic links delivered.
    public var symlinks = 0
    /// Sum of the sizes of the files delivered.
    public var bytes: Int64 = 0
    /// Entries that a rule, or the lack of one, left out; what is below a folder left out is not counted.
    public var excluded = 0
    /// Files among them that were larger than the job allows.
    public var tooLarge = 0
    /// Devices, sockets and pipes, which are never stored.
    public var special = 0
    /// Problems reported.
    public var problems = 0
    /// Whether the walk ended because it was cancelled.
    public var isCancelled = false

    mutating func add(_ other: WalkSummary) {
        files += other.files
        folders += other.folders
        symlinks += other.symlinks
        bytes += other.bytes
        excluded += other.excluded
        special += other.special
        problems += other.problems
        isCancelled = isCancelled || other.isCancelled
    }

    mutating func count(_ entry: WalkEntry) {
        switch entry.kind {
        case .file:
            files += 1
            bytes += entry.size
        case .folder: folders += 1
        case .symlink: symlinks += 1
        }
    }
}
