internal import GRDB

/// The tables, and how older ones become current.
enum CatalogSchema {
    /// The number of migrations, kept in `user_version` too so that an older Dunnage knows that it is too old.
    static let current = 1

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: versions as intervals") { connection in
            try connection.execute(
                sql: """
                    CREATE TABLE property(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

                    -- Remote objects. hash: of the object as stored, NULL when unknown.
                    CREATE TABLE volume(
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,
                        size INTEGER NOT NULL, hash BLOB);

                    -- No index by hash: lookups go to the block index in memory, and appending stays cheap.
                    CREATE TABLE block(
                        id INTEGER PRIMARY KEY, hash BLOB NOT NULL, size INTEGER NOT NULL, volume INTEGER NOT NULL);

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
        return migrator
    }
}
