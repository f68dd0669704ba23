internal import GRDB
internal import Glibc

/// A consistent copy of any SQLite database, also while others write to it.
///
/// SQLite's own backup copies the pages as they are, so that what has not changed is the same in the next copy.
public enum DatabaseCopy {
    /// Copies a database.
    /// - Parameters:
    ///   - path: the database, which is only read.
    ///   - target: the copy; nothing must be there.
    /// - Throws: `CatalogError.database` or `.damaged` with SQLite's words.
    public static func make(of path: String, at target: String) throws(CatalogError) {
        guard access(path, F_OK) == 0 else {
            // SQLite's words for it leave open what is missing.
            throw .database(path: path, detail: "there is no such file")
        }
        do {
            var reading = GRDB.Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(30)
            let source = try DatabaseQueue(path: path, configuration: reading)
            let copy = try DatabaseQueue(path: target)
            try source.backup(to: copy)
            // A journal is of no use to a copy, and the file alone is what is kept.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try copy.close()
            try source.close()
        } catch {
            throw Catalog.typed(error, path: path)
        }
    }
}
