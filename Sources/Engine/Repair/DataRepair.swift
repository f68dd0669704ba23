internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Finds lost blocks again, stores them in new data volumes, and removes the damaged volumes that nothing needs then.
///
/// In this order each block is looked for: in the damaged volume itself, in other volumes that hold it too, in what the
/// catalog knows (lists of hashes), and in the files that it came from.
struct DataRepair {
    let context: RepairContext
    /// Objects that a verification found damaged although their size is right.
    let faulty: Set<String>

    private var settings: StoreSettings { context.settings }

    func run() throws {
        let survey = try DamageSurvey(context, faulty: faulty)
        let (volumes, lost) = (survey.damaged, survey.lost)
        context.summary.blocksMissing = lost.count
        let rescue = RescueVolume(context)
        var rest = try salvage(lost, from: volumes, into: rescue)
        let moved = try findElsewhere(&rest, damaged: Set(volumes.map(\.id)))
        try relist(&rest, into: rescue)
        try readSources(&rest, into: rescue)
        try rescue.finish()
        try context.confirm()
        let stillLost = rest
        try context.commit { writer in
            for (dblock, dindex, blocks) in rescue.sent {
                try writer.put(dblock)
                try writer.put(dindex)
                try writer.addDescription(of: dblock.id, in: dindex.id)
                try writer.rehome(blocks.lazy.map { (block: $0, volume: dblock.id) })
            }
            try writer.rehome(moved)
            try noteLosses(stillLost, writer)
        }
        try removeDamaged(volumes, survey.unneeded, stillLost: Set(stillLost.lazy.map(\.volume)))
    }

    // MARK: Where it is found

    /// Takes what is intact in damaged volumes; returns the rest.
    private func salvage(
        _ lost: [LostBlock], from volumes: [CatalogVolume], into rescue: RescueVolume
    ) throws -> [LostBlock] {
        var rest = lost.filter { $0.volume == 0 }
        let wanted = Dictionary(grouping: lost.filter { $0.volume != 0 }, by: \.volume)
        for volume in volumes {
            guard let blocks = wanted[volume.id] else { continue }
            try DamageSurvey.read(volume, blocks, context) { block, bytes in
                try rescue.add(block, bytes)
                context.summary.blocksSalvaged += 1
            } failed: {
                rest.append($0)
            }
        }
        return rest
    }

    /// Finds sound volumes that hold a block too.
    private func findElsewhere(
        _ rest: inout [LostBlock], damaged: Set<Int64>
    ) throws -> [(block: Int64, volume: Int64)] {
        let homes = try DamageSurvey.otherHomes(of: rest, damaged: damaged, context)
        rest.removeAll { homes[$0.id] != nil }
        context.summary.blocksElsewhere += homes.count
        return homes.map { (block: $0.key, volume: $0.value) }
    }

    /// Makes lists of hashes again from the hashes that the catalog knows.
    private func relist(_ rest: inout [LostBlock], into rescue: RescueVolume) throws {
        let wanted = Dictionary(rest.lazy.filter(\.isList).map { ($0.id, $0) }) { first, _ in first }
        guard !wanted.isEmpty else { return }
        var made: Set<Int64> = []
        try context.session.catalog.read { reader in
            let lists = try Blocklists(reader, settings: settings)
            try reader.forEachBlocklist { _, _, _, list in
                guard let block = wanted[list.listBlock], !made.contains(block.id),
                    let content = try lists.content(of: list, expecting: block.digest)
                else { return }
                try content.withUnsafeBytes { try rescue.add(block, $0) }
                made.insert(block.id)
            }
        }
        rest.removeAll { made.contains($0.id) }
        context.summary.blocksRebuilt += made.count
    }

    private func readSources(_ rest: inout [LostBlock], into rescue: RescueVolume) throws {
        guard context.options.readsSources, !rest.isEmpty else { return }
        let before = rest.count
        let files = LocalFiles(rest, settings: settings) { block, bytes in
            try context.store.cancellation.check()
            try rescue.add(block, bytes)
        }
        try context.session.catalog.read { try files.search($0) }
        rest = files.rest
        context.summary.blocksRebuilt += before - rest.count
    }

    // MARK: What is left

    /// Keeps in mind whether anything is lost for good.
    private func noteLosses(_ stillLost: [LostBlock], _ writer: borrowing CatalogWriter) throws {
        if stillLost.contains(where: { $0.volume == 0 }) {
            try writer.setProperty(LostContents.property, "true")
        } else {
            try writer.removeProperty(LostContents.property)
        }
    }

    private func removeDamaged(
        _ volumes: [CatalogVolume], _ unneeded: Set<Int64>, stillLost: Set<Int64>
    ) throws {
        var going: [(volume: CatalogVolume, reason: String)] = []
        for volume in volumes {
            if !stillLost.contains(volume.id) {
                let reason =
                    unneeded.contains(volume.id)
                    ? "is damaged, and no version needs anything in it"
                    : "is damaged, and all that versions need of it is stored elsewhere now"
                going.append((volume, reason))
            } else if context.options.removesDamaged {
                going.append((volume, "is damaged, and the rest of it is lost"))
            } else {
                context.summary.add(
                    .left, volume.name,
                    "is damaged, and versions need blocks of it that were found nowhere else; "
                        + "--remove-damaged removes it nevertheless")
            }
        }
        guard !going.isEmpty else { return }
        let ids = Set(going.map(\.volume.id))
        try context.commit { writer in
            let abandoned = try writer.reading { reader in
                let usage = try BlockUsage(reader)
                var abandoned: [Int64] = []
                try reader.forEachBlock { id, _, _, volume in
                    if ids.contains(volume), usage.isUsed(block: id) { abandoned.append(id) }
                }
                return abandoned
            }
            for block in abandoned { try writer.moveBlock(block, to: 0) }
            if !abandoned.isEmpty { try writer.setProperty(LostContents.property, "true") }
        }
        let indexes = try soleIndexes(of: ids)
        try context.remove(going + indexes.map { ($0, "describes only what was removed") })
    }

    /// The index volumes that describe nothing but some data volumes.
    private func soleIndexes(of dblocks: Set<Int64>) throws -> [CatalogVolume] {
        try context.session.catalog.read { reader in
            let descriptions = try reader.descriptions()
            return try reader.volumes().filter { volume in
                descriptions[volume.id].map { dblocks.isSuperset(of: $0) } ?? false
            }
        }
    }
}
