internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Writes index volumes for data volumes that have none, and removes index volumes that are of no use.
struct IndexRepair {
    let context: RepairContext
    /// Objects that a verification found damaged although their size is right.
    let faulty: Set<String>

    private var settings: StoreSettings { context.settings }

    /// What is known of the index volumes.
    private struct Survey {
        /// Data volumes that no sound index volume describes.
        var undescribed: [CatalogVolume] = []
        /// Those of them whose every block is on record.
        var recorded: Set<Int64> = []
        /// Index volumes that are damaged, or describe nothing that is there.
        var doubtful: [CatalogVolume] = []
    }

    func run() throws {
        let survey = try survey()
        try describe(survey.undescribed, recorded: survey.recorded)
        try examine(survey.doubtful)
    }

    private func survey() throws -> Survey {
        try context.session.catalog.read { reader in
            let volumes = try reader.volumes().filter { context.items[$0.name] != nil }
            let descriptions = try reader.descriptions()
            let orphans = Set(try CatalogSync.orphans(in: reader).map(\.text))
            var survey = Survey()
            var described: Set<Int64> = []
            for volume in volumes where volume.kind == .dindex {
                let dblocks = descriptions[volume.id] ?? []
                if dblocks.isEmpty || context.isResized(volume) || faulty.contains(volume.name) {
                    survey.doubtful.append(volume)
                    if !context.isResized(volume) { survey.recorded.formUnion(dblocks) }
                } else {
                    described.formUnion(dblocks)
                }
            }
            survey.undescribed = volumes.filter { volume in
                volume.kind == .dblock && !described.contains(volume.id) && !context.isResized(volume)
                    && !faulty.contains(volume.name)
            }
            survey.recorded.formUnion(survey.undescribed.lazy.filter { orphans.contains($0.name) }.map(\.id))
            return survey
        }
    }

    // MARK: Writing

    /// What a data volume holds.
    private struct Content {
        var blocks: [BlockReference] = []
        var lists: [(digest: Digest, content: [UInt8])] = []
    }

    private func describe(_ dblocks: [CatalogVolume], recorded: Set<Int64>) throws {
        guard !dblocks.isEmpty else { return }
        var contents = try content(
            of: dblocks.filter { recorded.contains($0.id) && $0.hash != nil && $0.size >= 0 })
        var written: [(dindex: CatalogVolume, dblock: CatalogVolume)] = []
        for var dblock in dblocks {
            guard let content = try contents.removeValue(forKey: dblock.id) ?? read(&dblock) else { continue }
            let dindex = try context.sendIndex(of: dblock, blocks: content.blocks, lists: content.lists)
            context.summary.add(.indexWritten, dindex.name, "describes \(dblock.name)")
            written.append((dindex, dblock))
        }
        try context.confirm()
        try context.commit { writer in
            for (dindex, dblock) in written {
                try writer.put(dblock)
                try writer.put(dindex)
                try writer.addDescription(of: dblock.id, in: dindex.id)
            }
            try CatalogSync.forgetOrphans(Set(written.map(\.dblock.name)), writer)
        }
    }

    /// What the catalog knows of data volumes: every block, whether it is their own or at home in another.
    private func content(of dblocks: [CatalogVolume]) throws -> [Int64: Content] {
        let ids = Set(dblocks.map(\.id))
        guard !ids.isEmpty else { return [:] }
        return try context.session.catalog.read { reader in
            var contents: [Int64: Content] = [:]
            var further: [Int64: [Int64]] = [:]
            try reader.forEachDuplicate { block, volume in
                if ids.contains(volume) { further[block, default: []].append(volume) }
            }
            let usage = try BlockUsage(reader)
            var lists: [Int64: [Int64]] = [:]
            try reader.forEachBlock { id, hash, size, volume in
                guard let digest = Digest(hash) else { return }
                for home in (ids.contains(volume) ? [volume] : []) + (further[id] ?? []) {
                    contents[home, default: Content()].blocks.append(BlockReference(digest, size: size))
                    if usage.isList(block: id) { lists[id, default: []].append(home) }
                }
            }
            guard !lists.isEmpty else { return contents }
            let made = try Blocklists(reader, settings: settings)
            let lookup = try reader.contents()
            try reader.forEachBlocklist { _, _, _, list in
                guard let homes = lists[list.listBlock], let bytes = try made.content(of: list) else { return }
                lists[list.listBlock] = nil
                let digest = try lookup.block(list.listBlock).digest
                for home in homes { contents[home]?.lists.append((digest, bytes)) }
            }
            return contents
        }
    }

