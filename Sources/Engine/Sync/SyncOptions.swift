/// How a store is copied to another destination.
public struct SyncOptions: Sendable, Hashable {
    /// Whether objects that are there in the right size are read at both ends and compared.
    public var comparesContent = false
    /// Whether objects that the source no longer has are deleted at the end.
    public var deletes = false
    /// Whether the target may hold what looks like another store, and more than half of it may be deleted.
    public var isForced = false
    /// How many objects are copied at once; at least 1.
    public var threads = 4

    /// Copies only, and four objects at once.
    public init() {}
}
