public import StoreFormat

/// What a ``MetadataReader`` found out about an entry.
public struct SourceMetadata: Sendable {
    /// What the store remembers of it.
    public let metadata: Metadata
    /// Whether an extended attribute asks for the entry to be left out of backups, whatever its value.
    public let asksForExclusion: Bool
    /// How many extended attributes cannot be stored, because their names are not UTF-8.
    public let leftOutAttributes: Int
}
