public import Support

/// What a job leaves out beyond its filters, and how it takes links.
public struct SelectionSpecification: Sendable, Hashable {
    /// What is stored of a file with several names.
    public enum HardLinks: String, Sendable, Hashable, CaseIterable {
        /// Every name.
        case all
        /// The first name that is met.
        case first
        /// None of its names.
        case none
    }

    /// What is stored of a symbolic link.
    public enum Symlinks: String, Sendable, Hashable, CaseIterable {
        /// The link.
        case store
        /// What it leads to.
        case follow
        /// Nothing.
        case ignore
    }

    /// Attributes by which files and folders are left out.
    public enum Attribute: String, Sendable, Hashable, CaseIterable {
        /// The name begins with a dot.
        case hidden
        /// The file system's “no dump” attribute.
        case nodump
    }

    /// Whether mounted file systems are left out.
    public let oneFileSystem: Bool
    /// Names of files that leave out the folder that has one.
    public let excludeIfPresent: [String]
    /// Whether folders that are tagged as caches are left out.
    public let excludeCaches: Bool
    /// The size from which on files are left out.
    public let excludeLargerThan: ByteCount?
    /// Whether folders that nothing is stored of are left out.
    public let excludeEmptyFolders: Bool
    /// Attributes by which files and folders are left out.
    public let excludeAttributes: Set<Attribute>
    /// What is stored of a file with several names.
    public let hardLinks: HardLinks
    /// What is stored of a symbolic link.
    public let symlinks: Symlinks
}
