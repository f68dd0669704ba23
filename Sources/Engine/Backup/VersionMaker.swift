internal import Catalog
internal import Destinations
internal import StoreFormat
internal import Support

/// Makes the version of one backup, when its stages have ended.
struct VersionMaker {
    let context: BackupContext
    let unfinished: UnfinishedRun
    /// Whether the run was asked to stop and left something out.
    let isPartial: Bool
    /// The time that versions at several destinations are to have alike.
    let commonTime: Timestamp?

    /// Sends the filelist, the last object of a run, unless there is nothing new to say, and makes the version.
    /// - Returns: what came of it.
    /// - Throws: `EngineError.unexpected` when it is not as expected, so that it must not be made.
    func run() throws -> Made {
        let catalog = context.catalog
        let findings = isPartial ? [] : try ExpectationCheck(context.request.expectations).run(unfinished, catalog)
        var list: UnfinishedRun.AnnouncedList?
        if try isVersionDue() {
            context.progress.phase = .finishing
            if isPartial {
                try catalog.write { try $0.endStatesBelowEndedFolders(of: unfinished.version) }
            }
            let sender = VersionSender(
                store: context.store, settings: context.settings, encryption: context.encryption,
                prefix: context.prefix, temporaryFolder: context.temporaryFolder, upload: { try context.upload($0) })
            list = try sender.send(
                unfinished, isFull: !isPartial, from: catalog, listing: context.listing, at: commonTime)
        }
        let listing = context.counters.uploaded.isEmpty ? context.listing : try context.store.list()
        try confirm(listing)
        try catalog.write { writer in
            try updateLosses(writer)
            if let list { try unfinished.makeVersion(list, writer) } else { try UnfinishedRun.forget(writer) }
        }
        return Made(version: list?.name.time, listing: listing, findings: findings)
    }

    /// What came of it.
    struct Made {
        /// The version's time; nil when there was nothing new to say.
        let version: Timestamp?
        /// What the destination lists at the end.
        let listing: StoreListing
        /// What is not as expected in it, though not so that it must not be made.
        let findings: [ExpectationFinding]
    }

    /// Whether something has changed, or the newest version is not the whole truth although it could be.
    private func isVersionDue() throws -> Bool {
        let counters = context.counters
        if counters.added.value + counters.modified.value + counters.removed.value > 0 { return true }
        return try !isPartial && context.catalog.read { try $0.versions().last?.isFull != true }
    }

    /// What was sent must also be listed, in full size, before the catalog believes in it.
    private func confirm(_ listing: StoreListing) throws {
        var sizes: [String: Int64?] = [:]
        for item in listing.items { sizes[item.name.text] = item.size }
        let missing = context.counters.uploaded.filter { name, size in
            guard let listed = sizes[name] else { return true }
            guard let listed else { return false }
            return listed != size
        }
        guard missing.isEmpty else {
            throw EngineError.uploadNotListed(
                missing.keys.sorted(), destination: context.store.destination.label)
        }
    }

    /// Forgets that blocks are lost once all of them are stored again.
    private func updateLosses(_ writer: borrowing CatalogWriter) throws {
        guard try writer.reading({ try $0.property(LostContents.property) }) != nil else { return }
        var isComplete = true
        try writer.reading { reader in
            try reader.forEachBlock { _, _, _, volume in if volume == 0 { isComplete = false } }
        }
        if isComplete { try writer.removeProperty(LostContents.property) }
    }
}
