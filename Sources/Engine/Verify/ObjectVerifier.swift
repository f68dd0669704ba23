internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Examines single objects; used by several threads at once.
struct ObjectVerifier: Sendable {
    /// What is known of a version.
    struct Version: Sendable {
        let id: Int64
        let tally: EntryTally
    }

    /// How the blocks of data volumes are known.
    enum Blocks: Sendable {
        /// All of them, by their hashes; what is promised of a volume is read from its index volume before.
        case all(BlockIndex)
        /// Those that the catalog promises of the data volumes examined, and of those that an examined index volume
        /// describes.
        case promised(ExpectedBlocks)
    }

    let store: Store
    let catalog: Catalog
    let settings: StoreSettings
    let known: [String: CatalogVolume]
    /// The versions by the names of their filelists.
    let versions: [String: Version]
    let blocks: Blocks
    let findings: VerifyFindings

    /// Examines an object and records what is wrong with it.
    func verify(_ item: StoreListing.Item) throws(EngineError) {
        let volume = known[item.name.text]
        let losesData = item.name.kind != .dindex
        let fetched: FetchedVolume
        do throws(EngineError) {
            let size = volume.map { $0.size >= 0 ? $0.size : nil } ?? item.size
            fetched = try store.fetch(
                item.name, expecting: ObjectExpectation(size: size, hash: volume?.hash), settings: settings,
                tolerant: true)
        } catch {
            guard error.concernsOneObject else { throw error }
            findings.count()
            findings.fault(item.name.text, error.kindOfFault, error.faultOfObject, losesData: losesData)
            return
        }
        if let fault = fetched.fault {
            findings.fault(item.name.text, .modified, "is damaged: \(fault)", losesData: losesData)
        }
        if fetched.reader.directoryWasDamaged {
            findings.fault(
                item.name.text, .modified, "is damaged: the directory of its archive", losesData: losesData)
        }
        var blocks = 0
        do {
            switch item.name.kind {
            case .dblock: blocks = try verifyBlocks(fetched)
            case .dindex: try verifyDescriptions(fetched)
            case .dlist: try verifyFileList(fetched)
            }
        } catch {
            let error = EngineError(error, doing: "verify \(item.name)")
            guard error.concernsOneObject else { throw error }
            findings.fault(item.name.text, error.kindOfFault, error.faultOfObject, losesData: losesData)
        }
        findings.count(fetched, blocks: blocks)
    }

    // MARK: Data volumes

    /// Unpacks every block and compares its hash with its name, and all of them with what is promised.
    private func verifyBlocks(_ fetched: FetchedVolume) throws -> Int {
        let name = fetched.reader.name.text
        let scratch = BlockScratch(settings: settings)
        var promised = promises(of: name)
        var good: [Int64] = []
        good.reserveCapacity(fetched.reader.blocks.count)
        var damaged = 0
        var detail = ""
        var tally = BlockTally()
        for block in fetched.reader.blocks {
            try store.cancellation.check()
            tally.add(block.digest, size: block.size)
            let promise = promised?.removeValue(forKey: block.digest)
            do {
                try fetched.reader.withBlock(block.digest, scratch: scratch) { _ in }
                if let promise, promise.size != block.size {
                    findings.fault(
                        name, .modified,
                        "has a block of \(block.size) bytes that was recorded with \(promise.size): \(block.digest)",
                        losesData: true)
                } else if let id = promise?.id ?? id(of: block.digest) {
                    good.append(id)
                }
            } catch let error as StoreFormatError {
                if damaged == 0 { detail = error.detail }
                damaged += 1
            }
        }
        if damaged > 0 {
            findings.fault(
                name, .modified, "has \(Count(damaged, "damaged block")): \(detail)", losesData: true)
        }
        if let promised, !promised.isEmpty {
            findings.fault(
                name, .missing, "lacks \(promised.count) of its blocks",
                losesData: true)
        }
        compare(fetched, tally, isWhole: damaged == 0)
        findings.verified(good)
        return fetched.reader.blocks.count
    }

