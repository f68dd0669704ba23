public import Support

/// What a job asks of its walk beyond the rules of its filter.
///
/// Sources themselves are always part of a backup; what is asked here concerns what is below them. The defaults are
/// Duplicati's but for marker files, of which it looks for `CACHEDIR.TAG` unless told otherwise.
public struct WalkPolicy: Sendable, Hashable {
    /// What is stored of a file that has several names.
    public enum HardLinks: String, Sendable, Hashable, CaseIterable {
        /// Every name, each as a file; the content is stored once.
        case all
        /// The first name that the walk meets.
        ///
        /// The walk runs on one thread then, files of a folder before its subfolders, both by name, so that the
        /// same tree gives the same names.
        case first
        /// No file that has more than one name.
        case none
    }

    /// What is stored of a symbolic link.
    public enum Symlinks: String, Sendable, Hashable, CaseIterable {
        /// The link.
        case store
        /// What it leads to, under the link's path.
        ///
        /// A link that leads nowhere, or to a folder that the walk is already in, is stored as a link.
        case follow
        /// Nothing.
        case ignore
    }

    /// Attributes by which entries can be left out.
    public enum Attribute: String, Sendable, Hashable, CaseIterable {
        /// The name begins with a dot.
        case hidden
        /// The file system's “no dump” attribute, which `chattr +d` sets.
        case nodump
    }

    /// Whether file systems mounted below a source are left out.
    ///
    /// Their mount points are stored as empty folders.
    public var staysOnFileSystem = false
    /// Names of files that leave out the folder that has one of them, with everything in it.
    public var markers: [String] = []
    /// Whether folders that are tagged as caches are left out: those with a `CACHEDIR.TAG` that begins with the
    /// signature of the Cache Directory Tagging Specification.
    public var leavesOutCaches = false
    /// Entries with one of these attributes are left out; folders with everything in them.
    public var leftOutAttributes: Set<Attribute> = []
    /// The size of the largest file that is stored.
    public var largestFile: Int64?
    /// Whether folders that nothing is stored of are left out.
    public var leavesOutEmptyFolders = false
    /// What is stored of a file that has several names.
    public var hardLinks = HardLinks.all
    /// What is stored of a symbolic link.
    public var symlinks = Symlinks.store
    /// The part of the sources that is stored; nil for all of them.
    ///
    /// What is directly in a source belongs to a part by its name, with everything below it; a source that is no folder
    /// by its path. A source that is a folder belongs to every part.
    public var shard: Shard?

    /// Nothing is asked.
    public init() {}
}
