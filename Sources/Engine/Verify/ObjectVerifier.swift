internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Examines single objects; used by several threads at once.
struct ObjectVerifier: Sendable {
    let store: Store
    let settings: StoreSettings
    let known: [String: CatalogVolume]
    /// How many entries the versions of filelists have, by the filelist's name.
    let entryCounts: [String: Int64]
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
            findings.fault(item.name.text, error.faultOfObject, losesData: losesData)
            return
        }
        if let fault = fetched.fault { findings.fault(item.name.text, "is damaged: \(fault)", losesData: losesData) }
        if fetched.reader.directoryWasDamaged {
            findings.fault(item.name.text, "is damaged: the directory of its archive", losesData: losesData)
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
            findings.fault(item.name.text, error.faultOfObject, losesData: losesData)
        }
        findings.count(bytes: fetched.size, blocks: blocks)
    }

    /// Unpacks every block and compares its hash with its name, and all of them with the description.
    private func verifyBlocks(_ fetched: FetchedVolume) throws -> Int {
        let scratch = BlockScratch(settings: settings)
        var good: [Digest] = []
        good.reserveCapacity(fetched.reader.blocks.count)
        var damaged = 0
        var detail = ""
        var tally = BlockTally()
        for block in fetched.reader.blocks {
            try store.cancellation.check()
            tally.add(block.digest, size: block.size)
            do {
                try fetched.reader.withBlock(block.digest, scratch: scratch) { _ in }
                good.append(block.digest)
            } catch let error as StoreFormatError {
                if damaged == 0 { detail = error.detail }
                damaged += 1
            }
        }
        let name = fetched.reader.name.text
        if damaged > 0 {
            findings.fault(name, "has \(damaged) damaged block\(damaged == 1 ? "" : "s"): \(detail)", losesData: true)
        }
        let described = findings.descriptions(of: name)
        // Where several index volumes describe it, one that does so completely is enough.
        if let first = described.first, !described.contains(where: { $0.tally == tally }) {
            findings.fault(
                name, "has \(tally.description), but its index volume names \(first.tally.description)",
                losesData: true)
        }
        // What a damaged volume contradicts need not be wrong.
        if fetched.fault == nil, damaged == 0, !fetched.reader.directoryWasDamaged {
            for description in described
            where !description.volume.fits(size: fetched.size) || !description.volume.fits(hash: fetched.hash) {
                findings.fault(
                    description.dindex, "describes \(name) with another size or hash than it has", losesData: false)
            }
        }
        findings.verified(good)
        return fetched.reader.blocks.count
    }

    /// Reads the descriptions and blocklists of an index volume.
    private func verifyDescriptions(_ fetched: FetchedVolume) throws {
        let name = fetched.reader.name.text
        let descriptions = try fetched.reader.volumeDescriptions()
        if descriptions.isEmpty { findings.fault(name, "describes no data volume", losesData: false) }
        for description in descriptions {
            findings.described(description.dblockName, Described(description, in: name))
            if known[description.dblockName] == nil {
                findings.fault(name, "describes \(description.dblockName), which is missing", losesData: false)
            }
        }
        let scratch = BlockScratch(settings: settings)
        for block in fetched.reader.blocks {
            do {
                try fetched.reader.withBlock(block.digest, scratch: scratch) { _ in }
            } catch let error as StoreFormatError {
                findings.fault(name, "has a damaged blocklist: \(error.detail)", losesData: false)
            }
        }
    }

    /// Reads a filelist to its end; whether its entries can be restored is found out for all versions together.
    private func verifyFileList(_ fetched: FetchedVolume) throws {
        let name = fetched.reader.name.text
        _ = try fetched.reader.filesetFlags()
        // Those without usable metadata are in the catalog, the others are not.
        var leftOut = 0
        var undescribed = 0
        let summary = try fetched.reader.readFileList { entry in
            if EntryFault.find(in: entry, settings) != nil {
                leftOut += 1
            } else if EntryFault.find(inMetadataOf: entry, settings) != nil {
                undescribed += 1
            }
        }
        let unusable = leftOut + undescribed + summary.skippedCount
        if unusable > 0 {
            findings.fault(
                name, "has \(unusable) entr\(unusable == 1 ? "y" : "ies") that cannot be used", losesData: true)
        }
        if let recorded = entryCounts[name], recorded != Int64(summary.entries - leftOut) {
            findings.fault(name, "has \(summary.entries - leftOut) entries instead of \(recorded)", losesData: true)
        }
    }
}
