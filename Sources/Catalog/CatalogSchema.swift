internal import GRDB

/// The tables.
///
/// There are no migrations: what is in a catalog can be read from the destination again, so one of an older schema is
/// built anew.
enum CatalogSchema {
    /// Kept in `user_version`.
    static let current = 2

    /// Makes the tables of an empty database.
    static func create(_ connection: Database) throws {
        try connection.execute(
            sql: """
                CREATE TABLE property(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

                -- Remote objects. hash: of the object as stored, NULL when unknown.
                CREATE TABLE volume(
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,
                    size INTEGER NOT NULL, hash BLOB);

                -- Which data volumes an index volume describes.
                CREATE TABLE description(
                    dindex INTEGER NOT NULL, dblock INTEGER NOT NULL, PRIMARY KEY(dindex, dblock)) WITHOUT ROWID;

                -- How often and when last (Unix seconds) a volume was fetched and found in order.
                CREATE TABLE verification(volume INTEGER PRIMARY KEY, count INTEGER NOT NULL, time INTEGER NOT NULL);

                -- No index by hash: lookups go to the block index in memory, and appending stays cheap.
                CREATE TABLE block(
                    id INTEGER PRIMARY KEY, hash BLOB NOT NULL, size INTEGER NOT NULL, volume INTEGER NOT NULL);

                -- Further volumes that hold a block; its home is in its own row.
                CREATE TABLE duplicate(
                    block INTEGER NOT NULL, volume INTEGER NOT NULL, PRIMARY KEY(block, volume)) WITHOUT ROWID;

                CREATE TABLE content(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, hash BLOB NOT NULL);

                -- blocks: the ids of the content's blocks, eight little-endian bytes each.
                CREATE TABLE blocklist(
                    content INTEGER NOT NULL, position INTEGER NOT NULL, list INTEGER NOT NULL,
                    blocks BLOB NOT NULL, PRIMARY KEY(content, position)) WITHOUT ROWID;

                -- path ends with a separator.
                CREATE TABLE folder(id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE);

                -- A row holds from version `since` up to, not including, version `until`; NULL means still.
                -- An entry that stays as it is costs nothing in later versions.
                CREATE TABLE entry(
                    folder INTEGER NOT NULL, name BLOB NOT NULL, since INTEGER NOT NULL, until INTEGER,
                    kind INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
                    changed INTEGER NOT NULL, data INTEGER NOT NULL, metadata INTEGER NOT NULL,
                    PRIMARY KEY(folder, name, since)) WITHOUT ROWID;

                CREATE TABLE version(
                    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, volume INTEGER NOT NULL,
                    is_full INTEGER NOT NULL, files INTEGER NOT NULL, folders INTEGER NOT NULL,
                    symlinks INTEGER NOT NULL, bytes INTEGER NOT NULL);

                PRAGMA user_version = \(current);
                """)
    }
}
