public import Support

/// A destination that can keep objects from being deleted or replaced until a time.
public protocol ObjectLocking: Destination {
    /// Locks an object, or extends its lock; a later end than the given one stays.
    /// - Throws: `.unsupported` when the container was made without locks.
    func lock(_ name: String, until end: Timestamp, mode: LockMode) throws(DestinationError)

    /// The lock of an object; nil when it has none, or one that has ended.
    func lockState(of name: String) throws(DestinationError) -> ObjectLock?
}

/// How firm a lock is.
public enum LockMode: String, Sendable, Hashable, CaseIterable {
    /// Those with a special permission may lift it.
    case governance
    /// Nobody can lift it before its end.
    case compliance
}

/// A lock of an object.
public struct ObjectLock: Sendable, Hashable {
    /// How firm it is.
    public let mode: LockMode
    /// When it ends.
    public let end: Timestamp

    /// A lock.
    public init(mode: LockMode, end: Timestamp) {
        self.mode = mode
        self.end = end
    }
}
