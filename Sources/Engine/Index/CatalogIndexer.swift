internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat
internal import Support

/// Builds a catalog from nothing but what is at the destination.
///
/// Index volumes tell which blocks are where; data volumes are fetched only when none describes them, or when a
/// blocklist is nowhere else. Damaged objects are left out, and every one is named with what it costs.
struct CatalogIndexer {
    let store: Store
    let listing: StoreListing
    let problems: ProblemLog

    /// Fills the empty catalog at `path` and closes it.
    /// - Returns: the data volumes that no index volume describes.
    func build(at path: String) throws(EngineError) -> [ObjectName] {
        let settings = try findSettings()
        do {
            let catalog = try Catalog(path: path, isBeingBuilt: true)
            let orphans = try catalog.write { writer in try fill(writer, settings) }
            try catalog.checkpoint()
            return orphans
        } catch {
            throw EngineError(error, doing: "build the catalog \(path)")
        }
    }

    /// The settings of the oldest version that can be read, else of any object that can be.
    private func findSettings() throws(EngineError) -> StoreSettings {
        var lastError: EngineError?
        for item in listing.dlists.reversed() + listing.dindexes + listing.dblocks {
            do throws(EngineError) {
                return try store.fetch(item.name).reader.settings
            } catch {
                guard error.concernsOneObject else { throw error }
                lastError = error
            }
        }
        throw lastError
            ?? .emptyStore(destination: store.destination.label, otherPrefixes: listing.otherPrefixes.keys.sorted())
    }

    private func fill(_ writer: borrowing CatalogWriter, _ settings: StoreSettings) throws -> [ObjectName] {
        let properties = StoreProperties(
            settings: settings, prefix: listing.prefix, encryption: listing.encryption ?? .none)
        try properties.write(to: writer)
        let blocks = BlockRegistry(digestLength: settings.blockHash.digestLength)
        let contents = ContentRegistry(settings: settings, blocks: blocks)
        let volumes = DataVolumeIndexer(
            store: store, settings: settings, blocks: blocks, contents: contents, problems: problems, nextVolume: 1)
        let ahead = try readVersions(settings)
        defer { ahead.end() }
        try volumes.run(dindexes: listing.dindexes, dblocks: listing.dblocks, known: [], writer)
        try addVersions(ahead, settings, volumes, contents, writer)
        try fetchUnknownLists(settings, blocks, contents, writer)
        try contents.writePending(writer)
        try blocks.writeMissing(writer)
        try reportMissing(blocks, volumes, writer)
        if blocks.missing.contains(where: { blocks.volume(of: $0.digest) == 0 }) {
            try writer.setProperty(LostContents.property, "true")
        }
        try CatalogSync.keep(volumes.orphans, writer)
        return volumes.orphans
    }

    // MARK: Versions

    /// A filelist with everything that the catalog takes from it.
    struct ReadVersion: Sendable {
        let list: ParsedFileList
        let isFull: Bool
        let size: Int64
        let hash: Digest
        /// Whether it could only be read because this program does without the directory of an archive.
        let isMended: Bool
    }

    /// Begins to read the filelists, oldest first, while the index volumes are still at work.
    private func readVersions(
        _ settings: StoreSettings
    ) throws -> ReadAhead<StoreListing.Item, Result<ReadVersion, EngineError>> {
        // A filelist takes several times its stored size until it is used: the larger, the fewer at a time.
        let largest = listing.dlists.map { $0.size ?? 0 }.max() ?? 0
        let threads = largest > 12 << 20 ? 1 : 2
        return try ReadAhead(
            Array(listing.dlists.reversed()), threads: threads, window: threads * 2 - 1, name: "index"
        ) { [store] item in
            CatalogIndexer.read(item, store, settings)
        }
    }

    private func addVersions(
        _ ahead: ReadAhead<StoreListing.Item, Result<ReadVersion, EngineError>>, _ settings: StoreSettings,
        _ volumes: DataVolumeIndexer, _ contents: ContentRegistry, _ writer: borrowing CatalogWriter
    ) throws {
        let versions = VersionIndexer(settings: settings, contents: contents, problems: problems)
        try ahead.deliver { item, result in
            try store.cancellation.check()
            switch result {
            case .success(let read):
                let id = try volumes.addVolume(item, size: read.size, hash: read.hash, writer).id
                if read.isMended {
                    problems.add(
                        Problem(
                            .damaged, item.name.text,
                            "is damaged: the directory of its archive; its list could be read all the same, and "
                                + "`dunnage repair` writes it again"))
                    try writer.put(CatalogVerification(count: VerifyPlan.faulty, time: .now()), of: id)
                }
                guard let time = item.name.time else { return }
                try versions.add(read.list, of: item.name, isFull: read.isFull, time: time, volume: id, writer)
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
                problems.add(Self.unreadableVersion(item.name, error))
                _ = try volumes.addVolume(item, size: nil, hash: nil, writer)
            }
        }
    }

