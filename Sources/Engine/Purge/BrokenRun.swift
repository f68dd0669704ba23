internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Finds the files of each version that cannot be restored any more, and takes them out of it.
public struct BrokenRun {
    private let session: StoreSession
    private let verifies: Bool
    private let problems: ProblemLog

    /// A run, not yet begun; to purge, the caller has the right to change the store and its catalog.
    /// - Parameters:
    ///   - session: the store.
    ///   - verifies: whether every object is fetched and checked first, rather than only those that look damaged.
    ///   - problems: told of versions that stay although nothing of them can be restored.
    public init(_ session: StoreSession, verifies: Bool = false, problems: ProblemLog = ProblemLog()) {
        self.session = session
        self.verifies = verifies
        self.problems = problems
    }

    /// Lists what is broken, or takes it out.
    ///
    /// A version of which no file is left is deleted. Entries whose content is there but whose owner, mode and times
    /// are lost stay without these.
    /// - Parameter isDryRun: whether nothing is changed.
    /// - Returns: what was found or done.
    /// - Throws: `.refused` when no version would be left, or one that changes is held or locked.
    public func run(isDryRun: Bool) throws(EngineError) -> PurgeSummary {
        do {
            return try perform(isDryRun)
        } catch {
            throw EngineError(error, doing: "look for broken files")
        }
    }

    private func perform(_ isDryRun: Bool) throws -> PurgeSummary {
        session.store.progress.phase = verifies ? .verifying : .repairing
        if !isDryRun { try SupersededList.finish(session.catalog, session.store, session.listing) }
        let faulty =
            verifies
            ? Set(try VerifyRun(.full, session: session, problems: ProblemLog()).run().faults.map(\.object)) : []
        let context = try RepairContext(session, RepairOptions(), problems)
        let lost = try DamageSurvey(context, faulty: faulty).unreadable(context)
        var summary = PurgeSummary()
        var (changes, hopeless) = try find(lost, &summary)
        guard !changes.versions.isEmpty else { return summary }
        let versions = try session.catalog.read { try $0.versions() }
        summary.deleted = versions.reversed().filter { hopeless.contains($0.id) }.map(\.time)
        let affected = versions.reversed().filter { changes.versions.contains($0.id) }
        summary.versions = affected.filter { !hopeless.contains($0.id) }.map {
            PurgeSummary.Version(
                time: $0.time, newTime: $0.time, removed: changes.removedCounts[$0.id] ?? 0,
                stripped: changes.strippedCounts[$0.id] ?? 0)
        }
        guard !isDryRun else { return summary }
        guard hopeless.count < versions.count else {
            throw EngineError.refused(
                "Nothing was changed: of no version any file could be restored. Repair the store first, "
                    + "or put back what is missing.")
        }
        try HoldBook(reading: session).refuseHeld(affected.map(\.time))
        changes.leaveOut(hopeless)
        try rewrite(changes, context, &summary)
        if !hopeless.isEmpty {
            _ = try DeleteRun(session, problems: problems).run(versions: Array(hopeless), allowsLast: true)
        }
        try forgetLosses()
        return summary
    }

    /// The entries that are broken, and the versions of which no file is left.
    private func find(
        _ lost: Set<Int64>, _ summary: inout PurgeSummary
    ) throws -> (changes: EntryChanges, hopeless: Set<Int64>) {
        var changes = EntryChanges()
        var lostFiles: [Int64: Int64] = [:]
        var last: EntryChanges.Key?
        let versions = try session.catalog.read { reader in
            let versions = try reader.versions()
            let ids = versions.map(\.id).sorted()
            try BrokenEntries.forEach(reader, lost: lost) { state in
                let holding = ids.filter { $0 >= state.since && (state.until == nil || $0 < state.until ?? 0) }
                guard !holding.isEmpty else { return }
                if state.mustGo {
                    changes.remove(state.key, from: holding)
                    if state.kind == .file { for version in holding { lostFiles[version, default: 0] += 1 } }
                } else {
                    changes.strip(state.key, in: holding)
                }
                guard state.key != last else { return }
                last = state.key
                summary.add(
                    path: String(
                        decoding: EntryPath.join(state.key.folder, state.key.name, isFolder: state.kind == .folder),
                        as: UTF8.self))
            }
            return versions
        }
        let hopeless = versions.filter { version in
            let files = lostFiles[version.id] ?? 0
            return files > 0 && files >= version.files
        }
        return (changes, Set(hopeless.map(\.id)))
    }

    private func rewrite(
        _ changes: EntryChanges, _ context: RepairContext, _ summary: inout PurgeSummary
    ) throws {
        guard !changes.versions.isEmpty else { return }
        let metadata = changes.strippedCounts.isEmpty ? ContentReference.nothing : try emptyMetadata(context)
        let rewritten = try FilesetRewriter(session: session).run(changes.versions) { writer, all in
            try changes.apply(writer, among: all, metadata: metadata)
        }
        let times = Dictionary(rewritten.map { ($0.from, $0.to) }) { first, _ in first }
        for index in summary.versions.indices {
            summary.versions[index].newTime = times[summary.versions[index].time] ?? summary.versions[index].time
        }
    }

    /// Metadata that says nothing, stored if it is not yet.
    private func emptyMetadata(_ context: RepairContext) throws -> ContentReference {
        let settings = context.settings
        let blob = MetadataBlob.empty
        let digest = HashContext(settings.blockHash).hash(blob)
        let (found, next) = try session.catalog.read { reader in
            let index = try BlockIndex(from: reader, digestLength: settings.blockHash.digestLength)
            return (index.find(digest), try reader.nextIdentifiers())
        }
        let block = found ?? next.block
        if found == nil {
            let rescue = RescueVolume(context)
            try blob.withUnsafeBytes {
                try rescue.add(LostBlock(id: block, digest: digest, size: blob.count, volume: 0, isList: false), $0)
            }
            try rescue.finish()
            try context.confirm()
            try session.catalog.write { writer in
                for (dblock, dindex, _) in rescue.sent {
                    try writer.put(dblock)
                    try writer.put(dindex)
                    try writer.addDescription(of: dblock.id, in: dindex.id)
                    try writer.add(CatalogBlock(id: block, digest: digest, size: blob.count, volume: dblock.id))
                }
            }
        }
        guard !settings.hashesAreShared else { return .block(block) }
        let content = CatalogContent(
            id: next.content, size: Int64(blob.count), hash: HashContext(settings.fileHash).hash(blob),
            lists: [.init(listBlock: 0, blocks: [block])])
        try session.catalog.write { writer in try writer.add(content) }
        return .content(content.id)
    }

    /// Forgets blocks that nobody has and nothing needs any more.
    private func forgetLosses() throws {
        try session.catalog.write { writer in
            let (forgotten, isAnyNeeded) = try writer.reading { reader in
                let usage = try BlockUsage(reader)
                var forgotten: [Int64] = []
                try reader.forEachBlock { id, _, _, volume in
                    if volume == 0, !usage.isUsed(block: id) { forgotten.append(id) }
                }
                return (forgotten, usage.lostBlocks > 0)
            }
            try writer.removeBlocks(forgotten)
            if !isAnyNeeded { try writer.removeProperty(LostContents.property) }
        }
    }
}
