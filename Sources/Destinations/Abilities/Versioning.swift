/// A destination that may keep what was deleted or replaced as older versions, which cost space.
public protocol Versioning: Destination {
    /// Counts the versions that no listing shows.
    func hiddenVersions() throws(DestinationError) -> HiddenVersions

    /// Removes the versions that no listing shows, except those that are locked.
    /// - Returns: what was removed.
    func removeHiddenVersions(olderThan age: Duration) throws(DestinationError) -> HiddenVersions
}

/// Versions of objects that no listing shows.
public struct HiddenVersions: Sendable, Hashable {
    /// How many.
    public var count: Int
    /// Their bytes.
    public var bytes: Int64

    /// A count.
    public init(count: Int = 0, bytes: Int64 = 0) {
        self.count = count
        self.bytes = bytes
    }
}
