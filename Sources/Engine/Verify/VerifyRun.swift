internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat
internal import Support
internal import Synchronization

/// Examines a store: names every object that is damaged or missing, and every file that needs it.
///
/// What was read and found in order is counted in the catalog, so that samples take the others first.
public final class VerifyRun: Sendable {
    private let session: StoreSession
    private let level: VerifyLevel
    private let problems: ProblemLog
    private let threads: Int
    private let listsAnew: Bool

    /// How many volumes of a sample are examined together; what the catalog promises of them is in memory.
    private static let sampleBatch = 128

    /// A run; nothing is done yet.
    /// - Parameters:
    ///   - level: how thoroughly.
    ///   - session: the open store.
    ///   - problems: gets every fault, and every file concerned.
    ///   - threads: how many objects are examined at a time, each in memory; nil takes as many as there are processors,
    ///     up to four.
    ///   - listsAnew: whether the destination is listed once more, since the store has changed after it was opened.
    public init(
        _ level: VerifyLevel, session: StoreSession, problems: ProblemLog, threads: Int? = nil, listsAnew: Bool = false
    ) {
        self.level = level
        self.session = session
        self.problems = problems
        let usual = session.store.limits.memory == nil ? min(4, Processors.count) : 1
        self.threads = max(1, threads ?? usual)
        self.listsAnew = listsAnew
    }

    /// Examines the store.
    /// - Returns: what was found.
    /// - Throws: what keeps the destination or the catalog from being read; damage is no reason to throw.
    public func run() throws(EngineError) -> VerifySummary {
        do {
            return try verify()
        } catch {
            throw EngineError(error, doing: "verify")
        }
    }

    private struct Known {
        var volumes: [CatalogVolume]
        var versions: [CatalogVersion]
        var verifications: [Int64: CatalogVerification]

        var byName: [String: CatalogVolume] { Dictionary(uniqueKeysWithValues: volumes.map { ($0.name, $0) }) }
        var names: [Int64: String] { Dictionary(uniqueKeysWithValues: volumes.map { ($0.id, $0.name) }) }
    }

    private func verify() throws -> VerifySummary {
        session.store.progress.phase = .verifying
        let listing = try currentListing()
        let known = try session.catalog.read { reader in
            Known(
                volumes: try reader.volumes(), versions: try reader.versions(),
                verifications: try reader.verifications())
        }
        let findings = VerifyFindings(level: level)
        checkListing(listing, known, findings)
        findings.count(archived: listing.items.count { $0.isArchived })
        do {
            try examine(listing, known, findings)
        } catch {
            // What was examined until then need not be examined again.
            markVerified(findings)
            throw error
        }
        markVerified(findings)
        var summary = findings.summary
        let affected = try affectedFiles(summary, listing, known, findings)
        summary.casualtyCount = affected.count
        summary.casualties = affected.files.map { file in
            VerifySummary.Casualty(
                path: file.path, object: file.object, versions: file.versionRange, isMetadataOnly: file.isMetadataOnly)
        }
        report(summary)
        return summary
    }

    // MARK: Listing

    private func currentListing() throws -> StoreListing {
        guard listsAnew else { return session.listing }
        var listing = try session.store.list()
        if session.properties.encryption != .none, session.store.passphrase != nil { listing.setUnencryptedAside() }
        return listing
    }

    private func checkListing(_ listing: StoreListing, _ known: Known, _ findings: VerifyFindings) {
        let change = ListingChange(known: known.volumes, listing: listing)
        for volume in change.vanished {
            findings.fault(volume.name, .missing, "is missing", losesData: volume.kind != .dindex)
        }
        // Whatever is fetched has its size checked then.
        for (volume, size) in change.otherSizes where level != .full {
            findings.fault(
                volume.name, .modified, "is damaged: it has \(size) bytes instead of \(volume.size)",
                losesData: volume.kind != .dindex)
        }
        for item in listing.unencrypted {
            findings.fault(
                item.name.text, .extra, "is not encrypted although the store is; it is ignored", losesData: false)
        }
        for name in listing.repeatedNames { findings.fault(name, .extra, "is listed twice", losesData: false) }
    }

