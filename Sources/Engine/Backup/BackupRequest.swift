public import Support

/// What one backup run is to do.
public struct BackupRequest: Sendable {
    /// Absolute paths of the files and folders to back up.
    public var sources: [String]
    /// Which entries below the sources belong to the backup.
    public var filter: FilterSet
    /// Absolute paths that never belong to it: the state folder, a local destination.
    public var ownPaths: [String]
    /// How the data is stored.
    public var options: BackupOptions
    /// What is asked of the walk beyond the rules.
    public var policy = WalkPolicy()
    /// Commands whose output is backed up as files.
    public var streams: [StreamSource] = []
    /// What comes of sources that do not exist; those that are not named here are warned about.
    public var absence: [String: SourceAbsence] = [:]

    /// What the version has to be like.
    public var expectations: [SourceExpectation] = []

    /// A request from its parts.
    public init(
        sources: [String], filter: FilterSet = FilterSet(), ownPaths: [String] = [],
        options: BackupOptions = BackupOptions()
    ) {
        self.sources = sources
        self.filter = filter
        self.ownPaths = ownPaths
        self.options = options
    }
}

/// How a backup's data is stored.
///
/// Block size and hashes are fixed by the first run; a later run that asks for others is refused.
public struct BackupOptions: Sendable {
    /// Bytes of a block, 1 KiB to 2 GiB; `nil` takes the store's, or 1 MiB for a new store.
    public var blockSize: Int?
    /// Bytes that a data volume has at most, unless a single block is larger.
    ///
    /// 50 MiB, Duplicati's default, unless told.
    public var volumeSize: Int64 = 50 << 20
    /// 0 stores, 1 is fast, 12 is small.
    public var compressionLevel = 2
    /// Threads that read, hash and pack; `nil` for one per core.
    public var threads: Int?
    /// The bytes that all objects of the store may take together; `nil` for as many as there is room for.
    public var quota: Int64?
    /// Volumes sent at the same time.
    public var concurrentUploads = 2

    /// How long a run records before it commits what it has, at the next volume that is safe.
    var commitInterval = Duration.milliseconds(250)

    /// The defaults.
    public init() {}
}

/// What a backup run did.
public struct BackupSummary: Sendable {
    /// The version that the run made, or `nil` when nothing had changed.
    public var version: Timestamp?
    /// How many versions there are now.
    public var versions = 0
    /// Regular files, folders and links seen.
    public var files = 0
    /// Folders seen.
    public var folders = 0
    /// Symbolic links seen.
    public var symlinks = 0
    /// Bytes of all files seen.
    public var bytes: Int64 = 0
    /// Entries that were not in the version before.
    public var added = 0
    /// Entries whose content or metadata differs from the version before.
    public var modified = 0
    /// Entries that the version before had and this one has not.
    public var removed = 0
    /// Files that were left out because they are larger than the job allows.
    public var tooLarge = 0
    /// Files whose content was read.
    public var opened = 0
    /// Bytes read from files.
    public var bytesRead: Int64 = 0
    /// Entries that could not be read, or not completely.
    public var unreadable = 0
    /// Bytes sent to the destination.
    public var uploadedBytes: Int64 = 0
    /// Objects sent to the destination.
    public var uploadedObjects = 0
    /// Bytes at the destination that belong to this backup.
    public var storedBytes: Int64 = 0
    /// Whether the run was asked to stop and left something out; then the version is a partial one.
    public var isPartial = false
    /// What is not as expected in the version, though not so that it must not be made.
    public var findings: [ExpectationFinding] = []
    /// The partial version that was made first, of what an earlier run had stored before it was cut off.
    public var recoveredVersion: Timestamp?
    /// Whether data that an interrupted run had left was found and taken over.
    public var leftoversWereAdopted = false
    /// What the catalog cost that was fetched from the destination, if it was.
    public var catalogSnapshot: CatalogSnapshot.Cost?
    /// How long it took to have a catalog that is in step with the store.
    public var catalogDuration = Duration.zero
    /// Whether the catalog was rebuilt from the destination.
    public var catalogWasRebuilt = false
    /// The reading that the backup was fed by, which others may have shared.
    public var capture = CaptureSummary()
}
