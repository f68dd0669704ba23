internal import Catalog
internal import Cryptography
internal import StoreFormat

/// The entries of a version reduced to what is enough to tell them from others, in any order.
struct EntryTally: Sendable, Equatable {
    private(set) var count: Int64 = 0
    private var sum: UInt64 = 0

    mutating func add(_ fingerprint: UInt64) {
        count &+= 1
        sum &+= fingerprint
    }

    mutating func remove(_ fingerprint: UInt64) {
        count &-= 1
        sum &-= fingerprint
    }

    static func += (left: inout EntryTally, right: EntryTally) {
        left.count &+= right.count
        left.sum &+= right.sum
    }
}

/// Fingerprints of entries: the same for an entry of a filelist and for what a catalog has of it.
struct EntryFingerprints {
    let settings: StoreSettings

    /// Which entry it is, without what is in it.
    static func name(_ folder: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: folder)
        hasher.combine(bytes: name)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    static func make(name: UInt64, kind: EntryKind, size: Int64, data: UInt64, metadata: UInt64) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(name)
        hasher.combine(kind.rawValue)
        hasher.combine(size)
        hasher.combine(data)
        hasher.combine(metadata)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// The fingerprints of an entry of a filelist; nil when catalogs leave it out.
    func make(_ entry: FileEntry) -> (name: UInt64, whole: UInt64)? {
        guard EntryFault.find(in: entry, settings) == nil else { return nil }
        let hasMetadata = entry.metaSize > 0 && EntryFault.find(inMetadataOf: entry, settings) == nil
        let hasData = entry.kind == .file && entry.size > 0
        let name = entry.path.withUnsafeBytes { path in
            let (folder, name) = EntryPath.split(path)
            return Self.name(
                UnsafeRawBufferPointer(rebasing: path[..<folder]), UnsafeRawBufferPointer(rebasing: path[name]))
        }
        let whole = Self.make(
            name: name, kind: entry.catalogKind, size: entry.kind == .file ? entry.size : 0,
            data: hasData ? entry.hash?.prefix64 ?? 0 : 0, metadata: hasMetadata ? entry.metaHash?.prefix64 ?? 0 : 0)
        return (name, whole)
    }
}

/// The beginnings of the hashes of all contents in a catalog, for fingerprints of its entries.
struct ContentPrefixes {
    private var blocks: [UInt64] = []
    private var contents: [Int64: UInt64] = [:]

    init(_ reader: borrowing CatalogReader) throws {
        blocks.reserveCapacity(try reader.blockCount() + 1)
        try reader.forEachBlock { id, hash, _, _ in
            while blocks.count < id { blocks.append(0) }
            blocks.append(Digest(hash)?.prefix64 ?? 0)
        }
    }

    mutating func prefix(_ reference: ContentReference, _ lookup: ContentLookup) throws -> UInt64 {
        switch reference {
        case .nothing: return 0
        case .block(let id): return id >= 0 && id < blocks.count ? blocks[Int(id)] : 0
        case .content(let id):
            if let known = contents[id] { return known }
            let prefix = try lookup.hash(ofContent: id).prefix64
            contents[id] = prefix
            return prefix
        }
    }

    /// The fingerprints of an entry of the catalog.
    mutating func fingerprint(
        _ entry: CatalogEntry, in folder: UnsafeRawBufferPointer, _ lookup: ContentLookup
    ) throws -> (name: UInt64, whole: UInt64) {
        let name = entry.name.withUnsafeBytes { EntryFingerprints.name(folder, $0) }
        let whole = EntryFingerprints.make(
            name: name, kind: entry.kind, size: entry.kind == .file ? entry.size : 0,
            data: entry.kind == .file && entry.size > 0 ? try prefix(entry.data, lookup) : 0,
            metadata: try prefix(entry.metadata, lookup))
        return (name, whole)
    }
}

extension EntryTally {
    /// What the catalog has of every version, by the version's number; one pass, however many versions there are.
    static func ofVersions(_ reader: borrowing CatalogReader) throws -> [Int64: EntryTally] {
        let ids = try reader.versions().map(\.id).sorted()
        // What begins and ends with each version; the sums up to a version are what it holds.
        var changes = [EntryTally](repeating: EntryTally(), count: ids.count + 1)
        var prefixes = try ContentPrefixes(reader)
        let lookup = try reader.contents()
        try reader.forEachState { folder, entry, since, until in
            let first = position(of: since, in: ids)
            let end = until.map { position(of: $0, in: ids) } ?? ids.count
            guard first < end else { return }
            let fingerprint = try prefixes.fingerprint(entry, in: folder, lookup).whole
            changes[first].add(fingerprint)
            changes[end].remove(fingerprint)
        }
        var running = EntryTally()
        var tallies: [Int64: EntryTally] = [:]
        for (position, id) in ids.enumerated() {
            running += changes[position]
            tallies[id] = running
        }
        return tallies
    }

    /// Where the first of these ascending numbers is that is not smaller.
    private static func position(of id: Int64, in ids: [Int64]) -> Int {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
