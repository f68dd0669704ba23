internal import Cryptography
internal import GRDB
public import Support

/// Changes within one transaction.
///
/// Only for use inside the closure that lends it.
public struct CatalogWriter: ~Copyable {
    let connection: Database
    private let path: String
    private let statements: Statements

    init(_ connection: Database, path: String) throws {
        self.connection = connection
        self.path = path
        statements = try Statements(connection)
    }

    /// The same questions as in ``Catalog/read(_:)``, but seeing this transaction's own changes.
    public func reading<Value>(_ body: (borrowing CatalogReader) throws -> Value) throws -> Value {
        try body(CatalogReader(connection, path: path))
    }

    /// Keeps a named fact.
    public func setProperty(_ key: String, _ value: String) throws {
        try connection.execute(
            sql: "INSERT OR REPLACE INTO property(key, value) VALUES (?, ?)", arguments: [key, value])
    }

    /// Forgets a named fact.
    public func removeProperty(_ key: String) throws {
        try connection.execute(sql: "DELETE FROM property WHERE key = ?", arguments: [key])
    }

    /// Adds a remote object, or replaces what was known of it.
    public func put(_ volume: CatalogVolume) throws {
        statements.volumeInsert.bind(1, volume.id)
        statements.volumeInsert.bind(2, volume.name)
        statements.volumeInsert.bind(3, volume.kind.rawValue)
        statements.volumeInsert.bind(4, volume.size)
        statements.volumeInsert.bind(5, volume.hash)
        try statements.volumeInsert.run()
    }

    /// Forgets a remote object that is no longer there, with what is known of it, except the rows of blocks.
    public func removeVolume(_ id: Int64) throws {
        for statement in [
            "DELETE FROM volume WHERE id = ?", "DELETE FROM verification WHERE volume = ?",
            "DELETE FROM description WHERE dindex = ?", "DELETE FROM description WHERE dblock = ?",
        ] {
            try connection.execute(sql: statement, arguments: [id])
        }
    }

    /// Records that an index volume describes a data volume.
    public func addDescription(of dblock: Int64, in dindex: Int64) throws {
        try connection.execute(
            sql: "INSERT OR IGNORE INTO description(dindex, dblock) VALUES (?, ?)", arguments: [dindex, dblock])
    }

    /// Records that a volume was fetched and found in order.
    public func markVerified(_ volume: Int64, at time: Timestamp) throws {
        try connection.execute(
            sql: """
                INSERT INTO verification(volume, count, time) VALUES (?1, 1, ?2)
                ON CONFLICT(volume) DO UPDATE SET count = count + 1, time = ?2
                """, arguments: [volume, time.seconds])
    }

    /// Takes over what was known of a volume's verifications before.
    public func put(_ verification: CatalogVerification, of volume: Int64) throws {
        try connection.execute(
            sql: "INSERT OR REPLACE INTO verification(volume, count, time) VALUES (?, ?, ?)",
            arguments: [volume, verification.count, verification.time.seconds])
    }

    /// Adds a block, or records where it is now.
    public func add(_ block: CatalogBlock) throws {
        statements.blockInsert.bind(1, block.id)
        statements.blockInsert.bind(2, block.digest)
        statements.blockInsert.bind(3, Int64(block.size))
        statements.blockInsert.bind(4, block.volume)
        try statements.blockInsert.run()
    }

    /// Records that a block is in another volume than was known.
    public func moveBlock(_ id: Int64, to volume: Int64) throws {
        try connection.execute(sql: "UPDATE block SET volume = ? WHERE id = ?", arguments: [volume, id])
    }

    /// Records that a volume holds a block whose home is another one; for the home itself it does nothing.
    public func addDuplicate(of block: Int64, in volume: Int64) throws {
        statements.duplicateInsert.bind(1, block)
        statements.duplicateInsert.bind(2, volume)
        try statements.duplicateInsert.run()
    }

    /// Forgets blocks whose home is one of these volumes, and every further home in them.
    ///
    /// For volumes that are gone; blocks that anything needs must have been moved before.
    public func removeBlocks(inVolumes volumes: some Collection<Int64>) throws {
        guard !volumes.isEmpty else { return }
        let list = volumes.map(String.init).joined(separator: ", ")
        try connection.execute(
            sql: """
                DELETE FROM duplicate WHERE volume IN (\(list));
                DELETE FROM duplicate WHERE block IN (SELECT id FROM block WHERE volume IN (\(list)));
                DELETE FROM block WHERE volume IN (\(list));
                """)
    }

    /// Adds a content of several blocks.
    public func add(_ content: CatalogContent) throws {
        statements.contentInsert.bind(1, content.id)
        statements.contentInsert.bind(2, content.size)
        statements.contentInsert.bind(3, content.hash)
        try statements.contentInsert.run()
        for (position, list) in content.lists.enumerated() {
            statements.listInsert.bind(1, content.id)
            statements.listInsert.bind(2, Int64(position))
            statements.listInsert.bind(3, list.listBlock)
            list.blocks.map(\.littleEndian).withUnsafeBytes { statements.listInsert.bind(4, $0) }
            try statements.listInsert.run()
        }
    }

    /// Adds a folder; its path ends with a separator.
    public func addFolder(_ id: Int64, path: UnsafeRawBufferPointer) throws {
        statements.folderInsert.bind(1, id)
        statements.folderInsert.bind(2, path)
        try statements.folderInsert.run()
    }

