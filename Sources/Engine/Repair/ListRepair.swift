internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Writes the filelists of versions again that are missing or damaged at the destination, from catalogs that know them.
struct ListRepair {
    let context: RepairContext
    /// Objects that a verification found damaged although their size is right.
    let faulty: Set<String>

    private var store: Store { context.store }

    func run() throws {
        var times = VersionTimes(context.session.listing)
        try rewriteKnown(&times)
        try rewriteForgotten(&times)
    }

    // MARK: Damaged lists of versions that the catalog knows

    private func rewriteKnown(_ times: inout VersionTimes) throws {
        let damaged = try context.session.catalog.read { reader in
            let volumes = Dictionary(try reader.volumes().map { ($0.id, $0) }) { first, _ in first }
            return try reader.versions().compactMap { version -> (version: CatalogVersion, volume: CatalogVolume)? in
                guard let volume = volumes[version.volume], faulty.contains(volume.name) else { return nil }
                return (version, volume)
            }
        }
        var going: [(volume: CatalogVolume, reason: String)] = []
        var moves: [HoldMove] = []
        for (version, volume) in damaged {
            guard let time = times.next(after: version.time) else {
                leaveWithoutTime(volume.name, version)
                continue
            }
            moves.append(HoldMove(from: version.time, to: time))
            try context.keepHolds(moves.suffix(1))
            guard let sent = try write(version, as: time, from: context.session.catalog) else { continue }
            try context.confirm()
            try context.commit { writer in
                var version = version
                version.time = time
                version.volume = sent.id
                try writer.put(sent)
                try writer.put(version)
            }
            context.summary.versions.insert(time, at: 0)
            going.append((volume, "is damaged, and its version was written again as \(sent.name)"))
        }
        if !going.isEmpty {
            // Somebody may have held one of them meanwhile.
            try context.keepHolds(moves)
            try context.remove(going)
        }
        try context.dropHolds(moves)
    }

    private func leaveWithoutTime(_ name: String, _ version: CatalogVersion) {
        context.summary.add(
            .left, name, "the version of \(version.time) cannot be written again: no second is free before the next one"
        )
    }

    // MARK: Versions that the catalog does not know any more

    private func rewriteForgotten(_ times: inout VersionTimes) throws {
        let path = context.session.catalog.path
        var known = Set(try context.session.catalog.read { try $0.versions().map(\.time) })
        var moves: [HoldMove] = []
        for kept in KeptCatalog.all(beside: path).reversed() {
            guard let (catalog, versions) = try open(kept) else { continue }
            for version in versions.reversed() where known.insert(version.time).inserted {
                guard let time = times.nextOrSame(as: version.time) else {
                    leaveWithoutTime("the version of \(version.time)", version)
                    continue
                }
                moves.append(HoldMove(from: version.time, to: time))
                try context.keepHolds(moves.suffix(1))
                guard try write(version, as: time, from: catalog) != nil else { continue }
                known.insert(time)
                context.summary.versions.append(time)
            }
        }
        try context.confirm()
        try context.keepHolds(moves)
        try removeUnreadable()
        try context.dropHolds(moves)
        // What could not be written now cannot be written later: its blocks are gone.
        if !context.options.isDryRun { KeptCatalog.removeAll(beside: path) }
    }

    /// A kept catalog and its versions; nil when it is of no use.
    ///
    /// One that cannot be read just now ends the repair, since nobody else knows what is in it.
    private func open(_ kept: String) throws -> (catalog: Catalog, versions: [CatalogVersion])? {
        do {
            let catalog = try Catalog(path: kept)
            let versions = try catalog.read { try $0.versions() }
            return try hasSameSettings(catalog) ? (catalog, versions) : nil
        } catch CatalogError.damaged(_, let detail), CatalogError.inconsistent(_, let detail) {
            let loss = "cannot be used, so the versions that only it knew are not written again: \(detail)"
            context.problems.add(Problem(.damaged, kept, loss))
            context.summary.add(.left, kept, loss)
            if !context.options.isDryRun { _ = try Catalog.setAside(path: kept) }
            return nil
        }
    }

    private func hasSameSettings(_ catalog: Catalog) throws -> Bool {
        let properties = try catalog.read { try StoreProperties(from: $0) }
        return properties?.settings == context.settings && properties?.prefix == context.session.properties.prefix
    }

