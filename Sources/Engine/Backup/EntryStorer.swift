internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Stores entries on one thread, and tells the catalog of each backup that they concern what they are now.
final class EntryStorer {
    let lanes: WorkerLanes
    let storer: BlockStorer
    private let settings: StoreSettings
    private let started: Int64
    private let metadataReader: MetadataReader
    private let metadataStorer: MetadataStorer

    init(_ reading: CaptureReading) {
        settings = reading.settings
        started = reading.started.unixNanoseconds
        lanes = WorkerLanes(reading)
        storer = BlockStorer(settings: reading.settings, lanes: lanes)
        metadataReader = MetadataReader(names: reading.ownerNames)
        metadataStorer = MetadataStorer(reading.settings, lanes, storer: storer)
    }

    // MARK: Metadata

    /// The metadata of an entry, stored; `nil` when the entry is left out of the version.
    func storeMetadata(
        of group: PerTarget<Candidate>, in listing: FolderListing
    ) throws -> PerTarget<MetadataStorer.Stored>? {
        let entry = listing.entries[group[0].index]
        let source: SourceMetadata
        do throws(SystemError) {
            source = try metadataReader.read(entry, in: listing)
        } catch {
            try leaveOut(group, in: listing, error)
            return nil
        }
        if source.asksForExclusion {
            close(group)
            return nil
        }
        if source.leftOutAttributes > 0 || entry.modified == .max {
            let what =
                entry.modified == .max
                ? "its modification time is too late to be stored"
                : "an extended attribute whose name is not UTF-8 cannot be stored"
            let problem = Problem(.metadata, listing.text(of: entry), "\(what); all else is in this version")
            forEachTarget(of: group) { $0.problems.add(problem) }
        }
        return metadataStorer.store(source.metadata, for: group)
    }

    /// Says of those backups that have the entry as it is that it is unchanged.
    /// - Returns: those for which it has to be stored; `nil` when there is none.
    func touchUnchanged(
        _ group: PerTarget<Candidate>, in listing: FolderListing, _ metadata: PerTarget<MetadataStorer.Stored>
    ) -> PerTarget<Candidate>? {
        let entry = listing.entries[group[0].index]
        return group.filter { position, candidate in
            guard isUnchanged(entry, candidate, metadata[position]) else { return true }
            lanes[candidate.target].add(
                .touch(
                    Array(listing.name(of: entry)), folder: candidate.folder, modified: entry.modified,
                    changed: trusted(entry)))
            return false
        }
    }

    /// Same metadata, which includes the modification time, and same size: nothing is read.
    ///
    /// A file whose inode changed although nothing else did may have been replaced by another of the same size and
    /// time: it is read. After a rebuild the change time is not known, and metadata and size have to do.
    private func isUnchanged(_ entry: WalkEntry, _ candidate: Candidate, _ metadata: MetadataStorer.Stored) -> Bool {
        guard let previous = candidate.previous, metadata.isAsBefore, !candidate.isLost else { return false }
        guard previous.kind == entry.kind.catalogKind(leadsToFolder: entry.leadsToFolder) else { return false }
        guard entry.kind == .file else { return true }
        return previous.size == entry.size && (previous.changed == 0 || previous.changed == entry.changed)
    }

    // MARK: Content

    /// Stores a block that lists hashes.
    func storeList(_ list: UnsafeRawBufferPointer, for group: PerTarget<Candidate>) -> PerTarget<Int64> {
        storer.store(list, for: group, isList: true).ids
    }

    /// Ends a content: one block needs no row of its own, and content that is as before keeps its row.
    func finish(
        _ builder: inout ContentBuilder, of group: PerTarget<Candidate>, in listing: FolderListing,
        metadata: PerTarget<ContentReference>, hash: Digest, hasChanged: Bool
    ) {
        builder.finish { storeList($0, for: group) }
        let entry = listing.entries[group[0].index]
        if hasChanged {
            let problem = Problem(
                .changedWhileRead, listing.text(of: entry),
                "changed while it was read; what was read is stored, and the next run reads it again")
            forEachTarget(of: group) { $0.note(problem) }
        }
        for position in 0..<group.count {
            let candidate = group[position]
            let data = reference(to: builder, at: position, candidate, hash: hash)
            record(
                candidate, in: listing, data: data, size: builder.size, metadata: metadata[position],
                isUnsettled: hasChanged)
        }
    }

