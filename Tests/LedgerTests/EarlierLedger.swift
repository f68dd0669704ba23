import GRDB
import Testing

@testable import Ledger

/// A ledger as an earlier version of the program left it: with the first of its steps.
struct EarlierLedger {
    private let database: DatabaseQueue

    /// Makes the file.
    /// - Parameters:
    ///   - path: where.
    ///   - steps: the names of the steps that it had, which must be the first ones that there are now.
    /// - Throws: when they are not, or the file cannot be made.
    init(_ path: String, steps: [String]) throws {
        let first = LedgerSchema.steps.prefix(steps.count)
        try #require(first.map(\.name) == steps)
        database = try DatabaseQueue(path: path)
        var migrator = DatabaseMigrator()
        for step in first { migrator.registerMigration(step.name) { try step.apply($0) } }
        try migrator.migrate(database)
    }

    func write(_ sql: String) throws {
        try database.write { try $0.execute(sql: sql) }
    }
}
