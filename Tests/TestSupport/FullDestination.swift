public import Destinations
internal import Synchronization

/// A destination with room for so many bytes, which fails as a disk without room or a server with 507 does.
public final class FullDestination: Destination {
    private let inner: any Destination
    private let room: Mutex<Int64>
    private let tellsSpace: Bool

    /// Wraps a destination.
    /// - Parameters:
    ///   - inner: where objects go that there is room for.
    ///   - room: how many bytes more it takes.
    ///   - tellsSpace: whether it says how much room is left.
    public init(_ inner: any Destination, room: Int64, tellsSpace: Bool = false) {
        self.inner = inner
        self.room = Mutex(room)
        self.tellsSpace = tellsSpace
    }

    /// The label of the real destination.
    public var label: String { inner.label }

    /// Lists what is there.
    public func list() throws(DestinationError) -> [RemoteObject] { try inner.list() }

    /// Stores what there is room for.
    public func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        let fits = room.withLock { room in
            guard room >= file.size else { return false }
            room -= file.size
            return true
        }
        guard fits else {
            throw DestinationError(.quota, .put, object: name, at: label, detail: "507 Insufficient Storage")
        }
        try inner.put(name, from: file)
    }

    /// Fetches.
    public func get(_ name: String, to path: String) throws(DestinationError) -> Int64 {
        try inner.get(name, to: path)
    }

    /// Removes, which gives the room back.
    public func delete(_ name: String) throws(DestinationError) {
        let size = try inner.list().first { $0.name == name }?.size ?? 0
        try inner.delete(name)
        room.withLock { $0 += size }
    }

    /// Prepares the real destination.
    public func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }

    /// The room left, if it tells.
    public func freeSpace() throws(DestinationError) -> Int64? { tellsSpace ? room.withLock { $0 } : nil }
}
