public import Support

/// An object of a listing.
public struct RemoteObject: Sendable, Hashable {
    /// The name within the container.
    public let name: String

    /// The size in bytes, where the destination tells.
    public let size: Int64?

    /// The time of the last change, where the destination tells.
    public let modified: Timestamp?

    /// Whether it lies in an archive from which it must be ordered before it can be read.
    public let isArchived: Bool

    /// The time up to which it can be neither deleted nor replaced, where there is one.
    public let lockedUntil: Timestamp?

    /// Creates a listing entry.
    public init(
        name: String, size: Int64?, modified: Timestamp?, isArchived: Bool = false, lockedUntil: Timestamp? = nil
    ) {
        self.name = name
        self.size = size
        self.modified = modified
        self.isArchived = isArchived
        self.lockedUntil = lockedUntil
    }
}
