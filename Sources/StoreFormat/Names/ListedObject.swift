public import Support

/// A line of a destination's listing.
public struct ListedObject: Sendable, Hashable {
    /// The object's name.
    public var name: String

    /// Its size, when the destination tells.
    public var size: Int64?

    /// Whether it has to be ordered from an archive before it can be read.
    public var isArchived: Bool

    /// The time up to which it cannot be deleted, where there is one.
    public var lockedUntil: Timestamp?

    /// Creates a line.
    public init(name: String, size: Int64?, isArchived: Bool = false, lockedUntil: Timestamp? = nil) {
        self.name = name
        self.size = size
        self.isArchived = isArchived
        self.lockedUntil = lockedUntil
    }
}