    /// Removes filelists that cannot be read, when all that they could have said is said elsewhere, or when asked.
    private func removeUnreadable() throws {
        let unreadable = try context.session.catalog.read { reader in
            let used = Set(try reader.versions().map(\.volume))
            return try reader.volumes().filter {
                $0.kind == .dlist && !used.contains($0.id) && context.items[$0.name] != nil
            }
        }
        let times = Set(context.summary.versions)
        var going: [(volume: CatalogVolume, reason: String)] = []
        for volume in unreadable {
            guard let name = ObjectName(parsing: volume.name), let time = name.time else { continue }
            let replacement = Timestamp(seconds: time.seconds + 1)
            if times.contains(replacement) {
                going.append((volume, "is damaged, and its version was written again as that of \(replacement)"))
            } else if context.options.removesDamaged, try isDamaged(name) {
                going.append((volume, "is damaged, and nobody knows what its version had"))
            } else {
                context.summary.add(
                    .left, volume.name,
                    "cannot be read, and nobody knows what its version had; --remove-damaged removes it")
            }
        }
        if !going.isEmpty { try context.remove(going) }
    }

    /// Whether an object is really damaged, rather than of a kind that this program does not read.
    private func isDamaged(_ name: ObjectName) throws -> Bool {
        guard let item = context.items[name.text],
            case .failure(.damagedObject) = CatalogIndexer.read(item, store, context.settings)
        else { return false }
        return true
    }

    // MARK: Writing

    /// Writes and sends the list of a version without what the store has no data for; nil when that leaves nothing.
    private func write(_ version: CatalogVersion, as time: Timestamp, from catalog: Catalog) throws -> CatalogVolume? {
        try VersionTimes.wait(for: time, store)
        let length = context.settings.blockHash.digestLength
        let index = try context.session.catalog.read { try BlockIndex(from: $0, digestLength: length) }
        let name = ObjectName.dlist(
            prefix: context.session.properties.prefix, time: time, encryption: context.encryption)
        let list = try context.newVolume(name)
        try list.add(FilesetFlags(isFullBackup: version.isFull))
        var left = 0
        var totals = FilesetWriter.Totals()
        try catalog.read { reader in
            let presence = ContentPresence(contents: try reader.contents(), index: index)
            let fileset = FilesetWriter(settings: context.settings, contents: try reader.contents())
            try list.addFileList { entries in
                totals = try fileset.write(version: version.id, reader, to: entries) { entry in
                    let isThere = try presence.holds(entry)
                    if !isThere { left += 1 }
                    return isThere
                } isCancelled: {
                    store.cancellation.isCancelled
                }
            }
        }
        guard totals.files + totals.folders + totals.symlinks > 0 else {
            context.summary.add(
                .left, "the version of \(version.time)", "cannot be written again: none of its data is there any more")
            return nil
        }
        let sent = try context.send(list)
        let without = left == 0 ? "" : ", without \(Count(left, "entry", "entries")) whose data is gone"
        context.summary.add(.filelistWritten, sent.name, "the version of \(version.time)\(without)")
        return sent
    }
}

/// Whether the blocks of entries of one catalog are in the volumes that another knows.
final class ContentPresence {
    private let contents: ContentLookup
    private let index: BlockIndex
    private var known: [Int64: Bool] = [:]

    init(contents: ContentLookup, index: BlockIndex) {
        self.contents = contents
        self.index = index
    }

    func holds(_ entry: CatalogEntry) throws -> Bool {
        try holds(entry.data) && holds(entry.metadata)
    }

    private func holds(_ reference: ContentReference) throws -> Bool {
        switch reference {
        case .nothing: return true
        case .block(let id): return index.find(try contents.block(id).digest) != nil
        case .content(let id):
            if let answer = known[id] { return answer }
            let content = try contents.content(id)
            let blocks = content.lists.flatMap { ($0.listBlock == 0 ? [] : [$0.listBlock]) + $0.blocks }
            let answer = try !blocks.isEmpty && blocks.allSatisfy { index.find(try contents.block($0).digest) != nil }
            known[id] = answer
            return answer
        }
    }
}
