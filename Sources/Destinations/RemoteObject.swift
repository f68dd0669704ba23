public import Support

/// An object of a listing.
public struct RemoteObject: Sendable, Hashable {
    /// The name within the container.
    public let name: String

    /// The size in bytes, where the destination tells.
    public let size: Int64?

    /// The time of the last change, where the destination tells.
    public let modified: Timestamp?

    /// Creates a listing entry.
    public init(name: String, size: Int64?, modified: Timestamp?) {
        self.name = name
        self.size = size
        self.modified = modified
    }
}
