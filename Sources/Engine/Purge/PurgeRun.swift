internal import Catalog
internal import StoreFormat
internal import Support

/// Takes files and folders out of versions that were made already.
public struct PurgeRun {
    private let session: StoreSession

    /// A run, not yet begun; the caller has the right to change the store and its catalog.
    public init(_ session: StoreSession) {
        self.session = session
    }

    /// What would be taken out, or is.
    ///
    /// - Parameters:
    ///   - patterns: as `FilterExpression(argument:)` reads them; a folder means what is in it too.
    ///   - selector: the version; nil means all of them.
    ///   - isDryRun: whether nothing is changed.
    /// - Returns: what was done.
    /// - Throws: `.nothingSelected`, `.refused` for a version that is held, locked, or would be empty.
    public func run(
        _ patterns: [FilterExpression], version selector: VersionSelector? = nil, isDryRun: Bool = false
    ) throws(EngineError) -> PurgeSummary {
        do {
            return try perform(patterns, selector, isDryRun)
        } catch {
            throw EngineError(error, doing: "take files out of versions")
        }
    }

    private func perform(
        _ patterns: [FilterExpression], _ selector: VersionSelector?, _ isDryRun: Bool
    ) throws -> PurgeSummary {
        session.store.progress.phase = .repairing
        if !isDryRun { try SupersededList.finish(session.catalog, session.store, session.listing) }
        var summary = PurgeSummary()
        let versions = try session.catalog.read { try $0.versions() }
        let chosen = try selector.map { [try $0.resolve(versions)] } ?? versions
        let changes = try find(patterns, in: Set(chosen.map(\.id)), versions, &summary)
        guard !changes.versions.isEmpty else { throw EngineError.nothingSelected(patterns.map(\.text)) }
        let affected = versions.reversed().filter { changes.versions.contains($0.id) }
        summary.versions = affected.map {
            PurgeSummary.Version(time: $0.time, newTime: $0.time, removed: changes.removedCounts[$0.id] ?? 0)
        }
        try HoldBook(reading: session).refuseHeld(affected.map(\.time))
        guard !isDryRun else { return summary }
        let rewritten = try FilesetRewriter(session: session).run(changes.versions) { writer, all in
            try changes.apply(writer, among: all, metadata: .nothing)
        }
        let times = Dictionary(rewritten.map { ($0.from, $0.to) }) { first, _ in first }
        for index in summary.versions.indices {
            summary.versions[index].newTime = times[summary.versions[index].time] ?? summary.versions[index].time
        }
        return summary
    }

    private func find(
        _ patterns: [FilterExpression], in chosen: Set<Int64>, _ versions: [CatalogVersion],
        _ summary: inout PurgeSummary
    ) throws -> EntryChanges {
        let ids = versions.map(\.id).sorted()
        var changes = EntryChanges()
        var matcher = EntryMatcher(patterns)
        var last: EntryChanges.Key?
        try session.catalog.read { reader in
            try reader.forEachState { folder, entry, since, until in
                guard matcher.selects(folder, entry) else { return }
                let holding = ids.filter {
                    $0 >= since && (until == nil || $0 < until ?? 0) && chosen.contains($0)
                }
                guard !holding.isEmpty else { return }
                let key = EntryChanges.Key(folder: Array(folder), name: entry.name)
                changes.remove(key, from: holding)
                guard key != last else { return }
                last = key
                summary.add(
                    path: String(
                        decoding: EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder), as: UTF8.self))
            }
        }
        return changes
    }
}

extension HoldBook {
    /// Throws when one of these versions is held.
    func refuseHeld(_ times: [Timestamp]) throws(EngineError) {
        guard let held = times.first(where: isHeld) else { return }
        throw .refused(
            "Nothing was changed: the version of \(held) is held. `dunnage release` lets it be changed, "
                + "--version chooses others.")
    }
}