    // MARK: Objects

    private func examine(_ listing: StoreListing, _ known: Known, _ findings: VerifyFindings) throws {
        let progress = session.store.progress
        switch level {
        case .listing:
            progress.setTotals(entries: listing.items.count, bytes: 0)
            for item in listing.items where !item.isArchived { findings.count() }
        case .full:
            let plan = VerifyPlan(all: listing)
            setTotals(plan)
            let length = session.properties.settings.blockHash.digestLength
            let index = try session.catalog.read { reader in try BlockIndex(from: reader, digestLength: length) }
            let verifier = try verifier(.all(index), plan, known, findings)
            // Index volumes first, since data volumes are compared with what they say.
            try run(plan.dindexes, verifier)
            try run(plan.dlists + plan.dblocks, verifier)
        case .sample(let sample):
            var generator = SystemRandomNumberGenerator()
            let plan = VerifyPlan(
                sample, of: listing, volumes: known.byName, verifications: known.verifications, using: &generator)
            setTotals(plan)
            try examine(plan, known, findings)
        case .turn(let turn):
            let plan = VerifyPlan(turn, of: listing, volumes: known.byName, verifications: known.verifications)
            setTotals(plan)
            try examine(plan, known, findings)
        }
    }

    /// Examines a sample, with what the catalog promises of each volume at hand.
    private func examine(_ plan: VerifyPlan, _ known: Known, _ findings: VerifyFindings) throws {
        let volumes = known.byName
        var verifier = try verifier(.promised(ExpectedBlocks()), plan, known, findings)
        let descriptions = try session.catalog.read { reader in try reader.descriptions() }
        var describers: [Int64: Int] = [:]
        for dblocks in descriptions.values { for dblock in dblocks { describers[dblock, default: 0] += 1 } }
        let batches = max(plan.dindexes.count, plan.dblocks.count)
        for start in stride(from: 0, to: batches, by: Self.sampleBatch) {
            let dindexes = plan.dindexes.dropFirst(start).prefix(Self.sampleBatch)
            let dblocks = plan.dblocks.dropFirst(start).prefix(Self.sampleBatch)
            var wanted = Set(dblocks.compactMap { volumes[$0.name.text]?.id })
            for item in dindexes {
                // Where others describe the same volume too, this one need not name all of its blocks.
                guard let id = volumes[item.name.text]?.id, let described = descriptions[id] else { continue }
                wanted.formUnion(described.filter { describers[$0] == 1 })
            }
            let expected = try session.catalog.read { reader in try ExpectedBlocks(reader, volumes: wanted) }
            verifier = verifier.expecting(expected)
            try run(dindexes + dblocks, verifier)
        }
        try run(plan.dlists, verifier)
    }

    private func setTotals(_ plan: VerifyPlan) {
        let bytes = plan.items.reduce(Int64(0)) { sum, item in
            let (total, overflow) = sum.addingReportingOverflow(max(0, item.size ?? 0))
            return overflow ? .max : total
        }
        session.store.progress.setTotals(entries: plan.items.count, bytes: Int(clamping: bytes))
    }

    private func verifier(
        _ blocks: ObjectVerifier.Blocks, _ plan: VerifyPlan, _ known: Known, _ findings: VerifyFindings
    ) throws -> ObjectVerifier {
        let names = known.names
        var versions: [String: ObjectVerifier.Version] = [:]
        if !plan.dlists.isEmpty {
            let tallies = try session.catalog.read { reader in try EntryTally.ofVersions(reader) }
            for version in known.versions {
                guard let name = names[version.volume], let tally = tallies[version.id] else { continue }
                versions[name] = .init(id: version.id, tally: tally)
            }
        }
        return ObjectVerifier(
            store: session.store, catalog: session.catalog, settings: session.properties.settings,
            known: known.byName, versions: versions, blocks: blocks, findings: findings)
    }

