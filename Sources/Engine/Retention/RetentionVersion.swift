public import Support

/// A version as retention looks at it.
public struct RetentionVersion: Sendable, Hashable {
    /// Its number in the catalog.
    public let id: Int64
    /// When it was made.
    public let time: Timestamp
    /// False when the run was stopped before it had seen everything.
    public let isFull: Bool
    /// Whether somebody holds it.
    public var isHeld: Bool
    /// The time up to which the destination refuses to delete it.
    public var lockedUntil: Timestamp?

    /// A version from its parts.
    public init(id: Int64, time: Timestamp, isFull: Bool = true, isHeld: Bool = false, lockedUntil: Timestamp? = nil) {
        self.id = id
        self.time = time
        self.isFull = isFull
        self.isHeld = isHeld
        self.lockedUntil = lockedUntil
    }
}
