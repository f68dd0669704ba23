internal import Catalog
internal import Destinations
internal import StoreFormat
internal import Support

/// The version that an interrupted run did not come to make.
///
/// It has everything that the run had seen and stored, and for all other paths what the version before has: complete
/// enough to restore from, and marked as partial. Duplicati calls it a synthetic filelist.
enum InterruptedVersion {
    /// Writes the version, when the catalog knows of an interrupted run that had changed anything.
    ///
    /// - Returns: its time and a fresh listing, or nil when there was nothing to say.
    static func publish(
        from catalog: Catalog, store: Store, settings: StoreSettings, encryption: Encryption, prefix: String,
        listing: StoreListing
    ) throws -> (time: Timestamp, listing: StoreListing)? {
        guard let run = try catalog.read({ try UnfinishedRun(in: $0) }) else { return nil }
        let changes = try catalog.write { writer in
            try writer.endStatesBelowEndedFolders(of: run.version)
            let changes = try writer.countChanges(of: run.version)
            if changes == 0 { try UnfinishedRun.forget(writer) }
            return changes
        }
        guard changes > 0 else { return nil }
        let sender = VersionSender(
            store: store, settings: settings, encryption: encryption, prefix: prefix,
            temporaryFolder: store.temporaryFolder, upload: { try store.upload($0) })
        let list = try sender.send(run, isFull: false, from: catalog, listing: listing)
        var fresh = try store.list()
        guard fresh.items.contains(where: { $0.name == list.name && ($0.size ?? list.size) == list.size }) else {
            throw EngineError.uploadNotListed([list.name.text], destination: store.destination.label)
        }
        try catalog.write { try run.makeVersion(list, $0) }
        // What was set aside before stays so.
        if encryption != .none, store.passphrase != nil { fresh.setUnencryptedAside() }
        return list.name.time.map { ($0, fresh) }
    }
}