    private func run(_ items: some Sequence<StoreListing.Item>, _ verifier: ObjectVerifier) throws {
        let progress = session.store.progress
        try ReadAhead.run(Array(items), threads: threads, name: "verify") { item in
            Result { () throws(EngineError) in try verifier.verify(item) }
        } consume: { item, result in
            try result.get()
            progress.addEntries(1)
            progress.addBytes(Int(clamping: item.size ?? 0))
        }
    }

    /// Counts what is in order, puts what is not first in line, and keeps hashes that nobody knew.
    ///
    /// What was found does not depend on it: a catalog that cannot be written to is named, and costs the rotation a turn.
    private func markVerified(_ findings: VerifyFindings) {
        let intact = findings.intact
        let faulty = level == .listing ? [] : Set(findings.summary.faults.map(\.object))
        guard !intact.isEmpty || !faulty.isEmpty else { return }
        do {
            try markVerified(intact, faulty)
        } catch {
            let cause = EngineError(error, doing: "write down what was examined")
            problems.add(
                Problem(
                    .remoteObject, session.catalog.path,
                    "does not know what was examined, so the next sample may take the same again: \(cause)"))
        }
    }

    private func markVerified(_ intact: [String: (size: Int64, hash: Digest)], _ faulty: Set<String>) throws {
        let now = session.store.now()
        try session.catalog.write { writer in
            for var volume in try writer.reading({ try $0.volumes() }) {
                if faulty.contains(volume.name) {
                    try writer.put(CatalogVerification(count: VerifyPlan.faulty, time: now), of: volume.id)
                }
                guard let found = intact[volume.name] else { continue }
                if volume.hash == nil || volume.size < 0 {
                    volume.hash = found.hash
                    volume.size = found.size
                    try writer.put(volume)
                }
                try writer.markVerified(volume.id, at: now)
            }
        }
    }

    // MARK: Files

    private func affectedFiles(
        _ summary: VerifySummary, _ listing: StoreListing, _ known: Known, _ findings: VerifyFindings
    ) throws -> AffectedFiles {
        let faulty = Set(summary.faults.lazy.filter(\.losesData).map(\.object))
        // A sample without a fault says nothing new, and should cost nothing more.
        if level.isSample, faulty.isEmpty { return AffectedFiles() }
        let names = known.names
        let archived = Set(listing.items.lazy.filter(\.isArchived).map(\.name.text))
        let good = findings.goodBlocks
        var lost: [Int64: String] = [:]
        var sizes: [Int32] = []
        return try session.catalog.read { reader in
            try reader.forEachBlock { id, _, size, volume in
                while sizes.count < id { sizes.append(0) }
                sizes.append(Int32(clamping: size))
                guard !good.contains(id) else { return }
                guard let name = names[volume] else {
                    lost[id] = ""
                    return
                }
                let isLost = level == .full ? !archived.contains(name) : faulty.contains(name)
                if isLost { lost[id] = name }
            }
            return try AffectedFiles.find(reader, sizes: sizes) { lost[$0] }
        }
    }

    private func report(_ summary: VerifySummary) {
        for fault in summary.faults {
            problems.add(Problem(fault.losesData ? .damaged : .remoteObject, fault.object, fault.detail))
        }
        for casualty in summary.casualties {
            let what = casualty.isMetadataOnly ? "owner, mode and times are lost" : "content is lost"
            let cause = casualty.object.isEmpty ? "" : " with \(casualty.object)"
            problems.add(Problem(.damaged, casualty.path, "its \(what)\(cause), in \(casualty.versions)"))
        }
        problems.count(.damaged, summary.casualtyCount - summary.casualties.count)
    }
}

extension ObjectVerifier {
    /// The same with other promises.
    fileprivate func expecting(_ expected: ExpectedBlocks) -> ObjectVerifier {
        ObjectVerifier(
            store: store, catalog: catalog, settings: settings, known: known, versions: versions,
            blocks: .promised(expected), findings: findings)
    }
}
