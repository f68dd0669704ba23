internal import GRDB

/// The tables, as the steps that lead to them.
///
/// What is here can be read from nowhere else, so a ledger is never built anew: a step that has been released is never
/// changed, and a new one is added at the end.
struct LedgerStep: Sendable {
    /// Unique, and kept in the file.
    let name: String
    /// Takes the tables from the step before to this one.
    let apply: @Sendable (Database) throws -> Void

    /// A step that is nothing but SQL.
    init(_ name: String, sql: String) {
        self.name = name
        apply = { try $0.execute(sql: sql) }
    }
}

enum LedgerSchema {
    /// Every step, oldest first.
    ///
    /// Each idea declares its own tables beside its own code.
    static let steps: [LedgerStep] = [.runs, .outbox, .undoJournal, .quarantine, .verifications, .duties, .proofs]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for step in steps { migrator.registerMigration(step.name) { try step.apply($0) } }
        return migrator
    }
}
