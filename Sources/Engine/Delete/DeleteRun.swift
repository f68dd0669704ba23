internal import Catalog
internal import Destinations
internal import StoreFormat
public import Support

/// Deletes versions: their filelists now, their data when the store is compacted.
///
/// Versions that are held or locked stay, and so does the last complete one. What is to go is written down first, so
/// that after a crash at any instant the next run knows it from a loss.
public struct DeleteRun: Sendable {
    private let session: StoreSession
    private let problems: ProblemLog
    private let now: @Sendable () -> Timestamp

    private var store: Store { session.store }

    /// A run, not yet begun.
    /// - Parameters:
    ///   - session: the store; the caller has the right to change it and its catalog.
    ///   - problems: told of versions that cannot be deleted.
    ///   - now: the clock that locks are compared with.
    public init(
        _ session: StoreSession, problems: ProblemLog = ProblemLog(),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.session = session
        self.problems = problems
        self.now = now
    }

    /// Deletes versions; blocks the calling thread.
    /// - Parameters:
    ///   - ids: their numbers in the catalog.
    ///   - allowsLast: whether no complete version may be left.
    /// - Returns: what was done.
    /// - Throws: `.refused` when no complete version would be left.
    public func run(versions ids: [Int64], allowsLast: Bool = false) throws(EngineError) -> DeleteSummary {
        do {
            return try perform(Set(ids), allowsLast)
        } catch {
            throw EngineError(error, doing: "delete versions")
        }
    }

    /// A version and its filelist.
    private struct Candidate {
        let version: CatalogVersion
        let volume: CatalogVolume
        let name: ObjectName
    }

    private func perform(_ ids: Set<Int64>, _ allowsLast: Bool) throws -> DeleteSummary {
        store.progress.phase = .deleting
        let (versions, volumes) = try session.catalog.read { reader in (try reader.versions(), try reader.volumes()) }
        var summary = DeleteSummary()
        summary.remaining = versions.count
        let lists = Dictionary(volumes.lazy.filter { $0.kind == .dlist }.map { ($0.id, $0) }) { first, _ in first }
        let wanted = versions.reversed().filter { ids.contains($0.id) }.compactMap { version -> Candidate? in
            guard let volume = lists[version.volume], let name = ObjectName(parsing: volume.name) else { return nil }
            return Candidate(version: version, volume: volume, name: name)
        }
        guard !wanted.isEmpty else { return summary }
        let candidates = try deletable(wanted, &summary)
        guard !candidates.isEmpty else { return summary }
        try checkRemaining(versions, without: candidates, lists, allowsLast)
        try delete(candidates, &summary)
        summary.remaining = versions.count - summary.deleted.count
        return summary
    }

    // MARK: Guards

    /// What neither a hold nor a lock protects.
    private func deletable(_ wanted: [Candidate], _ summary: inout DeleteSummary) throws -> [Candidate] {
        let holds = try HoldBook(reading: session)
        let items = Dictionary(session.listing.dlists.map { ($0.name, $0) }) { first, _ in first }
        let time = now()
        return wanted.filter { candidate in
            let version = candidate.version.time
            if holds.isHeld(version) {
                summary.held.append(version)
                problems.add(Problem(.remoteObject, candidate.name.text, "stays: the version of \(version) is held"))
                return false
            }
            if let until = items[candidate.name]?.lockedUntil, until > time {
                summary.locked.append(version)
                problems.add(
                    Problem(
                        .remoteObject, candidate.name.text,
                        "stays: the destination does not let the version of \(version) be deleted before \(until)"))
                return false
            }
            return true
        }
    }

    /// Whether what stays is really there: a version counts only if its filelist is listed in full size.
    private func checkRemaining(
        _ versions: [CatalogVersion], without candidates: [Candidate], _ lists: [Int64: CatalogVolume],
        _ allowsLast: Bool
    ) throws(EngineError) {
        guard !allowsLast else { return }
        let leaving = Set(candidates.map(\.version.id))
        let sizes = Dictionary(session.listing.dlists.map { ($0.name.text, $0.size) }) { first, _ in first }
        let staying = versions.filter { version in
            guard !leaving.contains(version.id), let list = lists[version.volume], let listed = sizes[list.name] else {
                return false
            }
            return listed == nil || list.size < 0 || listed == list.size
        }
        let isFullGoing = candidates.contains { $0.version.isFull }
        guard staying.isEmpty || (isFullGoing && !staying.contains { $0.isFull }) else { return }
        throw .refused(
            "Nothing was deleted: no complete version would be left at \(store.destination.label). "
                + "Make a new one first, or allow it with --allow-last.")
    }

    // MARK: Deleting

    private func delete(_ candidates: [Candidate], _ summary: inout DeleteSummary) throws {
        let names = candidates.map(\.name)
        var pending = PendingDeletions()
        pending = try session.catalog.read { try PendingDeletions(from: $0) }
        pending.intended.formUnion(names.map(\.text))
        try session.catalog.write { try pending.write(to: $0) }
        // On the disk before the first object goes: a listing without it would otherwise look like a loss.
        try session.catalog.checkpoint()
        var removed: Set<String> = []
        var locked: [ObjectName] = []
        var failure: (any Error)?
        do {
            // The oldest first: what is left at any moment is a history without holes at its new end.
            try store.delete(
                names.reversed(), removed: { removed.insert($0.text) },
                locked: { locked.append($0) })
            for name in locked {
                guard let version = name.time else { continue }
                summary.locked.append(version)
                problems.add(
                    Problem(
                        .remoteObject, name.text,
                        "stays: the destination does not let the version of \(version) be deleted yet"))
            }
            try deleteParity(of: removed)
        } catch {
            failure = error
        }
        var gone = removed
        do {
            var listing = try store.list()
            let listed = Set(listing.items.map(\.name.text))
            // A call that failed may have been carried out all the same.
            gone.formUnion(pending.intended.subtracting(listed))
            pending.lingering.formUnion(removed.intersection(listed))
            pending.intended = []
            listing.remove(pending.lingering)
            if session.properties.encryption != .none { listing.setUnencryptedAside() }
            summary.listing = listing
        } catch {
            // The next listing will tell.
            failure = failure ?? error
            pending.lingering.formUnion(removed)
            pending.intended.subtract(removed)
        }
        try session.catalog.write { writer in
            try PendingDeletions.forget(gone, writer)
            try pending.write(to: writer)
        }
        for candidate in candidates where gone.contains(candidate.name.text) {
            summary.deleted.append(candidate.version.time)
            summary.freedBytes += max(0, candidate.volume.size)
        }
        if let failure { throw failure }
    }

    /// Removes what was kept to mend objects that are gone.
    private func deleteParity(of names: Set<String>) throws(EngineError) {
        for object in session.listing.parity where names.contains(String(object.name.dropLast(".par2".count))) {
            try store.remove(object.name)
        }
    }
}
