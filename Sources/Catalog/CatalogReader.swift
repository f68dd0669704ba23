public import Cryptography
internal import GRDB
internal import GRDBSQLite
internal import Support

/// Questions to one consistent state of the catalog.
///
/// Only for use inside the closure that lends it.
public struct CatalogReader: ~Copyable {
    let connection: Database
    let path: String

    init(_ connection: Database, path: String) {
        self.connection = connection
        self.path = path
    }

    /// A named fact, such as the store's block size.
    public func property(_ key: String) throws -> String? {
        try String.fetchOne(connection, sql: "SELECT value FROM property WHERE key = ?", arguments: [key])
    }

    // MARK: Versions and volumes

    /// All versions, oldest first.
    public func versions() throws -> [CatalogVersion] {
        let query = try PreparedStatement(
            connection,
            "SELECT id, time, volume, is_full, files, folders, symlinks, bytes FROM version ORDER BY time, id")
        var versions: [CatalogVersion] = []
        while try query.step() {
            versions.append(
                CatalogVersion(
                    id: query.int64(0), time: .init(seconds: query.int64(1)), volume: query.int64(2),
                    isFull: query.int64(3) != 0, files: query.int64(4), folders: query.int64(5),
                    symlinks: query.int64(6), bytes: query.int64(7)))
        }
        return versions
    }

    /// All remote objects.
    public func volumes() throws -> [CatalogVolume] {
        let query = try PreparedStatement(connection, "SELECT id, name, kind, size, hash FROM volume ORDER BY id")
        var volumes: [CatalogVolume] = []
        while try query.step() {
            guard let kind = CatalogVolume.Kind(rawValue: query.int64(2)) else {
                throw CatalogError.inconsistent(path: path, detail: "volume \(query.int64(0)) is of no known kind")
            }
            volumes.append(
                CatalogVolume(
                    id: query.int64(0), name: query.text(1), kind: kind, size: query.int64(3),
                    hash: Digest(query.blob(4))))
        }
        return volumes
    }

    /// The data volumes that each index volume describes, by number.
    public func descriptions() throws -> [Int64: [Int64]] {
        let query = try PreparedStatement(connection, "SELECT dindex, dblock FROM description")
        var descriptions: [Int64: [Int64]] = [:]
        while try query.step() { descriptions[query.int64(0), default: []].append(query.int64(1)) }
        return descriptions
    }

    /// How often and when each volume was verified; those that never were are absent.
    public func verifications() throws -> [Int64: CatalogVerification] {
        let query = try PreparedStatement(connection, "SELECT volume, count, time FROM verification")
        var verifications: [Int64: CatalogVerification] = [:]
        while try query.step() {
            verifications[query.int64(0)] = CatalogVerification(
                count: query.int64(1), time: .init(seconds: query.int64(2)))
        }
        return verifications
    }

    // MARK: Blocks and contents

    /// Calls `body` with every further home of a block, ordered by block.
    public func forEachDuplicate(_ body: (_ block: Int64, _ volume: Int64) throws -> Void) throws {
        let query = try PreparedStatement(connection, "SELECT block, volume FROM duplicate ORDER BY block, volume")
        while try query.step() { try body(query.int64(0), query.int64(1)) }
    }

    /// All blocks, to be gone through now or later within this read.
    public func blockScan() throws -> BlockScan {
        BlockScan(connection)
    }

    /// Calls `body` with every block, in the order of their ids.
    public func forEachBlock(
        _ body: (_ id: Int64, _ hash: UnsafeRawBufferPointer, _ size: Int, _ volume: Int64) throws -> Void
    ) throws {
        try blockScan().forEachBlock(body)
    }

    /// Calls `body` with every block whose id is in a range, in the order of their ids.
    public func forEachBlock(
        in ids: ClosedRange<Int64>,
        _ body: (_ id: Int64, _ hash: UnsafeRawBufferPointer, _ size: Int, _ volume: Int64) throws -> Void
    ) throws {
        let query = try PreparedStatement(
            connection, "SELECT id, hash, size, volume FROM block WHERE id BETWEEN ? AND ? ORDER BY id")
        query.bind(1, ids.lowerBound)
        query.bind(2, ids.upperBound)
        while try query.step() {
            try body(query.int64(0), query.blob(1), Int(query.int64(2)), query.int64(3))
        }
    }

    /// Calls `body` with every block's id and volume, in the order of the ids, without its hash.
    public func forEachBlockHome(_ body: (_ id: Int64, _ volume: Int64) throws -> Void) throws {
        let query = try PreparedStatement(connection, "SELECT id, volume FROM block ORDER BY id")
        while try query.step() { try body(query.int64(0), query.int64(1)) }
    }

