import Destinations
import Support
import Synchronization

/// A destination that locks objects, or says so.
final class LockingDestination: Destination {
    private let inner: any Destination
    private let locks: [String: Timestamp]

    init(_ inner: any Destination, locks: [String: Timestamp]) {
        self.inner = inner
        self.locks = locks
    }

    var label: String { inner.label }

    func list() throws(DestinationError) -> [RemoteObject] {
        try inner.list().map { object in
            RemoteObject(
                name: object.name, size: object.size, modified: object.modified, lockedUntil: locks[object.name])
        }
    }

    func put(_ name: String, from file: LocalFile) throws(DestinationError) { try inner.put(name, from: file) }
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 { try inner.get(name, to: path) }
    func delete(_ name: String) throws(DestinationError) { try inner.delete(name) }
    func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }
    func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
}

/// A destination whose listing can be made to stay as it was.
final class StaleListing: Destination {
    private let inner: any Destination
    private let frozen = Mutex<[RemoteObject]?>(nil)

    init(_ inner: any Destination) {
        self.inner = inner
    }

    func freeze() {
        let now = try? inner.list()
        frozen.withLock { $0 = now }
    }

    var label: String { inner.label }

    func list() throws(DestinationError) -> [RemoteObject] {
        if let frozen = frozen.withLock({ $0 }) { return frozen }
        return try inner.list()
    }

    func put(_ name: String, from file: LocalFile) throws(DestinationError) { try inner.put(name, from: file) }
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 { try inner.get(name, to: path) }
    func delete(_ name: String) throws(DestinationError) { try inner.delete(name) }
    func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }
    func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
}