    /// Compares a data volume with what the index volumes that were read say of it.
    private func compare(_ fetched: FetchedVolume, _ tally: BlockTally, isWhole: Bool) {
        // A sample is compared with the catalog instead.
        guard case .all = blocks else { return }
        let name = fetched.reader.name.text
        let described = findings.descriptions(of: name)
        // Where several index volumes describe it, one that does so completely is enough.
        if let first = described.first, !described.contains(where: { $0.tally == tally }) {
            findings.fault(
                name, .modified,
                "has \(tally.description), but its index volume names \(first.tally.description)", losesData: true)
        }
        // What a damaged volume contradicts need not be wrong.
        guard fetched.fault == nil, isWhole, !fetched.reader.directoryWasDamaged else { return }
        for description in described
        where !description.volume.fits(size: fetched.size) || !description.volume.fits(hash: fetched.hash) {
            findings.fault(
                description.dindex, .modified, "describes \(name) with another size or hash than it has",
                losesData: false)
        }
    }

    private func promises(of dblock: String) -> [Digest: ExpectedBlocks.Block]? {
        guard case .promised(let expected) = blocks, let volume = known[dblock] else { return nil }
        return expected.volumes[volume.id]
    }

    private func id(of digest: Digest) -> Int64? {
        guard case .all(let index) = blocks else { return nil }
        return index.find(digest)
    }

    // MARK: Index volumes

    /// Reads the descriptions and blocklists of an index volume.
    private func verifyDescriptions(_ fetched: FetchedVolume) throws {
        let name = fetched.reader.name.text
        let descriptions = try fetched.reader.volumeDescriptions()
        if descriptions.isEmpty { findings.fault(name, .error, "describes no data volume", losesData: false) }
        for description in descriptions {
            findings.described(description.dblockName, Described(description, in: name))
            if known[description.dblockName] == nil {
                findings.fault(
                    name, .extra, "describes \(description.dblockName), which is missing", losesData: false)
            }
            compare(description, of: name)
        }
        let scratch = BlockScratch(settings: settings)
        for block in fetched.reader.blocks {
            do {
                try fetched.reader.withBlock(block.digest, scratch: scratch) { _ in }
            } catch let error as StoreFormatError {
                findings.fault(name, .modified, "has a damaged blocklist: \(error.detail)", losesData: false)
            }
        }
    }

    /// Compares a description with the catalog; what it has beyond that is no fault, only data that nothing uses yet.
    private func compare(_ description: VolumeDescription, of dindex: String) {
        guard case .promised = blocks, let volume = known[description.dblockName] else { return }
        if !description.fits(size: volume.size) || !description.fits(hash: volume.hash) {
            findings.fault(
                dindex, .modified, "describes \(volume.name) with another size or hash than is recorded",
                losesData: false)
        }
        guard var promised = promises(of: volume.name) else { return }
        for block in description.blocks where promised[block.digest]?.size == block.size {
            promised[block.digest] = nil
        }
        guard !promised.isEmpty else { return }
        findings.fault(
            dindex, .missing,
            "does not name \(Count(promised.count, "block")) of \(volume.name)",
            losesData: false)
    }

    // MARK: Filelists

    /// Reads a filelist to its end and compares all entries with the catalog; whether they can be restored is found out
    /// for all versions together.
    private func verifyFileList(_ fetched: FetchedVolume) throws {
        let name = fetched.reader.name.text
        _ = try fetched.reader.filesetFlags()
        let fingerprints = EntryFingerprints(settings: settings)
        // Those without usable metadata are in the catalog, the others are not.
        var unusable = 0
        var tally = EntryTally()
        let summary = try fetched.reader.readFileList { entry in
            guard let fingerprint = fingerprints.make(entry) else {
                unusable += 1
                return
            }
            if EntryFault.find(inMetadataOf: entry, settings) != nil { unusable += 1 }
            tally.add(fingerprint.whole)
        }
        unusable += summary.skippedCount
        if unusable > 0 {
            findings.fault(
                name, .error, "has \(Count(unusable, "entry", "entries")) that cannot be used",
                losesData: true)
        }
        guard let version = versions[name], version.tally != tally else { return }
        let comparison = try FileListComparison(fetched.reader, with: catalog, version: version.id)
        func fault(_ kind: VerifySummary.Fault.Kind, _ count: Int, _ what: String, _ first: String) {
            guard count > 0 else { return }
            findings.fault(
                name, kind, "\(what) \(Count(count, "entry", "entries")), the first is “\(first)”",
                losesData: true)
        }
        fault(.missing, comparison.missing, "lacks", comparison.firstMissing)
        fault(.extra, comparison.extra, "has, unknown to the catalog,", comparison.firstExtra)
        fault(.modified, comparison.modified, "describes otherwise than the catalog", comparison.firstModified)
    }
}