    /// Calls `body` with the number of every content and one of its lists after the other, each with its place among them
    /// from 0.
    public func forEachBlocklist(
        _ body: (_ content: Int64, _ size: Int64, _ position: Int, _ list: CatalogContent.List) throws -> Void
    ) throws {
        let query = try PreparedStatement(
            connection,
            """
            SELECT c.id, c.size, coalesce(b.position, 0), coalesce(b.list, 0), coalesce(b.blocks, x'')
            FROM content c LEFT JOIN blocklist b ON b.content = c.id ORDER BY c.id, b.position
            """)
        while try query.step() {
            try body(
                query.int64(0), query.int64(1), Int(query.int64(2)),
                CatalogContent.List(listBlock: query.int64(3), blocks: unpackedBlocks(query.blob(4))))
        }
    }

    /// How many blocks there are.
    public func blockCount() throws -> Int {
        try blockScan().count()
    }

    /// Repeated lookups of single blocks and contents, with their statements prepared once.
    public func contents() throws -> ContentLookup {
        try ContentLookup(connection, path: path)
    }

    /// The next free numbers.
    public func nextIdentifiers() throws -> CatalogIdentifiers {
        func next(_ table: String) throws -> Int64 {
            try Int64.fetchOne(connection, sql: "SELECT coalesce(max(id), 0) + 1 FROM \(table)") ?? 1
        }
        return try CatalogIdentifiers(
            volume: next("volume"), block: next("block"), content: next("content"), folder: next("folder"),
            version: next("version"))
    }

    // MARK: Entries

    /// Lookups of the newest state, folder by folder.
    public func liveEntries() throws -> LiveEntries {
        try LiveEntries(connection, path: path)
    }

    /// Calls `body` with every folder.
    ///
    /// For change detection: the paths of a whole tree, but not its files.
    public func forEachFolder(_ body: (_ id: Int64, _ path: UnsafeRawBufferPointer) throws -> Void) throws {
        let query = try PreparedStatement(connection, "SELECT id, path FROM folder")
        while try query.step() { try body(query.int64(0), query.blob(1)) }
    }

    /// Calls `body` with every entry of a version, ordered by the folder's path, then by name.
    /// - Parameters:
    ///   - version: the id of a version.
    ///   - kinds: only entries of these kinds.
    ///   - body: gets the folder's path, with a separator at its end, and the entry.
    /// - Throws: `CatalogError`, or what `body` throws.
    public func forEachEntry(
        of version: Int64, kinds: Set<EntryKind> = [.folder, .file, .symlink, .folderLink],
        _ body: (_ folder: UnsafeRawBufferPointer, _ entry: CatalogEntry) throws -> Void
    ) throws {
        let wanted = kinds.map { String($0.rawValue) }.sorted().joined(separator: ", ")
        // CROSS JOIN keeps SQLite on the path index, so nothing is sorted.
        let query = try PreparedStatement(
            connection,
            """
            SELECT f.path, \(entryColumns) FROM folder f CROSS JOIN entry e ON e.folder = f.id
            WHERE e.since <= ?1 AND (e.until IS NULL OR e.until > ?1) AND e.kind IN (\(wanted))
            ORDER BY f.path, e.name
            """)
        query.bind(1, version)
        while try query.step() { try body(query.blob(0), readEntry(query, from: 1, path: path)) }
    }

    /// One entry of a version; nil when the version does not have it.
    /// - Parameters:
    ///   - name: its name.
    ///   - folder: the path of its folder, with a separator at the end.
    ///   - version: the id of the version.
    /// - Returns: the entry.
    /// - Throws: `CatalogError`.
    public func entry(named name: [UInt8], in folder: [UInt8], of version: Int64) throws -> CatalogEntry? {
        let query = try PreparedStatement(
            connection,
            """
            SELECT \(entryColumns) FROM entry e
            WHERE e.folder = (SELECT id FROM folder WHERE path = ?1) AND e.name = ?2
            AND e.since <= ?3 AND (e.until IS NULL OR e.until > ?3)
            """)
        query.bind(1, folder)
        query.bind(2, name)
        query.bind(3, version)
        return try query.step() ? try readEntry(query, from: 0, path: path) : nil
    }

