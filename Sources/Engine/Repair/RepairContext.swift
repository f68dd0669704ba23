internal import Catalog
internal import Cryptography
internal import Destinations
internal import StoreFormat
internal import Support

/// What the parts of a repair share, and how they write objects.
final class RepairContext {
    let session: StoreSession
    let options: RepairOptions
    let problems: ProblemLog
    var summary = RepairSummary()
    private var uploaded: [String: Int64] = [:]
    private var nextVolume: Int64 = 0

    var store: Store { session.store }
    var settings: StoreSettings { session.properties.settings }
    /// Objects of gpg are continued with our own; both open with the same passphrase.
    var encryption: Encryption { session.properties.encryption == .none ? .none : .aes }

    init(_ session: StoreSession, _ options: RepairOptions, _ problems: ProblemLog) throws {
        self.session = session
        self.options = options
        self.problems = problems
        nextVolume = try session.catalog.read { try $0.nextIdentifiers().volume }
    }

    /// The listing's items by name.
    lazy var items: [String: StoreListing.Item] = Dictionary(
        session.listing.items.map { ($0.name.text, $0) }
    ) { first, _ in first }

    /// Whether an object is listed in another size than recorded.
    func isResized(_ volume: CatalogVolume) -> Bool {
        guard let item = items[volume.name], let size = item.size, volume.size >= 0 else { return false }
        return size != volume.size && !(item.isArchived && size == 0)
    }

    func newVolumeID() -> Int64 {
        defer { nextVolume += 1 }
        return nextVolume
    }

    // MARK: Writing

    func newVolume(_ name: ObjectName) throws -> VolumeWriter {
        try VolumeWriter(
            name: name, settings: settings, passphrase: store.passphrase, folder: store.temporaryFolder, created: .now()
        )
    }

    func newDataVolumeName() -> ObjectName { .dblock(prefix: session.properties.prefix, encryption: encryption) }

    /// Sends an object; nothing may rely on it before `confirm()`.
    func send(_ writer: VolumeWriter) throws -> CatalogVolume {
        try store.cancellation.check()
        let sealed = try writer.finish()
        if !options.isDryRun {
            try store.upload(sealed)
            uploaded[sealed.name.text] = sealed.size
            summary.bytesUploaded += sealed.size
        }
        return CatalogVolume(
            id: newVolumeID(), name: sealed.name.text, kind: sealed.name.kind.catalogKind, size: sealed.size,
            hash: sealed.hash)
    }

    /// Writes and sends the description of a data volume.
    func sendIndex(
        of dblock: CatalogVolume, blocks: [BlockReference], lists: [(digest: Digest, content: [UInt8])]
    ) throws -> CatalogVolume {
        let writer = try newVolume(.dindex(prefix: session.properties.prefix, encryption: encryption))
        try writer.add(
            VolumeDescription(
                dblockName: dblock.name, blocks: blocks, volumeHash: dblock.hash, volumeSize: dblock.size))
        for list in lists {
            try list.content.withUnsafeBytes { try writer.add(blocklist: list.digest, content: $0) }
        }
        return try send(writer)
    }

    /// Fails unless everything that was sent is listed in full size.
    func confirm() throws {
        guard !uploaded.isEmpty else { return }
        let listed = Dictionary(try store.list().items.map { ($0.name.text, $0.size) }) { first, _ in first }
        let missing = uploaded.filter { name, size in
            guard let found = listed[name] else { return true }
            return found.map { $0 != size } ?? false
        }
        guard missing.isEmpty else {
            throw EngineError.uploadNotListed(missing.keys.sorted(), destination: store.destination.label)
        }
        uploaded.removeAll()
    }

    /// Changes the catalog, unless this is only a rehearsal.
    func commit(_ body: (borrowing CatalogWriter) throws -> Void) throws {
        guard !options.isDryRun else { return }
        try session.catalog.write(body)
    }

    // MARK: Holds

    /// Holds versions under the times that they get, as they are under those that they had.
    func keepHolds(_ moves: some Sequence<HoldMove>) throws {
        if !options.isDryRun { try HoldMove.begin(Array(moves), HoldPlace(session)) }
    }

    /// Drops the holds of times that no filelist has any more.
    func dropHolds(_ moves: [HoldMove]) throws {
        if !options.isDryRun { try HoldMove.end(moves, HoldPlace(session)) }
    }

    // MARK: Removing

    /// Has the catalog forget objects that something else has replaced, and deletes them.
    ///
    /// What stands in their place must have been confirmed before.
    func remove(_ volumes: [(volume: CatalogVolume, reason: String)]) throws {
        var going: [CatalogVolume] = []
        for (volume, reason) in volumes {
            if let until = items[volume.name]?.lockedUntil, until > .now() {
                summary.add(.left, volume.name, "\(reason), but the destination keeps it until \(until)")
            } else {
                summary.add(.removed, volume.name, reason)
                going.append(volume)
            }
        }
        guard !options.isDryRun, !going.isEmpty else { return }
        try session.catalog.write { writer in
            let dblocks = going.filter { $0.kind == .dblock }.map(\.id)
            try writer.rehomeBlocks(outOf: dblocks)
            try writer.removeBlocks(inVolumes: dblocks)
            for volume in going { try writer.removeVolume(volume.id) }
            try ReplacedObjects.add(going.compactMap { ObjectName(parsing: $0.name) }, writer)
            try CatalogSync.forgetOrphans(Set(going.map(\.name)), writer)
        }
        _ = try ReplacedObjects.delete(session)
    }
}
