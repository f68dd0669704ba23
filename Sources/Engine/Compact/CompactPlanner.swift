internal import Catalog
internal import StoreFormat
internal import Support

/// Works out what a compaction has to do, from the catalog and the listing alone.
///
/// One that was broken off goes on with the volumes that are worth rewriting, even if what it has done until then is
/// enough for the thresholds.
struct CompactPlanner {
    let session: StoreSession
    let options: CompactOptions

    /// A plan, and what carrying it out needs.
    struct Result {
        let plan: CompactPlan
        let thresholds: CompactThresholds
        let usage: BlockUsage
        /// The data and index volumes by number.
        let volumes: [Int64: CatalogVolume]
        /// Why nothing may be done, in one sentence; only with `.incompleteStore`.
        let obstacle: String?
    }

    /// Goes through the catalog.
    func make() throws -> Result {
        try session.catalog.read { reader in
            let volumes = try reader.volumes()
            let listed = Dictionary(session.listing.items.map { ($0.name.text, $0) }) { first, _ in first }
            let usage = try BlockUsage(reader, rehomingInto: Self.trusted(volumes, listed))
            let descriptions = try reader.descriptions()
            let sizes = volumes.lazy.filter { $0.kind == .dblock }.map { listed[$0.name]?.size ?? $0.size }
            let thresholds = CompactThresholds(options, largest: sizes.max() ?? 0)
            let versions = try reader.versions()
            let obstacle =
                try missedVersions(reader) ?? Self.obstacle(usage, volumes, versions, session.listing)
            let plan: CompactPlan
            if versions.isEmpty {
                plan = CompactPlan(reason: .noVersions, volumes: [], of: usage)
            } else if obstacle != nil {
                plan = CompactPlan(reason: .incompleteStore, volumes: [], of: usage)
            } else {
                let wasBegun = try reader.property(CompactRun.dueProperty) == CompactRun.Due.begun.rawValue
                plan = choose(volumes, listed, usage, descriptions, thresholds, wasBegun: wasBegun)
            }
            return Result(
                plan: plan, thresholds: thresholds, usage: usage,
                volumes: Dictionary(uniqueKeysWithValues: volumes.map { ($0.id, $0) }), obstacle: obstacle)
        }
    }

    /// The data volumes that are listed in the size they were recorded with.
    private static func trusted(_ volumes: [CatalogVolume], _ listed: [String: StoreListing.Item]) -> Set<Int64> {
        var trusted: Set<Int64> = []
        for volume in volumes where volume.kind == .dblock {
            guard let item = listed[volume.name] else { continue }
            if let size = item.size, size != volume.size { continue }
            trusted.insert(volume.id)
        }
        return trusted
    }

    /// Seconds for which the data of versions stays that are not listed any more.
    private static let missedGrace: Int64 = 86_400

    /// Why it is too soon to believe that versions are gone: some destinations list late, or not to the end.
    private func missedVersions(_ reader: borrowing CatalogReader) throws -> String? {
        guard let since = try reader.property(KeptCatalog.missedProperty).flatMap({ Int64($0) }),
            options.now().seconds - since < Self.missedGrace
        else { return nil }
        return "versions were missing in the listing of \(Timestamp(seconds: since)), and for a day their data stays, "
            + "in case the listing was wrong"
    }

    /// Why it cannot be known what is needed.
    private static func obstacle(
        _ usage: BlockUsage, _ volumes: [CatalogVolume], _ versions: [CatalogVersion], _ listing: StoreListing
    ) -> String? {
        let read = Set(versions.map(\.volume))
        let unread = volumes.filter { $0.kind == .dlist && !read.contains($0.id) }.map(\.name)
        let unreadable = (unread + listing.shadowedLists.map(\.name.text)).sorted()
        if let first = unreadable.first {
            return "the filelist \(first) cannot be read, and nobody knows which data it needs"
        }
        guard usage.incompleteContents > 0 else { return nil }
        return "the blocks of \(Count(usage.incompleteContents, "content")) are not "
            + "known, because blocklists are lost"
    }

