internal import Catalog
internal import Destinations
internal import StoreFormat
internal import Support

/// Writes the filelists of versions anew after entries of them have changed, and then deletes the old ones.
///
/// A rewritten version is the same version a second later: its name must not have been used before. The new list is
/// sent and listed before the old one goes, and what replaces what is written down before the first is sent. Holds go over
/// to the new times.
struct FilesetRewriter {
    let session: StoreSession

    private var store: Store { session.store }

    /// A version and the list that is to take the place of its own.
    private struct Plan {
        var version: CatalogVersion
        let old: CatalogVolume
        let list: SupersededList
        let time: Timestamp
    }

    /// Rewrites versions.
    /// - Parameters:
    ///   - ids: the versions that change.
    ///   - change: changes their entries in the catalog; gets the numbers of all versions, in rising order.
    /// - Returns: for each version the time it had and the one that it has now, newest first.
    /// - Throws: `.refused` when a version would have no entry left, or there is no free second for it.
    func run(
        _ ids: Set<Int64>, change: (borrowing CatalogWriter, [Int64]) throws -> Void
    ) throws -> [(from: Timestamp, to: Timestamp)] {
        var (plans, all) = try plan(ids)
        guard !plans.isEmpty else { return [] }
        try session.catalog.write { writer in try SupersededList.keep(plans.map(\.list), writer) }
        // On the disk before the first list is sent: a crash would otherwise leave one version twice.
        try session.catalog.checkpoint()
        try HoldMove.begin(SupersededList.moves(plans.map(\.list)), HoldPlace(session))
        for plan in plans { try VersionTimes.wait(for: plan.time, store) }
        let listing = try session.catalog.write { writer in
            try change(writer, all)
            var next = try writer.reading { try $0.nextIdentifiers().volume }
            var sizes: [ObjectName: Int64] = [:]
            for index in plans.indices {
                try store.cancellation.check()
                let sent = try send(&plans[index], as: next, writer)
                sizes[plans[index].list.new] = sent.size
                plans[index].version.time = plans[index].time
                plans[index].version.volume = next
                next += 1
                try writer.removeVolume(plans[index].old.id)
                try writer.put(sent)
                try writer.put(plans[index].version)
            }
            let unfinished = try writer.reading { try UnfinishedRun(in: $0) }
            _ = try writer.pruneEntries(keeping: unfinished?.version)
            let listing = try store.list()
            try confirm(sizes, listing)
            return listing
        }
        try session.catalog.checkpoint()
        try SupersededList.finish(session.catalog, store, listing)
        return plans.map { ($0.list.old.time ?? $0.time, $0.time) }
    }

    private func plan(_ ids: Set<Int64>) throws -> (plans: [Plan], all: [Int64]) {
        let (versions, volumes) = try session.catalog.read { reader in (try reader.versions(), try reader.volumes()) }
        let lists = Dictionary(volumes.map { ($0.id, $0) }) { first, _ in first }
        let locks = Dictionary(session.listing.dlists.map { ($0.name.text, $0.lockedUntil) }) { first, _ in first }
        var times = VersionTimes(session.listing)
        let encryption: Encryption = session.properties.encryption == .none ? .none : .aes
        // The newest first, so that each leaves room for the one before it.
        let plans = try versions.reversed().filter { ids.contains($0.id) }.compactMap { version -> Plan? in
            guard let old = lists[version.volume], let name = ObjectName(parsing: old.name) else { return nil }
            if let until = locks[old.name] ?? nil, until > .now() {
                throw EngineError.refused(
                    "Nothing was changed: the destination keeps \(old.name) as it is until \(until).")
            }
            guard let time = times.next(after: version.time) else {
                throw EngineError.refused(
                    "Nothing was changed: between the version of \(version.time) and the next one no second is free "
                        + "for it to be written again. Delete one of the two.")
            }
            let new = ObjectName.dlist(prefix: session.properties.prefix, time: time, encryption: encryption)
            return Plan(version: version, old: old, list: SupersededList(old: name, new: new), time: time)
        }
        return (plans, versions.map(\.id).sorted())
    }

    private func send(
        _ plan: inout Plan, as id: Int64, _ writer: borrowing CatalogWriter
    ) throws -> CatalogVolume {
        let list = try VolumeWriter(
            name: plan.list.new, settings: session.properties.settings, passphrase: store.passphrase,
            folder: store.temporaryFolder, created: .now())
        try list.add(FilesetFlags(isFullBackup: plan.version.isFull))
        var totals = FilesetWriter.Totals()
        let version = plan.version.id
        try writer.reading { reader in
            let fileset = FilesetWriter(settings: session.properties.settings, contents: try reader.contents())
            try list.addFileList { entries in
                totals = try fileset.write(version: version, reader, to: entries) { store.cancellation.isCancelled }
            }
        }
        guard totals.files + totals.folders + totals.symlinks > 0 else {
            throw EngineError.refused(
                "Nothing was changed: the version of \(plan.version.time) would have no entry left. "
                    + "Delete it with `dunnage delete`.")
        }
        plan.version.files = totals.files
        plan.version.folders = totals.folders
        plan.version.symlinks = totals.symlinks
        plan.version.bytes = totals.bytes
        let sealed = try list.finish()
        try store.upload(sealed)
        return CatalogVolume(id: id, name: sealed.name.text, kind: .dlist, size: sealed.size, hash: sealed.hash)
    }

    private func confirm(_ sizes: [ObjectName: Int64], _ listing: StoreListing) throws(EngineError) {
        let listed = Dictionary(listing.dlists.map { ($0.name, $0.size) }) { first, _ in first }
        let missing = sizes.filter { name, size in
            guard let found = listed[name] else { return true }
            return found.map { $0 != size } ?? false
        }
        guard missing.isEmpty else {
            throw .uploadNotListed(missing.keys.map(\.text).sorted(), destination: store.destination.label)
        }
    }
}