    /// What is said of a version whose filelist cannot be read.
    static func unreadableVersion(_ name: ObjectName, _ error: EngineError) -> Problem {
        let time = name.time?.iso8601 ?? ""
        return Problem(.damaged, name.text, "\(error.faultOfObject); the version of \(time) cannot be used")
    }

    /// Fetches a filelist and reads it to its end: nothing of a damaged list may get into the catalog.
    static func read(
        _ item: StoreListing.Item, _ store: Store, _ settings: StoreSettings
    ) -> Result<ReadVersion, EngineError> {
        Result { () throws(EngineError) in
            let fetched = try store.fetch(item.name, expecting: ObjectExpectation(size: item.size), settings: settings)
            do {
                let flags = try fetched.reader.filesetFlags()
                return ReadVersion(
                    list: try ParsedFileList(fetched.reader, folder: store.temporaryFolder), isFull: flags.isFullBackup,
                    size: fetched.size,
                    hash: fetched.hash, isMended: fetched.reader.directoryWasDamaged)
            } catch {
                throw EngineError(error, doing: "read \(item.name)")
            }
        }
    }

    // MARK: Blocklists

    /// Takes blocklists that no index volume has from the data volumes that do.
    private func fetchUnknownLists(
        _ settings: StoreSettings, _ blocks: BlockRegistry, _ contents: ContentRegistry,
        _ writer: borrowing CatalogWriter
    ) throws {
        var wanted: [Int64: [Digest]] = [:]
        for list in contents.unknownLists {
            let volume = blocks.volume(of: list)
            if volume != 0 { wanted[volume, default: []].append(list) }
        }
        guard !wanted.isEmpty else { return }
        let volumes = try writer.reading { try $0.volumes() }.filter { wanted[$0.id] != nil }
        try ReadAhead.run(volumes, threads: 2, name: "index") { [store] volume in
            Result { () throws(EngineError) in
                guard let name = ObjectName(parsing: volume.name) else {
                    throw EngineError.damagedObject(volume.name, detail: "its name is not one of the store's")
                }
                return try store.fetch(
                    name, expecting: ObjectExpectation(size: volume.size, hash: volume.hash), settings: settings,
                    tolerant: true)
            }
        } consume: { volume, result in
            switch result {
            case .success(let fetched):
                if let fault = fetched.fault { problems.add(Problem(.damaged, volume.name, "is damaged: \(fault)")) }
                let scratch = BlockScratch(settings: settings)
                for list in wanted[volume.id] ?? [] {
                    do {
                        contents.keep(list, content: try fetched.reader.withBlock(list, scratch: scratch) { Array($0) })
                    } catch let error as StoreFormatError {
                        problems.add(Problem(.damaged, volume.name, "has a damaged blocklist: \(error.detail)"))
                    }
                }
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
                problems.add(Problem(.damaged, volume.name, error.faultOfObject))
            }
        }
    }

    // MARK: Losses

    /// Names every data volume that is gone, and every file that needs a block no volume has.
    private func reportMissing(
        _ blocks: BlockRegistry, _ volumes: DataVolumeIndexer, _ writer: borrowing CatalogWriter
    ) throws {
        let culprits = volumes.missingBlocks()
        let missing = Set(blocks.missing.lazy.filter { blocks.volume(of: $0.digest) == 0 }.map(\.id))
        var culpritOf: [Int64: String] = [:]
        for block in blocks.missing { culpritOf[block.id] = culprits[block.digest] }
        let affected = try writer.reading { reader in
            try AffectedFiles.find(reader) { missing.contains($0) ? culpritOf[$0] ?? "" : nil }
        }
        for name in Set(volumes.missing.lazy.map(\.dblockName)).sorted() {
            let count = affected.counts[name] ?? 0
            let cost = count == 0 ? "nothing needs it" : Count(count, "file").with("needs it", "need it")
            problems.add(
                Problem(
                    count == 0 ? .remoteObject : .damaged, name, "is missing at the destination; \(cost)"))
        }
        affected.report(to: problems)
    }
}