    /// Calls `body` with every entry that two versions do not have in the same state, by path.
    ///
    /// One pass over the states; those that hold in both versions, or in neither, are not looked at closer.
    /// - Parameters:
    ///   - old: the id of a version.
    ///   - new: the id of another, newer or older.
    ///   - body: gets the folder's path, and the entry's state in either version, nil where it is not in it.
    /// - Throws: `CatalogError`, or what `body` throws.
    public func forEachDifference(
        from old: Int64, to new: Int64,
        _ body: (_ folder: UnsafeRawBufferPointer, _ old: CatalogEntry?, _ new: CatalogEntry?) throws -> Void
    ) throws {
        let query = try PreparedStatement(
            connection,
            """
            SELECT f.path, e.since <= ?1 AND (e.until IS NULL OR e.until > ?1) AS is_old, \(entryColumns)
            FROM folder f CROSS JOIN entry e ON e.folder = f.id
            WHERE is_old <> (e.since <= ?2 AND (e.until IS NULL OR e.until > ?2))
            ORDER BY f.path, e.name, e.since
            """)
        query.bind(1, old)
        query.bind(2, new)
        var waiting: (folder: [UInt8], entry: CatalogEntry, isOld: Bool)?
        func flush() throws {
            guard let entry = waiting else { return }
            waiting = nil
            try entry.folder.withUnsafeBytes { folder in
                try body(folder, entry.isOld ? entry.entry : nil, entry.isOld ? nil : entry.entry)
            }
        }
        while try query.step() {
            let folder = query.blob(0)
            let state = try readEntry(query, from: 2, path: path)
            let isOld = query.int64(1) != 0
            if let before = waiting, before.isOld != isOld, before.entry.name == state.name,
                folder.elementsEqual(before.folder)
            {
                waiting = nil
                try body(folder, isOld ? state : before.entry, isOld ? before.entry : state)
            } else {
                try flush()
                waiting = (Array(folder), state, isOld)
            }
        }
        try flush()
    }

    /// Calls `body` with every state that any entry ever had, by path and age, and the versions from and until which it held.
    ///
    /// States that a run at work, or one that was interrupted, has recorded so far belong to no version, and are left out.
    public func forEachState(
        _ body: (_ folder: UnsafeRawBufferPointer, _ entry: CatalogEntry, _ since: Int64, _ until: Int64?) throws ->
            Void
    ) throws {
        let query = try PreparedStatement(
            connection,
            """
            SELECT f.path, e.since, e.until, \(entryColumns) FROM folder f CROSS JOIN entry e ON e.folder = f.id
            WHERE e.since <= (SELECT max(id) FROM version)
            ORDER BY f.path, e.name, e.since
            """)
        while try query.step() {
            try body(
                query.blob(0), readEntry(query, from: 3, path: path), query.int64(1),
                query.isNull(2) ? nil : query.int64(2))
        }
    }
}

/// All blocks of a catalog.
///
/// Only for use inside the closure that lends the reader.
public final class BlockScan {
    private let connection: Database

    init(_ connection: Database) {
        self.connection = connection
    }

    /// Calls `body` with every block, in the order of their ids.
    public func forEachBlock(
        _ body: (_ id: Int64, _ hash: UnsafeRawBufferPointer, _ size: Int, _ volume: Int64) throws -> Void
    ) throws {
        let query = try PreparedStatement(connection, "SELECT id, hash, size, volume FROM block ORDER BY id")
        while try query.step() {
            try body(query.int64(0), query.blob(1), Int(query.int64(2)), query.int64(3))
        }
    }

    /// How many blocks there are.
    public func count() throws -> Int {
        try Int.fetchOne(connection, sql: "SELECT count(*) FROM block") ?? 0
    }

    /// The next free number.
    public func nextID() throws -> Int64 {
        try Int64.fetchOne(connection, sql: "SELECT coalesce(max(id), 0) + 1 FROM block") ?? 1
    }
}

/// The next free number of each table.
public struct CatalogIdentifiers: Sendable {
    /// For ``CatalogVolume``.
    public var volume: Int64
    /// For ``CatalogBlock``.
    public var block: Int64
    /// For ``CatalogContent``.
    public var content: Int64
    /// For folders.
    public var folder: Int64
    /// For ``CatalogVersion``.
    public var version: Int64

    /// Numbers from their parts.
    public init(volume: Int64, block: Int64, content: Int64, folder: Int64, version: Int64) {
        self.volume = volume
        self.block = block
        self.content = content
        self.folder = folder
        self.version = version
    }
}

/// Repeated questions for the newest state of single folders.
public final class LiveEntries {
    private let folderQuery: PreparedStatement
    private let entryQuery: PreparedStatement
    private let allQuery: PreparedStatement
    private let path: String

