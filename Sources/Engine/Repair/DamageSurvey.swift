internal import Catalog
internal import Cryptography
internal import StoreFormat

/// The damaged data volumes of a store, and the needed blocks that are in them or in none.
struct DamageSurvey {
    /// Data volumes that are listed in another size than recorded, that a verification found faulty, or that were only
    /// partly readable when the catalog was built.
    let damaged: [CatalogVolume]
    /// Needed blocks that are at home in them or nowhere.
    let lost: [LostBlock]
    /// The numbers of those damaged volumes that nothing needed has its home in.
    let unneeded: Set<Int64>

    init(_ context: RepairContext, faulty: Set<String>) throws {
        (damaged, lost, unneeded) = try context.session.catalog.read { reader in
            let listed = try reader.volumes().filter { $0.kind == .dblock && context.items[$0.name] != nil }
            let damaged = listed.filter { context.isResized($0) || faulty.contains($0.name) }
            // A volume that is whole is described, or known to wait for that.
            let described = Set(try reader.descriptions().values.joined())
            let orphans = Set(try CatalogSync.orphans(in: reader).map(\.text))
            let partial = listed.filter { !described.contains($0.id) && !orphans.contains($0.name) }
            let ids = Set((damaged + partial).map(\.id))
            let usage = try BlockUsage(reader)
            var lost: [LostBlock] = []
            var needed: Set<Int64> = []
            try reader.forEachBlock { id, hash, size, volume in
                guard volume == 0 || ids.contains(volume), usage.isUsed(block: id), let digest = Digest(hash) else {
                    return
                }
                needed.insert(volume)
                lost.append(
                    LostBlock(id: id, digest: digest, size: size, volume: volume, isList: usage.isList(block: id)))
            }
            // Of what was never readable nobody knows what it was: without anything needed it is not touched here.
            let known = Set(damaged.map(\.id))
            let concerned = damaged + partial.filter { !known.contains($0.id) && needed.contains($0.id) }
            return (concerned, lost, known.subtracting(needed))
        }
    }

    /// The needed blocks that cannot be read from anywhere.
    func unreadable(_ context: RepairContext) throws -> Set<Int64> {
        var rest: [LostBlock] = []
        let wanted = Dictionary(grouping: lost, by: \.volume)
        for volume in damaged {
            guard let blocks = wanted[volume.id] else { continue }
            try Self.read(volume, blocks, context) { _, _ in
            } failed: {
                rest.append($0)
            }
        }
        rest += wanted[0] ?? []
        let homes = try Self.otherHomes(of: rest, damaged: Set(damaged.map(\.id)), context)
        return Set(rest.lazy.map(\.id).filter { homes[$0] == nil })
    }

    /// Reads blocks of a damaged volume.
    static func read(
        _ volume: CatalogVolume, _ blocks: [LostBlock], _ context: RepairContext,
        intact: (LostBlock, UnsafeRawBufferPointer) throws -> Void, failed: (LostBlock) -> Void
    ) throws {
        guard let name = ObjectName(parsing: volume.name) else { return blocks.forEach(failed) }
        let reader: VolumeReader
        do {
            reader = try context.store.fetch(
                name, expecting: ObjectExpectation(size: volume.size, hash: volume.hash), settings: context.settings,
                tolerant: true
            ).reader
        } catch {
            let error = EngineError(error, doing: "read \(name)")
            guard error.concernsOneObject else { throw error }
            return blocks.forEach(failed)
        }
        let scratch = BlockScratch(settings: context.settings)
        for block in blocks {
            try context.store.cancellation.check()
            do {
                try reader.withBlock(block.digest, scratch: scratch) { try intact(block, $0) }
            } catch let error as StoreFormatError where error.object == name.text {
                failed(block)
            }
        }
    }

    /// Sound volumes that hold some of the blocks too, by block.
    static func otherHomes(
        of blocks: [LostBlock], damaged: Set<Int64>, _ context: RepairContext
    ) throws -> [Int64: Int64] {
        guard !blocks.isEmpty else { return [:] }
        let missing = Set(blocks.map(\.id))
        var homes: [Int64: Int64] = [:]
        try context.session.catalog.read { reader in
            let sound = Set(
                try reader.volumes().lazy.filter {
                    $0.kind == .dblock && !damaged.contains($0.id) && context.items[$0.name] != nil
                }.map(\.id))
            try reader.forEachDuplicate { block, volume in
                if missing.contains(block), sound.contains(volume) { homes[block] = volume }
            }
        }
        return homes
    }
}
