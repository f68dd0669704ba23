public import Catalog
internal import Cryptography
internal import Destinations
internal import Glibc
public import StoreFormat
internal import Support

/// Brings a local catalog in step with what is at the destination; never changes anything there.
public enum CatalogSync {
    /// What had to be done.
    public enum Action: Sendable, Hashable {
        /// The destination holds nothing, and so does the catalog.
        case created
        /// Everything is as the catalog knows it; nothing was fetched.
        case unchanged
        /// Data that no version uses yet was found and taken over: left by a run that did not finish.
        case adopted
        /// The catalog was built anew.
        case rebuilt
    }

    /// What was done, and what the next backup can set right.
    public struct Outcome: Sendable {
        /// What had to be done.
        public let action: Action
        /// Data volumes that no index volume describes; a backup writes index volumes for them.
        public let orphans: [ObjectName]
        /// The listing, without what is not encrypted in an encrypted store.
        public let listing: StoreListing

        fileprivate init(action: Action, orphans: [ObjectName], listing: StoreListing) {
            self.action = action
            self.orphans = orphans
            self.listing = listing
        }
    }

    /// Opens the catalog at `path`, building or updating it as the listing demands.
    ///
    /// - Parameters:
    ///   - path: the catalog; its folder is created when it is missing.
    ///   - store: the store.
    ///   - listing: what `store` listed just now.
    ///   - problems: gets every object that is damaged or missing, and what it costs.
    ///   - toleratesLostVersions: goes on when all versions of a known store are gone, as a repair has to.
    /// - Returns: the catalog, what was done to it, and the listing to go on with.
    /// - Throws: `.wrongPassphrase`, `.missingObjects` when all versions of a known store are gone, and whatever keeps
    ///   the store or the catalog from being read.
    public static func bringUpToDate(
        path: String, store: Store, listing: StoreListing, problems: ProblemLog,
        toleratesLostVersions: Bool = false
    ) throws(EngineError) -> (catalog: Catalog, outcome: Outcome) {
        do {
            var run = CatalogSyncRun(path: path, store: store, listing: listing, problems: problems)
            run.toleratesLostVersions = toleratesLostVersions
            return try run.run()
        } catch {
            throw EngineError(error, doing: "bring the catalog \(path) up to date")
        }
    }
}

extension CatalogSync {
    /// The catalog's property with the names of data volumes that no index volume describes, one in a line.
    static let orphansProperty = "orphans"

    /// Keeps the names until a backup has described the volumes.
    static func keep(_ orphans: [ObjectName], _ writer: borrowing CatalogWriter) throws {
        let kept =
            try writer.reading { try $0.property(orphansProperty) }?.split(separator: "\n").map(String.init) ?? []
        let names = Set(kept).union(orphans.map(\.text)).sorted()
        if !names.isEmpty { try writer.setProperty(orphansProperty, names.joined(separator: "\n")) }
    }

    /// Forgets the names of volumes that are gone.
    static func forgetOrphans(_ names: Set<String>, _ writer: borrowing CatalogWriter) throws {
        let kept = try writer.reading { try orphans(in: $0) }
        let rest = kept.filter { !names.contains($0.text) }
        guard rest.count < kept.count else { return }
        if rest.isEmpty { return try writer.removeProperty(orphansProperty) }
        try writer.setProperty(orphansProperty, rest.map(\.text).joined(separator: "\n"))
    }

    /// The names that were kept.
    static func orphans(in reader: borrowing CatalogReader) throws -> [ObjectName] {
        try reader.property(orphansProperty)?.split(separator: "\n").compactMap { ObjectName(parsing: String($0)) }
            ?? []
    }
}

struct CatalogSyncRun {
    let path: String
    let store: Store
    /// What the destination holds; what is not encrypted is taken out where it should be.
    var listing: StoreListing
    let problems: ProblemLog
    var toleratesLostVersions = false
    /// What the catalog knew that had to be built anew.
    private var before: Known?