    init(_ connection: Database, path: String) throws {
        self.path = path
        folderQuery = try PreparedStatement(connection, "SELECT id FROM folder WHERE path = ?")
        entryQuery = try PreparedStatement(
            connection, "SELECT \(entryColumns) FROM entry e WHERE folder = ? AND until IS NULL ORDER BY name")
        allQuery = try PreparedStatement(connection, "SELECT DISTINCT folder FROM entry WHERE until IS NULL")
    }

    /// The number of the folder with this path, or `nil` when it was never seen.
    public func find(_ path: [UInt8]) throws -> Int64? {
        folderQuery.bind(1, path)
        defer { folderQuery.reset() }
        return try folderQuery.step() ? folderQuery.int64(0) : nil
    }

    /// Replaces `entries` by those of the folder, ordered by the bytes of their names.
    public func load(folder: Int64, into entries: inout [CatalogEntry]) throws {
        entries.removeAll(keepingCapacity: true)
        entryQuery.bind(1, folder)
        defer { entryQuery.reset() }
        while try entryQuery.step() { entries.append(try readEntry(entryQuery, from: 0, path: path)) }
    }

    /// Calls `body` with the number of every folder that has entries in the newest state.
    public func forEachFolder(_ body: (Int64) throws -> Void) throws {
        defer { allQuery.reset() }
        while try allQuery.step() { try body(allQuery.int64(0)) }
    }
}

/// Repeated questions for single blocks and contents.
public final class ContentLookup {
    private let blockQuery: PreparedStatement
    private let contentQuery: PreparedStatement
    private let listQuery: PreparedStatement
    private let path: String

    init(_ connection: Database, path: String) throws {
        self.path = path
        blockQuery = try PreparedStatement(connection, "SELECT hash, size, volume FROM block WHERE id = ?")
        contentQuery = try PreparedStatement(connection, "SELECT size, hash FROM content WHERE id = ?")
        listQuery = try PreparedStatement(
            connection, "SELECT list, blocks FROM blocklist WHERE content = ? ORDER BY position")
    }

    /// The block with this number.
    public func block(_ id: Int64) throws -> CatalogBlock {
        blockQuery.bind(1, id)
        defer { blockQuery.reset() }
        guard try blockQuery.step(), let digest = Digest(blockQuery.blob(0)) else {
            throw CatalogError.inconsistent(path: path, detail: "block \(id) is missing")
        }
        return CatalogBlock(
            id: id, digest: digest, size: Int(blockQuery.int64(1)), volume: blockQuery.int64(2))
    }

    /// The hash of the content with this number.
    public func hash(ofContent id: Int64) throws -> Digest {
        contentQuery.bind(1, id)
        defer { contentQuery.reset() }
        guard try contentQuery.step(), let hash = Digest(contentQuery.blob(1)) else {
            throw CatalogError.inconsistent(path: path, detail: "content \(id) is missing")
        }
        return hash
    }

    /// The content with this number.
    public func content(_ id: Int64) throws -> CatalogContent {
        contentQuery.bind(1, id)
        defer { contentQuery.reset() }
        guard try contentQuery.step(), let hash = Digest(contentQuery.blob(1)) else {
            throw CatalogError.inconsistent(path: path, detail: "content \(id) is missing")
        }
        var content = CatalogContent(id: id, size: contentQuery.int64(0), hash: hash, lists: [])
        listQuery.bind(1, id)
        defer { listQuery.reset() }
        while try listQuery.step() {
            content.lists.append(.init(listBlock: listQuery.int64(0), blocks: unpackedBlocks(listQuery.blob(1))))
        }
        return content
    }
}

func unpackedBlocks(_ packed: UnsafeRawBufferPointer) -> [Int64] {
    stride(from: 0, to: packed.count - 7, by: 8).map { offset in
        Int64(littleEndian: packed.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }
}

let entryColumns = "e.name, e.kind, e.size, e.modified, e.changed, e.data, e.metadata"

func readEntry(_ query: PreparedStatement, from column: Int32, path: String) throws -> CatalogEntry {
    guard let kind = EntryKind(rawValue: query.int64(column + 1)) else {
        throw CatalogError.inconsistent(path: path, detail: "an entry is of no known kind")
    }
    return CatalogEntry(
        name: Array(query.blob(column)), kind: kind, size: query.int64(column + 2),
        modified: query.int64(column + 3), changed: query.int64(column + 4),
        data: ContentReference(rawValue: query.int64(column + 5)),
        metadata: ContentReference(rawValue: query.int64(column + 6)))
}
