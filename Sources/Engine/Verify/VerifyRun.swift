internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat
internal import Support
internal import Synchronization

/// Examines a store: names every object that is damaged or missing, and every file that needs it.
public final class VerifyRun: Sendable {
    private let session: StoreSession
    private let level: VerifyLevel
    private let problems: ProblemLog
    private let threads: Int

    /// A run; nothing is done yet.
    /// - Parameters:
    ///   - level: how thoroughly.
    ///   - session: the open store.
    ///   - problems: gets every fault, and every file concerned.
    ///   - threads: how many objects are examined at a time, each in memory; nil takes as many as there are processors,
    ///     up to four.
    public init(_ level: VerifyLevel, session: StoreSession, problems: ProblemLog, threads: Int? = nil) {
        self.level = level
        self.session = session
        self.problems = problems
        self.threads = max(1, threads ?? min(4, Processors.count))
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

    private func verify() throws -> VerifySummary {
        let progress = session.store.progress
        progress.phase = .verifying
        let listing = session.listing
        progress.setTotals(entries: listing.items.count, bytes: Int(clamping: listing.totalSize))
        let length = session.properties.settings.blockHash.digestLength
        let (volumes, versions, index) = try session.catalog.read { reader in
            (try reader.volumes(), try reader.versions(), try BlockIndex(from: reader, digestLength: length))
        }
        let findings = VerifyFindings(index: index)
        checkListing(volumes, findings)
        switch level {
        case .listing:
            for _ in listing.items { findings.count() }
        case .full:
            try examine(volumes, versions, findings)
        }
        var summary = findings.summary
        let affected = try affectedFiles(summary, volumes, findings)
        summary.casualtyCount = affected.count
        summary.casualties = affected.files.map { file in
            VerifySummary.Casualty(
                path: file.path, object: file.object, versions: file.versionRange, isMetadataOnly: file.isMetadataOnly)
        }
        report(summary)
        return summary
    }

    // MARK: Objects

    private func checkListing(_ volumes: [CatalogVolume], _ findings: VerifyFindings) {
        let change = ListingChange(known: volumes, listing: session.listing)
        for volume in change.vanished {
            findings.fault(volume.name, "is missing", losesData: volume.kind != .dindex)
        }
        for (volume, size) in change.otherSizes where level == .listing {
            findings.fault(
                volume.name, "is damaged: it has \(size) bytes instead of \(volume.size)",
                losesData: volume.kind != .dindex)
        }
        for item in session.listing.unencrypted {
            findings.fault(
                item.name.text, "is not encrypted although the store is; it is ignored", losesData: false)
        }
        for name in session.listing.repeatedNames { findings.fault(name, "is listed twice", losesData: false) }
    }

    /// Index volumes first, since data volumes are compared with what they say.
    private func examine(
        _ volumes: [CatalogVolume], _ versions: [CatalogVersion], _ findings: VerifyFindings
    ) throws {
        let names = Dictionary(uniqueKeysWithValues: volumes.map { ($0.id, $0.name) })
        var entryCounts: [String: Int64] = [:]
        for version in versions {
            guard let name = names[version.volume] else { continue }
            entryCounts[name] = version.files + version.folders + version.symlinks
        }
        let verifier = ObjectVerifier(
            store: session.store, settings: session.properties.settings,
            known: Dictionary(uniqueKeysWithValues: volumes.map { ($0.name, $0) }), entryCounts: entryCounts,
            findings: findings)
        try run(session.listing.dindexes, verifier)
        try run(session.listing.dlists + session.listing.dblocks, verifier)
    }

    private func run(_ items: [StoreListing.Item], _ verifier: ObjectVerifier) throws {
        let progress = session.store.progress
        try ReadAhead.run(items, threads: threads, name: "verify") { item in
            Result { () throws(EngineError) in try verifier.verify(item) }
        } consume: { item, result in
            try result.get()
            progress.addEntries(1)
            progress.addBytes(Int(clamping: item.size ?? 0))
        }
    }

    // MARK: Files

    private func affectedFiles(
        _ summary: VerifySummary, _ volumes: [CatalogVolume], _ findings: VerifyFindings
    ) throws -> AffectedFiles {
        let faulty = Set(summary.faults.lazy.filter(\.losesData).map(\.object))
        let names = Dictionary(uniqueKeysWithValues: volumes.map { ($0.id, $0.name) })
        let good = findings.goodBlocks
        var lost: [Int64: String] = [:]
        var sizes: [Int32] = []
        return try session.catalog.read { reader in
            try reader.forEachBlock { id, _, size, volume in
                while sizes.count < id { sizes.append(0) }
                sizes.append(Int32(clamping: size))
                let name = names[volume]
                switch level {
                case .full:
                    guard !good.contains(id) else { return }
                    lost[id] = name ?? ""
                case .listing:
                    guard let name else {
                        lost[id] = ""
                        return
                    }
                    if faulty.contains(name) { lost[id] = name }
                }
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
