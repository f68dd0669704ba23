internal import Archive
public import Catalog
internal import Cryptography
internal import Glibc
internal import JSON
public import StoreFormat
internal import Support

/// A copy of a catalog at the destination, for runs that keep nothing on their machine.
///
/// It saves time and is never needed: whatever is wrong with it, the catalog is built from the store as if it were not
/// there. It is encrypted when the store is; of an encrypted store no other is looked at.
public enum CatalogSnapshot {
    /// What it cost to have a catalog, or to keep one.
    public struct Cost: Sendable, Hashable {
        /// Bytes that were fetched or sent.
        public var bytes: Int64
        /// How long it took.
        public var duration: Duration
    }

    private static let schema = "dunnage.catalog/1"
    private static let database = "catalog.sqlite"
    private static let manifest = "manifest.json"

    // MARK: Fetching

    /// Puts the newest snapshot that fits the versions of a listing where a catalog is wanted and none is.
    ///
    /// - Parameters:
    ///   - path: where the catalog belongs; nothing is done when there is one.
    ///   - store: the store.
    ///   - listing: what it holds.
    ///   - problems: is told of a snapshot that cannot be used.
    /// - Returns: what it cost, or nil when there was none of use.
    /// - Throws: `.cancelled`.
    public static func fetch(
        to path: String, from store: Store, listing: StoreListing, problems: ProblemLog
    ) throws(EngineError) -> Cost? {
        guard access(path, F_OK) != 0 else { return nil }
        let contents = SnapshotName.Contents(listing)
        // One of the same versions and other data is brought up to date like any catalog, or built anew.
        let candidates = names(in: listing).filter {
            $0.contents.versions == contents.versions && $0.isEncrypted == (store.passphrase != nil)
        }
        guard let name = candidates.filter({ $0.contents == contents }).max() ?? candidates.max() else { return nil }
        let begun = ContinuousClock.now
        do {
            let folder = try TemporaryFolder(in: store.temporaryFolder)
            let size = try store.get(name.text, to: "\(folder.path)/sealed")
            let archive = try open("\(folder.path)/sealed", name, store, folder.path)
            try unpack(archive, to: "\(folder.path)/\(database)")
            guard try Catalog(path: "\(folder.path)/\(database)").isSound() else { throw Unusable("it is damaged") }
            for log in ["-wal", "-shm"] { unlink("\(folder.path)/\(database)\(log)") }
            if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
                try FileTree.createFolder(String(path[..<slash]), mode: 0o700)
            }
            try move("\(folder.path)/\(database)", to: path)
            return Cost(bytes: size, duration: ContinuousClock.now - begun)
        } catch {
            try store.cancellation.check()
            problems.add(
                Problem(.remoteObject, name.text, "cannot be used: \(error); the catalog is built from the store"))
            return nil
        }
    }

    private struct Unusable: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    private static func open(
        _ path: String, _ name: SnapshotName, _ store: Store, _ folder: String
    ) throws -> Mapping {
        guard name.isEncrypted, let passphrase = store.passphrase else {
            return try Mapping(try FileDescriptor.open(path))
        }
        let plain = "\(folder)/plain"
        try FileCipher(passphrase: passphrase, temporaryFolder: folder)
            .decrypt(.file(path), to: .file(plain, replaces: true))
        return try Mapping(try FileDescriptor.open(plain))
    }

    /// Takes the database out, of which size and hash have to be as the manifest says.
    private static func unpack(_ archive: Mapping, to path: String) throws {
        defer { withExtendedLifetime(archive) {} }
        let zip = try ZipReader(archive.bytes)
        guard let described = zip.entry(named: manifest), described.size < 4096, let entry = zip.entry(named: database)
        else { throw Unusable("it is incomplete") }
        let value = try JSONValue(parsing: try zip.extract(described))
        guard value["schema"]?.string == schema, let hash = value["sha256"]?.string,
            let size = value["size"]?.integer
        else { throw Unusable("another program, or another version, made it") }
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        let hasher = HashContext(.sha256)
        var count: Int64 = 0
        try zip.stream(entry) { chunk in
            hasher.update(chunk)
            try file.write(all: chunk)
            count += Int64(chunk.count)
        }
        guard count == size, hasher.finish().hex == hash else { throw Unusable("its hash is not the recorded one") }
    }

    private static func move(_ path: String, to target: String) throws {
        do throws(SystemError) {
            try FileTree.rename(path, to: target)
        } catch {
            // The state folder may be on another file system.
            guard error.code == EXDEV else { throw error }
            let fresh = "\(target).new"
            try copy(path, to: try FileDescriptor.open(fresh, flags: O_WRONLY | O_CREAT | O_TRUNC))
            try FileTree.rename(fresh, to: target)
        }
    }

    private static func copy(_ path: String, to target: consuming FileDescriptor) throws {
        let source = try Mapping(try FileDescriptor.open(path))
        try target.write(all: source.bytes)
        withExtendedLifetime(source) {}
    }

    // MARK: Keeping

    /// Stores a snapshot of a catalog, then removes older ones; does nothing when the newest one is up to date.
    ///
    /// Where nobody could use the snapshot, because the catalog is not in step with the store or out of proportion to it,
    /// only the older ones are removed.
    /// - Parameters:
    ///   - catalog: the catalog, which nobody changes meanwhile.
    ///   - store: the store.
    ///   - knowsMore: whether one is stored also when there is one of the same objects, since the catalog has learned
    ///     something of them.
    /// - Returns: what it cost, or nil when none was stored.
    /// - Throws: what keeps the catalog from being read or the destination from answering.
    public static func keep(
        _ catalog: Catalog, at store: Store, knowsMore: Bool = false
    ) throws(EngineError) -> Cost? {
        let begun = ContinuousClock.now
        let listing = try store.list()
        do {
            guard try catalog.read({ try UnfinishedRun(in: $0) }) == nil, !listing.dlists.isEmpty else { return nil }
            let isEncrypted = store.passphrase != nil
            let known = names(in: listing)
            let contents = SnapshotName.Contents(listing)
            let newest = known.filter { $0.isEncrypted == isEncrypted }.max()
            guard knowsMore || newest?.contents != contents else { return nil }
            let name = SnapshotName(prefix: listing.prefix, at: .now(), contents: contents, isEncrypted: isEncrypted)
            let folder = try TemporaryFolder(in: store.temporaryFolder)
            let sealed = try seal(catalog, isOf: listing, store, folder.path)
            var size: Int64 = 0
            if let sealed {
                size = try FileDescriptor.open(sealed).size()
                try store.put(name.text, from: sealed, size: size)
            }
            // Others may have made newer ones meanwhile; what is older is of no use any more.
            for old in known where old < name { try store.remove(old.text) }
            return sealed == nil ? nil : Cost(bytes: size, duration: ContinuousClock.now - begun)
        } catch {
            throw EngineError(error, doing: "keep a snapshot of the catalog")
        }
    }

    /// Puts a snapshot in the place of those that a change of the store has left behind.
    ///
    /// - Parameters:
    ///   - session: the store after the change; the caller has the right to change it.
    ///   - isWanted: whether one is stored where none was.
    ///   - knowsMore: as for ``keep(_:at:knowsMore:)``.
    /// - Returns: as ``keep(_:at:knowsMore:)``.
    /// - Throws: as ``keep(_:at:knowsMore:)``.
    public static func renew(
        after session: StoreSession, isWanted: Bool, knowsMore: Bool = false
    ) throws(EngineError) -> Cost? {
        guard isWanted || !names(in: session.listing).isEmpty else { return nil }
        return try keep(session.catalog, at: session.store, knowsMore: knowsMore)
    }

    /// Makes the file to be stored; nil when it would be of no use.
    private static func seal(
        _ catalog: Catalog, isOf listing: StoreListing, _ store: Store, _ folder: String
    ) throws -> String? {
        let (volumes, properties) = try catalog.read { (try $0.volumes(), try StoreProperties(from: $0)) }
        var listing = listing
        if properties?.encryption != Encryption.none, store.passphrase != nil { listing.setUnencryptedAside() }
        // It would be built anew all the same.
        guard !ListingChange(known: volumes, listing: listing).demandsRebuild else { return nil }
        try catalog.checkpoint()
        let plain = "\(folder)/plain"
        try pack(catalog.path, to: plain, folder)
        var sealed = plain
        if let passphrase = store.passphrase {
            sealed = "\(folder)/sealed"
            try FileCipher(passphrase: passphrase, temporaryFolder: folder)
                .encrypt(.file(plain), to: .file(sealed, replaces: true))
        }
        let size = try FileDescriptor.open(sealed).size()
        return size <= max(smallSize, listing.totalSize / 4) ? sealed : nil
    }

    /// Up to this size nobody asks for proportion.
    private static let smallSize: Int64 = 16 << 20

    private static func pack(_ path: String, to target: String, _ folder: String) throws {
        let source = try Mapping(try FileDescriptor.open(path))
        let sink = try FileDescriptor.open(target, flags: O_WRONLY | O_CREAT | O_EXCL)
        let zip = ZipWriter(to: FileSink(descriptor: sink.raw, path: target), spoolFolder: folder)
        let hasher = HashContext(.sha256)
        try zip.addStreamed(name: database) { output in
            var offset = 0
            while offset < source.bytes.count {
                let end = min(source.bytes.count, offset + (1 << 20))
                let chunk = UnsafeRawBufferPointer(rebasing: source.bytes[offset..<end])
                hasher.update(chunk)
                try output.write(chunk)
                source.release(chunk)
                offset = end
            }
        }
        let described = JSONValue.object([
            .init("schema", .string(schema)), .init("sha256", .string(hasher.finish().hex)),
            .init("size", .integer(Int64(source.bytes.count))),
        ])
        try zip.addStored(name: manifest, bytes: described.serialized())
        try zip.finish()
        withExtendedLifetime(source) {}
    }

    private static func names(in listing: StoreListing) -> [SnapshotName] {
        listing.foreign.compactMap { SnapshotName(parsing: $0.name, prefix: listing.prefix) }
    }
}