    /// Where the content is in one of the stores.
    func reference(
        to content: ContentBuilder, at position: Int, _ candidate: Candidate, hash: Digest
    ) -> ContentReference {
        if content.blockCount == 0 { return .nothing }
        if settings.hashesAreShared, let block = content.onlyBlock(of: position) { return .block(block) }
        if let previous = candidate.previous, candidate.previousDataHash == hash, previous.size == content.size {
            return previous.data
        }
        let lane = lanes[candidate.target]
        let id = lane.target.counters.newContentID()
        lane.add(
            .content(CatalogContent(id: id, size: content.size, hash: hash, lists: content.lists(of: position))))
        return .content(id)
    }

    // MARK: Records

    /// Records an entry that has no content.
    func record(
        empty group: PerTarget<Candidate>, in listing: FolderListing, metadata: PerTarget<ContentReference>,
        isUnsettled: Bool = false
    ) {
        for position in 0..<group.count {
            record(
                group[position], in: listing, data: .nothing, size: 0, metadata: metadata[position],
                isUnsettled: isUnsettled)
        }
    }

    private func record(
        _ candidate: Candidate, in listing: FolderListing, data: ContentReference, size: Int64,
        metadata: ContentReference, isUnsettled: Bool
    ) {
        let entry = listing.entries[candidate.index]
        let current = CatalogEntry(
            name: Array(listing.name(of: entry)),
            kind: entry.kind.catalogKind(leadsToFolder: entry.leadsToFolder), size: size, modified: entry.modified,
            changed: isUnsettled ? CatalogEntry.unsettled : trusted(entry), data: data, metadata: metadata)
        let lane = lanes[candidate.target]
        if let previous = candidate.previous, previous.kind == current.kind, previous.size == size,
            previous.data == data, previous.metadata == metadata
        {
            lane.add(
                .touch(current.name, folder: candidate.folder, modified: current.modified, changed: current.changed))
            return
        }
        let counters = lane.target.counters
        if candidate.previous == nil { counters.added.add() } else { counters.modified.add() }
        lane.add(.open(current, folder: candidate.folder, replaces: candidate.previous != nil))
    }

    /// What cannot be read is named, counted, and not part of the version.
    func leaveOut(_ group: PerTarget<Candidate>, in listing: FolderListing, _ error: SystemError) throws {
        // Too few descriptors or too little memory say nothing about the file: the run must not go on as if it were gone.
        if [EMFILE, ENFILE, ENOMEM].contains(error.code) { throw error }
        let code: Problem.Code
        let reason: String
        switch error.code {
        case EILSEQ: (code, reason) = (.nameNotText, "its target is not UTF-8, which the format cannot hold")
        case ENOENT, ELOOP, ENOTDIR: (code, reason) = (.changedWhileRead, "disappeared during the run")
        default: (code, reason) = (.unreadable, "cannot be read: \(error.message)")
        }
        let problem = Problem(
            code, listing.text(of: listing.entries[group[0].index]), "\(reason); it is not in this version")
        forEachTarget(of: group) { $0.note(problem) }
        close(group)
    }

    private func close(_ group: PerTarget<Candidate>) {
        for position in 0..<group.count {
            let candidate = group[position]
            guard let previous = candidate.previous else { continue }
            let lane = lanes[candidate.target]
            lane.target.counters.removed.add()
            lane.add(.close(previous.name, folder: candidate.folder))
        }
    }

    private func forEachTarget(of group: PerTarget<Candidate>, _ body: (BackupContext) -> Void) {
        for position in 0..<group.count { body(lanes[group[position].target].target) }
    }

    private func trusted(_ entry: WalkEntry) -> Int64 {
        ChangeTime.settled(modified: entry.modified, changed: entry.changed, started: started)
    }
}