    /// Adds the state of an entry from version `since` on.
    ///
    /// The state before it must have been closed.
    public func open(_ entry: CatalogEntry, in folder: Int64, since: Int64) throws {
        statements.entryInsert.bind(1, folder)
        statements.entryInsert.bind(2, entry.name)
        statements.entryInsert.bind(3, since)
        statements.entryInsert.bind(4, entry.kind.rawValue)
        statements.entryInsert.bind(5, entry.size)
        statements.entryInsert.bind(6, entry.modified)
        statements.entryInsert.bind(7, entry.changed)
        statements.entryInsert.bind(8, entry.data.rawValue)
        statements.entryInsert.bind(9, entry.metadata.rawValue)
        try statements.entryInsert.run()
    }

    /// Ends the newest state of an entry before version `until`.
    public func close(_ name: [UInt8], in folder: Int64, until: Int64) throws {
        statements.entryClose.bind(1, until)
        statements.entryClose.bind(2, folder)
        statements.entryClose.bind(3, name)
        try statements.entryClose.run()
    }

    /// Refreshes the times by which the next run recognises an entry that is still the same.
    public func touch(_ name: [UInt8], in folder: Int64, modified: Int64, changed: Int64) throws {
        statements.entryTouch.bind(1, modified)
        statements.entryTouch.bind(2, changed)
        statements.entryTouch.bind(3, folder)
        statements.entryTouch.bind(4, name)
        try statements.entryTouch.run()
    }

    /// Forgets a version; `pruneEntries()` must follow once all that go are gone.
    public func removeVersion(_ id: Int64) throws {
        try connection.execute(sql: "DELETE FROM version WHERE id = ?", arguments: [id])
    }

    /// Forgets what holds for no version any more: states of entries, folders and contents; blocks stay.
    ///
    /// When the newest version was removed, the one before it becomes the newest state.
    /// - Parameter unfinished: the number of a version that is not there yet, but whose states stay.
    /// - Returns: how many states of entries were forgotten.
    /// - Throws: what the database says.
    public func pruneEntries(keeping unfinished: Int64? = nil) throws -> Int {
        try connection.execute(
            sql: """
                CREATE TEMP TABLE kept(id INTEGER PRIMARY KEY);
                INSERT INTO kept SELECT id FROM version;
                INSERT OR IGNORE INTO kept SELECT :unfinished WHERE :unfinished IS NOT NULL;
                """, arguments: ["unfinished": unfinished])
        try connection.execute(
            sql: """
                DELETE FROM entry WHERE NOT EXISTS (
                    SELECT 1 FROM kept
                    WHERE kept.id >= entry.since AND kept.id < coalesce(entry.until, 9223372036854775807))
                """)
        let pruned = connection.changesCount
        try connection.execute(
            sql: """
                UPDATE entry SET until = NULL WHERE until > (SELECT max(id) FROM kept);
                DROP TABLE kept;
                DELETE FROM folder WHERE id NOT IN (SELECT folder FROM entry);
                CREATE TEMP TABLE needed(id INTEGER PRIMARY KEY);
                INSERT OR IGNORE INTO needed SELECT data FROM entry WHERE data > 0;
                INSERT OR IGNORE INTO needed SELECT metadata FROM entry WHERE metadata > 0;
                DELETE FROM blocklist WHERE content NOT IN (SELECT id FROM needed);
                DELETE FROM content WHERE id NOT IN (SELECT id FROM needed);
                DROP TABLE needed;
                """)
        return pruned
    }

    /// Adds a version, or replaces what was known of it.
    public func put(_ version: CatalogVersion) throws {
        try connection.execute(
            sql: """
                INSERT OR REPLACE INTO version(id, time, volume, is_full, files, folders, symlinks, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                version.id, version.time.seconds, version.volume, version.isFull, version.files, version.folders,
                version.symlinks, version.bytes,
            ])
    }
}

/// Prepared once for each transaction.
private final class Statements {
    let volumeInsert: PreparedStatement
    let blockInsert: PreparedStatement
    let duplicateInsert: PreparedStatement
    let contentInsert: PreparedStatement
    let listInsert: PreparedStatement
    let folderInsert: PreparedStatement
    let entryInsert: PreparedStatement
    let entryClose: PreparedStatement
    let entryTouch: PreparedStatement

    init(_ connection: Database) throws {
        volumeInsert = try PreparedStatement(
            connection, "INSERT OR REPLACE INTO volume(id, name, kind, size, hash) VALUES (?, ?, ?, ?, ?)")
        blockInsert = try PreparedStatement(
            connection, "INSERT OR REPLACE INTO block(id, hash, size, volume) VALUES (?, ?, ?, ?)")
        duplicateInsert = try PreparedStatement(
            connection,
            """
            INSERT OR IGNORE INTO duplicate(block, volume)
            SELECT ?1, ?2 WHERE (SELECT volume FROM block WHERE id = ?1) <> ?2
            """)
        contentInsert = try PreparedStatement(connection, "INSERT INTO content(id, size, hash) VALUES (?, ?, ?)")
        listInsert = try PreparedStatement(
            connection, "INSERT INTO blocklist(content, position, list, blocks) VALUES (?, ?, ?, ?)")
        folderInsert = try PreparedStatement(connection, "INSERT INTO folder(id, path) VALUES (?, ?)")
        entryInsert = try PreparedStatement(
            connection,
            """
            INSERT INTO entry(folder, name, since, until, kind, size, modified, changed, data, metadata)
            VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?)
            """)
        entryClose = try PreparedStatement(
            connection, "UPDATE entry SET until = ? WHERE folder = ? AND name = ? AND until IS NULL")
        entryTouch = try PreparedStatement(
            connection,
            "UPDATE entry SET modified = ?, changed = ? WHERE folder = ? AND name = ? AND until IS NULL")
    }
}
