internal import Catalog
public import Destinations
internal import StoreFormat
public import Support
internal import Synchronization

/// What locking a store did, or would do.
public struct LockSummary: Sendable, Hashable {
    /// Objects that the versions need.
    public var objects = 0
    /// Objects of the store that no version needs, which are left alone.
    public var unneeded = 0
    /// Objects that had no lock, and have one now.
    public var locked = 0
    /// Objects whose lock was prolonged, or made firmer.
    public var extended = 0
    /// Objects whose lock ends as late already.
    public var kept = 0
    /// When the new locks end.
    public var end: Timestamp
}

/// Locks all that the versions of a store need, so that nobody deletes it before a time.
///
/// Locks only grow: one that ends later stays as it is.
public struct LockRun: Sendable {
    private let session: StoreSession
    private let end: Timestamp
    private let mode: LockMode

    /// A run, not yet begun.
    /// - Parameters:
    ///   - session: the store.
    ///   - end: when the locks end.
    ///   - mode: how firm they are.
    public init(_ session: StoreSession, until end: Timestamp, mode: LockMode) {
        self.session = session
        self.end = end
        self.mode = mode
    }

    /// Locks, or says what would be locked.
    /// - Parameter isDryRun: whether nothing is changed.
    /// - Returns: what was done, or would be.
    /// - Throws: `.destination` with `.unsupported` where objects cannot be locked, and what else the destination says.
    public func run(isDryRun: Bool = false) throws(EngineError) -> LockSummary {
        let store = session.store
        let destination = try LockSurvey.locking(store.destination)
        let names = try neededObjects()
        let locks = try LockSurvey.locks(of: names, at: destination, store.progress, store.cancellation, store.retry)
        var summary = LockSummary(end: end)
        summary.objects = names.count
        summary.unneeded = session.listing.items.count - names.count
        var wanted: [(name: String, end: Timestamp)] = []
        for name in names {
            switch locks[name] {
            case nil:
                summary.locked += 1
                wanted.append((name, end))
            case let lock? where lock.end < end || (mode == .compliance && lock.mode == .governance):
                summary.extended += 1
                wanted.append((name, max(lock.end, end)))
            default: summary.kept += 1
            }
        }
        guard !isDryRun else { return summary }
        try ParallelWork.forEach(wanted, threads: 8, cancellation: store.cancellation) {
            [mode] item throws(EngineError) in
            try store.retry.run(store.cancellation, store.progress) { () throws(DestinationError) in
                try destination.lock(item.name, until: item.end, mode: mode)
            }
        }
        return summary
    }

    /// All lists of versions, the data volumes that one of them needs, and the indexes of those; sorted.
    func neededObjects() throws(EngineError) -> [String] {
        do {
            return try session.catalog.read { reader in
                let used = Set(try BlockUsage(reader).volumes.lazy.filter { $0.value.usedBlocks > 0 }.map(\.key))
                let indexes = Set(
                    try reader.descriptions().lazy.filter { $0.value.contains { used.contains($0) } }.map(\.key))
                let lists = Set(try reader.versions().map(\.volume))
                let needed = used.union(indexes).union(lists)
                let listed = Set(session.listing.items.lazy.map(\.name.text))
                return try reader.volumes().lazy.filter { needed.contains($0.id) && listed.contains($0.name) }
                    .map(\.name).sorted()
            }
        } catch {
            throw EngineError(error, doing: "read the catalog \(session.catalog.path)")
        }
    }
}
