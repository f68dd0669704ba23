/// A line of a destination's listing.
public struct ListedObject: Sendable, Hashable {
    /// The object's name.
    public var name: String

    /// Its size, when the destination tells.
    public var size: Int64?

    /// Creates a line.
    public init(name: String, size: Int64?) {
        self.name = name
        self.size = size
    }
}
