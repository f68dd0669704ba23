internal import GRDB
internal import Support

/// The local database of one store: what is in it, as far as it has been verified at the destination.
///
/// The catalog makes runs fast; it is never needed to get data back. Everything in it can be read from the destination
/// again. A run writes in one transaction that ends after its last upload, so a crash at any point leaves the state of
/// the last complete run.
public final class Catalog: Sendable {
    /// Where the database is.
    public let path: String
    private let pool: DatabasePool

    /// Opens the database, creating it when there is none.
    ///
    /// - Throws: `.inconsistent` for one with an older schema, which has to be built anew; `.tooNew`; `.database`.
    public init(path: String) throws(CatalogError) {
        self.path = path
        var configuration = GRDB.Configuration()
        configuration.label = "catalog"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { connection in
            try connection.execute(
                sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            let schema = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard schema <= CatalogSchema.current else { throw CatalogError.tooNew(path: path, schema: schema) }
            guard schema == 0 || schema == CatalogSchema.current else {
                throw CatalogError.inconsistent(path: path, detail: "an older Dunnage made it")
            }
            if schema == 0 { try pool.write { try CatalogSchema.create($0) } }
        } catch {
            throw Self.typed(error, path: path)
        }
    }

    /// Reads one consistent state, unmoved by a writer at work.
    public func read<Value>(_ body: (borrowing CatalogReader) throws -> Value) throws -> Value {
        do {
            return try pool.read { connection in try body(CatalogReader(connection, path: path)) }
        } catch let error as DatabaseError {
            throw Self.typed(error, path: path)
        }
    }

    /// Runs one transaction: committed when `body` returns, rolled back when it throws.
    public func write<Value>(_ body: (borrowing CatalogWriter) throws -> Value) throws -> Value {
        do {
            return try pool.write { connection in try body(CatalogWriter(connection, path: path)) }
        } catch let error as DatabaseError {
            throw Self.typed(error, path: path)
        }
    }

    /// Folds the write-ahead log into the database file, so that the file alone is complete.
    public func checkpoint() throws(CatalogError) {
        do {
            try pool.writeWithoutTransaction { connection in _ = try connection.checkpoint(.truncate) }
        } catch {
            throw Self.typed(error, path: path)
        }
    }

    /// Whether SQLite finds nothing wrong with the file; reads all of it.
    public func isSound() throws(CatalogError) -> Bool {
        do {
            return try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") == "ok" }
        } catch {
            throw Self.typed(error, path: path)
        }
    }

    /// Moves a catalog that cannot be used out of the way, beside its place, and returns the new path.
    public static func setAside(path: String) throws(CatalogError) -> String {
        let aside = "\(path).damaged-\(Timestamp.now().compact)"
        do {
            try FileTree.rename(path, to: aside)
        } catch {
            throw .database(path: path, detail: error.message)
        }
        // Without its database the log means nothing, and left in place it would be applied to the next one.
        FileTree.remove(path + "-wal")
        FileTree.remove(path + "-shm")
        return aside
    }

    private static func typed(_ error: any Error, path: String) -> CatalogError {
        if let error = error as? CatalogError { return error }
        if let error = error as? DatabaseError {
            return .database(path: path, detail: error.message ?? "SQLite code \(error.resultCode.rawValue)")
        }
        return .database(path: path, detail: "\(error)")
    }
}