    private func choose(
        _ volumes: [CatalogVolume], _ listed: [String: StoreListing.Item], _ usage: BlockUsage,
        _ descriptions: [Int64: [Int64]], _ thresholds: CompactThresholds, wasBegun: Bool
    ) -> CompactPlan {
        let described = Set(descriptions.values.joined())
        // A data volume without any known block and without a description is one that could not be read: not to be
        // understood is no reason to be deleted.
        let dblocks = volumes.filter {
            $0.kind == .dblock && listed[$0.name] != nil && (usage.volumes[$0.id] != nil || described.contains($0.id))
        }
        let measured = dblocks.map { volume in
            let held = usage.volumes[volume.id] ?? BlockUsage.Volume()
            return CompactThresholds.Volume(
                used: held.usedBytes, wasted: held.wastedBytes, size: listed[volume.name]?.size ?? max(0, volume.size))
        }
        let decision = thresholds.decide(measured)
        let hindrances = hindrances(volumes, listed, descriptions)
        func planned(_ position: Int, _ kind: CompactPlan.Kind) -> CompactPlan.Volume {
            CompactPlan.Volume(
                id: dblocks[position].id, name: dblocks[position].name, kind: kind,
                usedBytes: measured[position].used, wastedBytes: measured[position].wasted,
                size: measured[position].size, hindrance: hindrances[dblocks[position].id])
        }
        let deletable = decision.deletable.map { planned($0, .deletable) }.sorted { $0.id < $1.id }
        var rewritten: [CompactPlan.Volume] = []
        if decision.isRewriteDue || wasBegun {
            let wasteful = Set(decision.wasteful)
            rewritten =
                decision.wasteful.map { planned($0, .wasteful) }
                + decision.small.filter { !wasteful.contains($0) }.map { planned($0, .small) }
            // One small volume by itself would only get another name.
            let possible = rewritten.filter { $0.hindrance == nil }
            if possible.count < 2, possible.allSatisfy({ $0.wastedBytes == 0 }) {
                rewritten.removeAll { $0.hindrance == nil }
            }
        }
        func age(_ volume: CompactPlan.Volume) -> (Int64, Int64) {
            (usage.volumes[volume.id]?.oldestUse ?? 0, volume.id)
        }
        rewritten.sort { age($0) < age($1) }
        let chosen = deletable + rewritten
        let isAnythingPossible = chosen.contains { $0.hindrance == nil }
        return CompactPlan(reason: isAnythingPossible ? .compacted : .notNeeded, volumes: chosen, of: usage)
    }

    /// What keeps data volumes from being deleted; an index volume that cannot be deleted keeps what it describes.
    private func hindrances(
        _ volumes: [CatalogVolume], _ listed: [String: StoreListing.Item], _ descriptions: [Int64: [Int64]]
    ) -> [Int64: CompactPlan.Hindrance] {
        let now = options.now()
        var hindrances: [Int64: CompactPlan.Hindrance] = [:]
        for volume in volumes {
            guard let item = listed[volume.name] else { continue }
            let isLocked = item.lockedUntil.map { $0 > now } ?? false
            guard isLocked || item.isArchived else { continue }
            switch volume.kind {
            case .dblock: hindrances[volume.id] = isLocked ? .locked : hindrances[volume.id] ?? .archived
            case .dindex where isLocked:
                for dblock in descriptions[volume.id] ?? [] { hindrances[dblock] = .locked }
            case .dindex, .dlist: break
            }
        }
        return hindrances
    }
}

extension CompactPlan {
    /// A plan with the figures of all volumes.
    fileprivate init(reason: CompactSummary.Reason, volumes: [Volume], of usage: BlockUsage) {
        self.init(
            reason: reason, volumes: volumes, volumeCount: usage.volumes.count,
            usedBytes: usage.volumes.values.reduce(0) { $0 + $1.usedBytes }, wastedBytes: usage.wastedBytes)
    }
}
