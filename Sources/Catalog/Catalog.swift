internal import GRDB
internal import Glibc
internal import Support

/// The local database of one store: what is in it, as far as it has been verified at the destination.
///
/// The catalog makes runs fast; it is never needed to get data back. Everything in it can be read from the destination
/// again. A run writes in one transaction that ends after its last upload, so a crash at any point leaves the state of
/// the last complete run.
public final class Catalog: Sendable {
    /// Where the database is.
    public let path: String
    private let pool: any DatabaseWriter

    /// Opens the database, creating it, readable by its owner only, when there is none.
    ///
    /// - Parameters:
    ///   - path: where it is.
    ///   - isBeingBuilt: whether it is made from nothing and thrown away if that fails: then nothing of it need survive
    ///     a crash before `checkpoint()`, which saves half of the writing.
    /// - Throws: `.inconsistent` for one with an older schema, which has to be built anew; `.tooNew`; `.database`.
    public init(path: String, isBeingBuilt: Bool = false) throws(CatalogError) {
        self.path = path
        var configuration = GRDB.Configuration()
        configuration.label = "catalog"
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { connection in
            try connection.execute(
                sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE")
            if isBeingBuilt {
                // Pages of a new file need no journal, so this one stays empty.
                try connection.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
            }
        }
        // After an orderly end there is no log; what a crash of the machine has left is looked at more closely.
        let endedInOrder = Self.size(path + "-wal") == 0
        do {
            // SQLite gives its log and its index the mode of the file.
            try OwnerOnly.make(path)
            pool =
                isBeingBuilt
                ? try DatabaseQueue(path: path, configuration: configuration)
                : try DatabasePool(path: path, configuration: configuration)
            let schema = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard schema <= CatalogSchema.current else { throw CatalogError.tooNew(path: path, schema: schema) }
            guard schema == 0 || schema == CatalogSchema.current else {
                throw CatalogError.inconsistent(path: path, detail: "an older Dunnage made it")
            }
            if schema == 0 { try pool.write { try CatalogSchema.create($0) } }
            if !endedInOrder { try check() }
        } catch {
            throw Self.typed(error, path: path)
        }
    }

    /// Opens a database that others may be writing to, for a look: nothing is created, mended or locked.
    /// - Parameter path: where it is.
    /// - Throws: `.inconsistent` for one with an older schema; `.tooNew`; `.database`, also where there is none.
    public init(lookingAt path: String) throws(CatalogError) {
        self.path = path
        var configuration = GRDB.Configuration()
        configuration.label = "catalog"
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -2048; PRAGMA temp_store = FILE") }
        do {
            pool = try DatabaseQueue(path: path, configuration: configuration)
            let schema = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard schema <= CatalogSchema.current else { throw CatalogError.tooNew(path: path, schema: schema) }
            guard schema == CatalogSchema.current else {
                throw CatalogError.inconsistent(path: path, detail: "an older Dunnage made it")
            }
        } catch {
            throw Self.typed(error, path: path)
        }
    }

    /// Whether the file was found damaged by whoever used it last.
    ///
    /// Such a catalog is not to be used again: SQLite notices damage only where it happens to look.
    public static func isDistrusted(path: String) -> Bool { access(distrust(path), F_OK) == 0 }

    private static func distrust(_ path: String) -> String { "\(path).distrusted" }

    private static func size(_ path: String) -> Int64 {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private func check() throws {
        let verdict = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") } ?? ""
        guard verdict == "ok" else { throw CatalogError.damaged(path: path, detail: verdict) }
    }

    /// Reads one consistent state, unmoved by a writer at work.
    public func read<Value>(_ body: (borrowing CatalogReader) throws -> Value) throws -> Value {
        do {
            return try pool.read { connection in try body(CatalogReader(connection, path: path)) }
        } catch {
            throw told(error)
        }
    }

    /// Runs one transaction: committed when `body` returns, rolled back when it throws.
    public func write<Value>(_ body: (borrowing CatalogWriter) throws -> Value) throws -> Value {
        do {
            return try pool.write { connection in try body(CatalogWriter(connection, path: path)) }
        } catch {
            throw told(error)
        }
    }

    /// Does a part of a read or write, whose errors then are this catalog's, whatever the whole is made of.
    ///
    /// - Throws: `CatalogError` for what the database says, and what else `body` throws.
    public func judging<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw told(error)
        }
    }

    /// The error for the caller; one that speaks of damage is left behind for the next run too.
    private func told(_ error: any Error) -> any Error {
        let told = error is DatabaseError ? Self.typed(error, path: path) : error
        switch told as? CatalogError {
        case .damaged?, .inconsistent?:
            let mark = open(Self.distrust(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            if mark >= 0 { close(mark) }
        default: break
        }
        return told
    }

    /// Folds the write-ahead log into the database file, so that the file alone is complete, and on the disk.
    public func checkpoint() throws(CatalogError) {
        do {
            try pool.writeWithoutTransaction { connection in
                if pool is DatabasePool { _ = try connection.checkpoint(.truncate) }
            }
            if pool is DatabaseQueue { try FileDescriptor.open(path).synchronize() }
        } catch {
            throw Self.typed(error, path: path)
        }
    }

    /// Gives back the memory of the database's caches, before something that needs it for other things.
    public func releaseMemory() {
        (pool as? DatabasePool)?.releaseMemory()
        (pool as? DatabaseQueue)?.releaseMemory()
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
        FileTree.remove(distrust(path))
        return aside
    }

    static func typed(_ error: any Error, path: String) -> CatalogError {
        if let error = error as? CatalogError { return error }
        if let error = error as? SystemError, error.isOutOfSpace {
            return .full(path: path, folder: path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
        }
        if let error = error as? DatabaseError {
            let code = error.resultCode
            if code == .SQLITE_CORRUPT || code == .SQLITE_NOTADB || code == .SQLITE_FORMAT {
                return .damaged(path: path, detail: error.message ?? "SQLite code \(code.rawValue)")
            }
            if let folder = CatalogSpace.fullFolder(path, error.extendedResultCode) {
                return .full(path: path, folder: folder)
            }
            return .database(path: path, detail: error.message ?? "SQLite code \(error.resultCode.rawValue)")
        }
        return .database(path: path, detail: "\(error)")
    }
}