    init(path: String, store: Store, listing: StoreListing, problems: ProblemLog) {
        self.path = path
        self.store = store
        self.listing = listing
        self.problems = problems
    }

    mutating func run() throws -> (catalog: Catalog, outcome: CatalogSync.Outcome) {
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try FileTree.createFolder(String(path[..<slash]), mode: 0o700)
        }
        if access(path, F_OK) == 0 {
            if let result = try reuse() { return result }
        } else if listing.isEmpty {
            return (try Catalog(path: path, cache: store.limits.catalogCache), outcome(.created, []))
        } else {
            setUnencryptedAside(isEncrypted: listing.hasEncryptedVersions)
        }
        return try rebuild()
    }

    /// Ignores what anybody could have put into an encrypted store.
    private mutating func setUnencryptedAside(isEncrypted: Bool) {
        guard isEncrypted, store.passphrase != nil else { return }
        listing.setUnencryptedAside()
        for item in listing.unencrypted {
            problems.add(
                Problem(.damaged, item.name.text, "is not encrypted although the store is; it is ignored"))
        }
    }

    private func outcome(_ action: CatalogSync.Action, _ orphans: [ObjectName]) -> CatalogSync.Outcome {
        .init(action: action, orphans: orphans, listing: listing)
    }

    // MARK: Keeping the catalog

    private struct Known {
        var properties: StoreProperties?
        var volumes: [CatalogVolume]
        var versions: [CatalogVersion]
        var passphraseCheck: String?
        var replaced: Set<String>
        var superseded: [SupersededList]
    }

    /// Uses the catalog that is there; nil when it has to be built anew.
    private mutating func reuse() throws -> (catalog: Catalog, outcome: CatalogSync.Outcome)? {
        guard let (catalog, known) = try open() else {
            setUnencryptedAside(isEncrypted: listing.hasEncryptedVersions)
            return nil
        }
        before = known
        setUnencryptedAside(
            isEncrypted: known.properties.map { $0.encryption != .none } ?? listing.hasEncryptedVersions)
        listing.remove(SupersededList.settled(known.superseded, listing))
        if listing.isEmpty, known.volumes.isEmpty { return (catalog, outcome(.created, [])) }
        if listing.dlists.isEmpty, !known.versions.isEmpty, !toleratesLostVersions {
            let names = known.volumes.filter { $0.kind == .dlist }.map(\.name)
            throw EngineError.missingObjects(names, destination: store.destination.label)
        }
        guard let properties = known.properties, properties.prefix == listing.prefix else { return nil }
        try checkPassphrase(known, catalog)
        // What is about to be deleted is not taken in again, unless the whole catalog is built anew.
        var remaining = listing
        remaining.remove(known.replaced)
        let change = ListingChange(known: known.volumes, listing: remaining)
        guard !change.demandsRebuild, try !hasReadableDamage(known, change, properties) else { return nil }
        try ReplacedObjects.settle(catalog, with: listing)
        listing = remaining
        try forgetIndexes(change.vanished, catalog)
        try reportSizes(change, catalog)
        try reportLosses(catalog)
        guard !change.newDataVolumes.isEmpty || !change.newIndexVolumes.isEmpty else {
            return (catalog, outcome(.unchanged, try catalog.read { try CatalogSync.orphans(in: $0) }))
        }
        return (catalog, try adopt(change, known, properties, catalog))
    }

    /// The catalog and what it knows; nil when the file is no database any more, after it was moved aside.
    private mutating func open() throws -> (Catalog, Known)? {
        do {
            guard !Catalog.isDistrusted(path: path) else {
                throw CatalogError.damaged(path: path, detail: "an earlier run found it damaged")
            }
            let catalog = try Catalog(path: path, cache: store.limits.catalogCache)
            try UnfinishedRun.settle(in: catalog, listing: listing)
            try PendingDeletions.settle(catalog, with: &listing)
            let known = try catalog.read { reader in
                Known(
                    properties: try StoreProperties(from: reader), volumes: try reader.volumes(),
                    versions: try reader.versions(), passphraseCheck: try PassphraseCheck.kept(in: reader),
                    replaced: Set(try ReplacedObjects.names(in: reader).map(\.text)),
                    superseded: try SupersededList.all(in: reader))
            }
            return (catalog, known)
        } catch CatalogError.damaged {
            let aside = try Catalog.setAside(path: path)
            problems.add(Problem(.remoteObject, path, "was damaged and is built anew; the old file is now \(aside)"))
            return nil
        } catch CatalogError.inconsistent {
            return nil
        }
    }

    private func checkPassphrase(_ known: Known, _ catalog: Catalog) throws {
        guard listing.encryption != Encryption.none else { return }
        guard let passphrase = store.passphrase else {
            throw EngineError.missingPassphrase(destination: store.destination.label)
        }
        switch PassphraseCheck.verify(passphrase, against: known.passphraseCheck) {
        case true?: return
        case false?:
            // It may have been kept for a passphrase that never belonged to the objects: they have the last word.
            try store.provePassphrase()
        case nil: try store.provePassphrase()
        }
        let check = try PassphraseCheck.make(passphrase)
        try catalog.write { writer in try PassphraseCheck.keep(check, writer) }
    }

    /// Whether a filelist that could not be read before can be read now: somebody put a good copy back.
    private func hasReadableDamage(
        _ known: Known, _ change: ListingChange, _ properties: StoreProperties
    ) throws -> Bool {
        let used = Set(known.versions.map(\.volume))
        let unused = Set(known.volumes.filter { $0.kind == .dlist && !used.contains($0.id) }.map(\.name))
        for item in listing.dlists where unused.contains(item.name.text) {
            switch CatalogIndexer.read(item, store, properties.settings) {
            case .success: return true
            case .failure(let error):
                guard error.concernsOneObject else { throw error }
                problems.add(CatalogIndexer.unreadableVersion(item.name, error))
            }
        }
        return false
    }

    private func reportSizes(_ change: ListingChange, _ catalog: Catalog) throws {
        guard !change.otherSizes.isEmpty else { return }
        var needed: Set<Int64> = []
        try catalog.read { reader in try reader.forEachBlock { _, _, _, volume in needed.insert(volume) } }
        for (volume, size) in change.otherSizes {
            let isNeeded = volume.kind == .dblock && needed.contains(volume.id)
            let cost = volume.kind == .dindex || isNeeded ? "" : "; all of its blocks are stored elsewhere by now"
            problems.add(
                Problem(
                    isNeeded ? .damaged : .remoteObject, volume.name,
                    "is damaged: it has \(size) bytes instead of \(volume.size)\(cost)"))
        }
    }

    /// Names, in every run, each file that needs a block no volume has.
    private func reportLosses(_ catalog: Catalog) throws {
        try catalog.read { reader in
            guard try reader.property(LostContents.property) != nil, let newest = try reader.versions().last else {
                return
            }
            var lost: Set<Int64> = []
            try reader.forEachBlock { id, _, _, volume in if volume == 0 { lost.insert(id) } }
            try AffectedFiles.find(reader) { lost.contains($0) ? "" : nil }.remind(problems, newest: newest.time)
        }
    }

    // MARK: Changing the catalog

    /// Forgets index volumes that are gone; what they described is described anew by the next backup or repair.
    private func forgetIndexes(_ vanished: [CatalogVolume], _ catalog: Catalog) throws {
        guard !vanished.isEmpty else { return }
        let listed = Dictionary(listing.dblocks.map { ($0.name.text, $0.name) }) { first, _ in first }
        try catalog.write { writer in
            for dindex in vanished { try writer.removeVolume(dindex.id) }
            let orphans = try writer.reading { reader in
                let described = Set(try reader.descriptions().values.joined())
                return try reader.volumes().filter { $0.kind == .dblock && !described.contains($0.id) }
            }
            try CatalogSync.keep(orphans.compactMap { listed[$0.name] }, writer)
        }
        for dindex in vanished {
            problems.add(Problem(.remoteObject, dindex.name, "is missing; it is written again by a backup or repair"))
        }
    }

    /// Takes over data volumes and their descriptions that another or an unfinished run has left.
    private func adopt(
        _ change: ListingChange, _ known: Known, _ properties: StoreProperties, _ catalog: Catalog
    ) throws -> CatalogSync.Outcome {
        store.progress.phase = .indexing
        let orphans = try catalog.write { writer in
            let (blocks, next) = try writer.reading { reader in
                (
                    try BlockRegistry(from: reader, digestLength: properties.settings.blockHash.digestLength),
                    try reader.nextIdentifiers().volume
                )
            }
            let volumes = DataVolumeIndexer(
                store: store, settings: properties.settings, blocks: blocks, contents: nil, problems: problems,
                nextVolume: next)
            try volumes.run(
                dindexes: change.newIndexVolumes, dblocks: change.newDataVolumes,
                known: known.volumes.filter { $0.kind == .dblock }, writer)
            for name in Set(volumes.missing.lazy.map(\.dblockName)).sorted() {
                problems.add(Problem(.remoteObject, name, "is described but not there; no version needs it"))
            }
            try CatalogSync.keep(volumes.orphans, writer)
            return try writer.reading { try CatalogSync.orphans(in: $0) }
        }
        return outcome(.adopted, orphans)
    }

    /// Builds the catalog beside its place and puts it there in one step.
    private func rebuild() throws -> (catalog: Catalog, outcome: CatalogSync.Outcome) {
        store.progress.phase = .indexing
        let fresh = "\(path).new"
        for leftover in ["", "-wal", "-shm", "-journal"] { FileTree.remove(fresh + leftover) }
        let orphans = try CatalogIndexer(store: store, listing: listing, problems: problems).build(at: fresh)
        let built = try read(fresh)
        let history = VerificationHistory(catalogAt: path)
        // The log of the old file must not be applied to the new one. Where it cannot be folded in, a catalog that is
        // kept keeps it.
        if access(path, F_OK) == 0 { try? Catalog(path: path).checkpoint() }
        let staying = before.map(stayingVersions) ?? []
        let hasMissed = try KeptCatalog.keep(path, versions: staying, lostIn: built, problems)
        FileTree.remove(path + "-wal")
        FileTree.remove(path + "-shm")
        try FileTree.rename(fresh, to: path)
        let replaced = Set(before?.versions.map(\.time) ?? []).subtracting(staying.map(\.time))
        try KeptCatalog.forget(built.union(replaced), beside: path)
        let catalog = try Catalog(path: path, cache: store.limits.catalogCache)
        try catalog.write { writer in
            try history.write(to: writer)
            if hasMissed { try writer.setProperty(KeptCatalog.missedProperty, String(store.now().seconds)) }
        }
        if let passphrase = store.passphrase, listing.encryption != Encryption.none {
            let check = try PassphraseCheck.make(passphrase)
            try catalog.write { writer in try PassphraseCheck.keep(check, writer) }
        }
        if let superseded = before?.superseded, !superseded.isEmpty {
            try catalog.write { writer in try SupersededList.keep(superseded, writer) }
        }
        return (catalog, outcome(.rebuilt, orphans))
    }

    /// The versions that nothing else has taken the place of.
    private func stayingVersions(_ known: Known) -> [CatalogVersion] {
        let settled = SupersededList.settled(known.superseded, listing)
        let replaced = Set(known.volumes.lazy.filter { settled.contains($0.name) }.map(\.id))
        return known.versions.filter { !replaced.contains($0.volume) }
    }

    /// The times of the versions in a catalog.
    private func read(_ path: String) throws -> Set<Timestamp> {
        try Catalog(path: path).read { Set(try $0.versions().map(\.time)) }
    }
}
