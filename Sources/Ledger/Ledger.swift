internal import GRDB
internal import Support

/// What the runner remembers: one SQLite file in the state folder.
///
/// Unlike a catalog it holds what is nowhere else, so each transaction is on the disk before it returns. Several
/// processes may have it open; whoever writes waits for the other.
public final class Ledger: Sendable {
    /// Where the database is; `nil` when it is in memory and ends with the process.
    public let path: String?
    let database: any DatabaseWriter
    /// Shows others that this process lives, from its first run on.
    let presence: RunnerPresence

    /// Opens the file, creating it, readable by its owner only, or bringing its tables up to date.
    /// - Parameter path: where it is; its folder exists. `nil` for one in memory.
    /// - Throws: `LedgerError` when it cannot be used; a damaged file is left as it is.
    public init(path: String?) throws(LedgerError) {
        self.path = path
        presence = RunnerPresence(ledger: path)
        var configuration = GRDB.Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(30)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        do {
            // SQLite gives its log and its index the mode of the file.
            if let path { try OwnerOnly.make(path) }
            database =
                if let path {
                    try DatabasePool(path: path, configuration: configuration)
                } else {
                    try DatabaseQueue(configuration: configuration)
                }
            let migrator = LedgerSchema.migrator
            if try database.read(migrator.hasBeenSuperseded) { throw LedgerError.tooNew(path: path ?? "in memory") }
            try migrator.migrate(database)
        } catch {
            throw Self.typed(error, path)
        }
    }

    /// Reads one consistent state.
    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw Self.typed(error, path)
        }
    }

    /// Runs one transaction: on the disk when it returns, undone when it throws.
    ///
    /// Within ``together(_:)`` it is a part of that one.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try database.unsafeReentrantWrite { connection in
                var value: Value?
                try connection.inSavepoint {
                    value = try body(connection)
                    return .commit
                }
                guard let value else { throw LedgerError.database(path: path ?? "in memory", detail: "no value") }
                return value
            }
        } catch {
            throw Self.typed(error, path)
        }
    }

    /// Makes one transaction of all changes that `body` makes to this ledger: all of them are kept, or none.
    /// - Throws: what `body` throws, or what keeps the transaction from being kept.
    public func together<Value>(_ body: () throws(LedgerError) -> Value) throws(LedgerError) -> Value {
        try write { _ in try body() }
    }

    private static func typed(_ error: any Error, _ path: String?) -> LedgerError {
        let path = path ?? "in memory"
        if let error = error as? LedgerError { return error }
        if let error = error as? SystemError, error.isOutOfSpace { return .full(path: path) }
        guard let error = error as? DatabaseError else { return .database(path: path, detail: "\(error)") }
        let detail = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_FULL: .full(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, detail: detail)
        default: .database(path: path, detail: detail)
        }
    }
}
