public import Destinations
internal import StoreFormat
public import Support
internal import Synchronization

/// Which objects of a store are locked at the destination, and until when.
public struct LockSurvey: Sendable, Hashable {
    /// An object.
    public struct Item: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// What it holds: `dblock`, `dindex` or `dlist`.
        public let kind: String
        /// Its bytes, where the destination tells.
        public let size: Int64?
        /// Its lock; nil when it has none that still holds.
        public let lock: ObjectLock?
    }

    /// The objects, by name.
    public let items: [Item]

    /// Those that can be deleted now.
    public var unlocked: Int { items.count { $0.lock == nil } }
    /// When the first lock ends.
    public var soonest: Timestamp? { items.compactMap { $0.lock?.end }.min() }
    /// When the last lock ends.
    public var latest: Timestamp? { items.compactMap { $0.lock?.end }.max() }

    /// How many are locked in a mode.
    public func locked(_ mode: LockMode) -> Int { items.count { $0.lock?.mode == mode } }

    /// Asks for the lock of every object of a store.
    ///
    /// - Parameters:
    ///   - destination: where the store is.
    ///   - prefix: the store's prefix; nil takes what is there.
    ///   - progress: is counted into.
    ///   - cancellation: ends it early.
    ///   - retry: what to do about failures that may pass.
    /// - Throws: `.emptyStore`, `.destination` with `.unsupported` where objects cannot be locked.
    public init(
        of destination: any Destination, prefix: String? = nil, progress: RunProgress = RunProgress(),
        cancellation: Cancellation = Cancellation(), retry: RetryPolicy = RetryPolicy()
    ) throws(EngineError) {
        let locking = try Self.locking(destination)
        let objects = try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.list() }
        let listing = StoreListing(objects.map { ListedObject(name: $0.name, size: $0.size) }, prefix: prefix)
        guard !listing.isEmpty else {
            throw .emptyStore(destination: destination.label, otherPrefixes: listing.otherPrefixes.keys.sorted())
        }
        let names = listing.items.map(\.name.text)
        let locks = try Self.locks(of: names, at: locking, progress, cancellation, retry)
        items = listing.items.map {
            Item(name: $0.name.text, kind: $0.name.kind.rawValue, size: $0.size, lock: locks[$0.name.text])
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The destination as one that locks.
    /// - Throws: `.destination` with `.unsupported`.
    static func locking(_ destination: any Destination) throws(EngineError) -> any ObjectLocking {
        if let locking = destination as? any ObjectLocking { return locking }
        throw .destination(
            DestinationError(
                .unsupported, .lock, at: destination.label, detail: "this kind of destination locks no objects",
                advice: "Locks need S3 with Object Lock; see docs/destination-tools.md."))
    }

    /// The locks of objects, by their names; those without are absent.
    static func locks(
        of names: [String], at destination: any ObjectLocking, _ progress: RunProgress, _ cancellation: Cancellation,
        _ retry: RetryPolicy
    ) throws(EngineError) -> [String: ObjectLock] {
        progress.phase = .locking
        progress.setTotals(entries: names.count, bytes: 0)
        let found = Found()
        try ParallelWork.forEach(names, threads: 8, cancellation: cancellation) { name throws(EngineError) in
            let lock = try retry.run(cancellation, progress) { () throws(DestinationError) in
                try destination.lockState(of: name)
            }
            if let lock { found.locks.withLock { $0[name] = lock } }
            progress.addEntries(1)
        }
        return found.locks.withLock { $0 }
    }

    private final class Found: Sendable {
        let locks = Mutex<[String: ObjectLock]>([:])
    }
}
