internal import Cryptography
internal import GRDB
internal import GRDBSQLite

/// A statement driven through SQLite's own interface.
///
/// The catalog's loops move hundreds of thousands of rows; binding and reading columns directly costs a fraction of
/// converting each through a database value. Not for use outside the closure that lent its connection.
final class PreparedStatement {
    private let statement: Statement
    private let raw: OpaquePointer
    private let connection: Database

    init(_ connection: Database, _ sql: String) throws {
        self.connection = connection
        statement = try connection.makeStatement(sql: sql)
        raw = statement.sqliteStatement
    }

    /// Makes the statement ready to be bound and stepped again.
    func reset() {
        sqlite3_reset(raw)
    }

    func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(raw, index, value)
    }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { sqlite3_bind_int64(raw, index, value) } else { sqlite3_bind_null(raw, index) }
    }

    func bind(_ index: Int32, _ text: String) {
        sqlite3_bind_text(raw, index, text, -1, transient)
    }

    func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        if bytes.count == 0 {
            sqlite3_bind_zeroblob(raw, index, 0)
        } else {
            sqlite3_bind_blob(raw, index, bytes.baseAddress, Int32(bytes.count), transient)
        }
    }

    func bind(_ index: Int32, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bind(index, $0) }
    }

    func bind(_ index: Int32, _ digest: Digest?) {
        if let digest {
            digest.withUnsafeBytes { bind(index, $0) }
        } else {
            sqlite3_bind_null(raw, index)
        }
    }

    /// Moves to the next row; false at the end.
    func step() throws -> Bool {
        switch sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = sqlite3_errmsg(connection.sqliteConnection).map { String(cString: $0) }
            sqlite3_reset(raw)
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// Runs a statement that returns no rows, and makes it ready again.
    func run() throws {
        defer { sqlite3_reset(raw) }
        while try step() {}
    }

    func int64(_ column: Int32) -> Int64 {
        sqlite3_column_int64(raw, column)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(raw, column) == SQLITE_NULL
    }

    /// The bytes of a column, valid until the next step.
    func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(raw, column), count: Int(sqlite3_column_bytes(raw, column)))
    }

    func text(_ column: Int32) -> String {
        String(decoding: blob(column), as: UTF8.self)
    }
}

/// SQLite's way of saying: make your own copy of these bytes before the call returns.
private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
