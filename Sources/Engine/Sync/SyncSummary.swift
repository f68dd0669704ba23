/// What copying a store did, or would do.
public struct SyncSummary: Sendable, Hashable {
    /// The store's prefix.
    public var prefix: String
    /// Objects of the store at the source.
    public var objects = 0
    /// Their bytes, as far as sizes are known.
    public var bytes: Int64 = 0
    /// Objects that the target had already.
    public var present = 0
    /// Objects among those whose content was compared.
    public var compared = 0
    /// Objects that were copied; in a preview, that would be.
    public var copied = 0
    /// Bytes of those.
    public var copiedBytes: Int64 = 0
    /// Objects of the store that only the target has.
    public var surplus = 0
    /// Objects among those that were deleted; in a preview, that would be.
    public var deleted = 0
    /// Bytes of those, as far as sizes are known.
    public var deletedBytes: Int64 = 0
    /// Objects among the surplus that are locked at the target, and stay.
    public var locked = 0

    /// Nothing done yet.
    init(prefix: String) {
        self.prefix = prefix
    }
}