    /// What a data volume itself says; nil when it cannot be read.
    private func read(_ dblock: inout CatalogVolume) throws -> Content? {
        guard let name = ObjectName(parsing: dblock.name) else { return nil }
        do throws(EngineError) {
            let fetched = try context.store.fetch(name, settings: settings)
            guard let content = try check(fetched.reader) else {
                return leave(dblock, "is damaged and has no index volume; --verify looks for what is intact in it")
            }
            dblock.size = fetched.size
            dblock.hash = fetched.hash
            return content
        } catch {
            guard error.concernsOneObject else { throw error }
            guard case .damagedObject = error, context.options.removesDamaged, try isComplete() else {
                return leave(dblock, "\(error.faultOfObject); nothing in it is known, so it stays")
            }
            try context.remove([(dblock, "cannot be read, and nothing is missing without it")])
            return nil
        }
    }

    /// The blocks of a data volume; nil when any is not what its name says.
    private func check(_ reader: VolumeReader) throws(EngineError) -> Content? {
        guard !reader.directoryWasDamaged, !reader.blocks.isEmpty else { return nil }
        let scratch = BlockScratch(settings: settings)
        do {
            let (index, usage) = try context.session.catalog.read { catalog in
                (
                    try BlockIndex(from: catalog, digestLength: settings.blockHash.digestLength),
                    try BlockUsage(catalog)
                )
            }
            var content = Content()
            for block in reader.blocks {
                let isList = index.find(block.digest).map { usage.isList(block: $0) } ?? false
                try reader.withBlock(block.digest, scratch: scratch) { bytes in
                    if isList { content.lists.append((block.digest, Array(bytes))) }
                }
                content.blocks.append(BlockReference(block.digest, size: block.size))
            }
            return content
        } catch let error as StoreFormatError where error.object == reader.name.text {
            return nil
        } catch {
            throw EngineError(error, doing: "read \(reader.name)")
        }
    }

    private func leave(_ volume: CatalogVolume, _ detail: String) -> Content? {
        context.summary.add(.left, volume.name, detail)
        return nil
    }

    /// Whether every block that a version needs is somewhere.
    private func isComplete() throws -> Bool {
        try context.session.catalog.read { try BlockUsage($0).lostBlocks == 0 }
    }

    // MARK: Removing

    /// Looks at index volumes that are damaged or describe nothing that is there.
    private func examine(_ doubtful: [CatalogVolume]) throws {
        var going: [(volume: CatalogVolume, reason: String)] = []
        for dindex in doubtful {
            guard let name = ObjectName(parsing: dindex.name) else { continue }
            do throws(EngineError) {
                let fetched = try context.store.fetch(name, settings: settings)
                let descriptions: [VolumeDescription]
                do {
                    descriptions = try fetched.reader.volumeDescriptions()
                } catch {
                    throw EngineError.damagedObject(dindex.name, detail: error.detail)
                }
                if let reason = try reasonToRemove(dindex, descriptions) {
                    going.append((dindex, reason))
                } else {
                    try keep(dindex, fetched)
                }
            } catch {
                guard error.concernsOneObject else { throw error }
                guard case .damagedObject = error else {
                    context.summary.add(
                        .left, dindex.name, "\(error.faultOfObject); nothing is known of it, so it stays")
                    continue
                }
                // By now every data volume that can be read has another description.
                going.append((dindex, "\(error.faultOfObject); what it described is described anew"))
            }
        }
        guard !going.isEmpty else { return }
        try context.remove(going)
    }

    private func reasonToRemove(
        _ dindex: CatalogVolume, _ descriptions: [VolumeDescription]
    ) throws(EngineError) -> String? {
        if descriptions.isEmpty { return "describes nothing" }
        if faulty.contains(dindex.name) {
            return "is damaged or contradicts what it describes, which is described anew"
        }
        guard descriptions.allSatisfy({ context.items[$0.dblockName] == nil }) else { return nil }
        let missing = descriptions.map(\.dblockName).joined(separator: ", ")
        do {
            // As long as something is lost, its hashes may still be of use.
            guard try isComplete() else {
                context.summary.add(.left, dindex.name, "describes \(missing), which is missing, and blocks are lost")
                return nil
            }
        } catch {
            throw EngineError(error, doing: "read the catalog")
        }
        return "describes only \(missing), which is missing, and no version needs it"
    }

    /// Takes in an index volume that turned out to be in order.
    private func keep(_ dindex: CatalogVolume, _ fetched: FetchedVolume) throws(EngineError) {
        guard context.isResized(dindex) else { return }
        var dindex = dindex
        dindex.size = fetched.size
        dindex.hash = fetched.hash
        do {
            try context.commit { writer in try writer.put(dindex) }
        } catch {
            throw EngineError(error, doing: "change the catalog")
        }
        context.summary.add(.left, dindex.name, "has another size than was known, but is in order")
    }
}
