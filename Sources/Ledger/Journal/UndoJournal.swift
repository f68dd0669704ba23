internal import GRDB
public import Support

/// Something that has to be taken back, written down before it is done.
public struct JournalledUndo: Sendable, Hashable, Identifiable {
    /// Its number; later ones have higher numbers.
    public let id: Int64
    /// The run that did it.
    public let run: String
    /// The job of the run.
    public let job: String
    /// What was done, as people call it.
    public let hook: String
    /// How it is taken back: a JSON document, in which secrets are names.
    public let action: String
    /// When it was about to be done.
    public let since: Timestamp
    /// How often it was tried in vain to take it back.
    public let attempts: Int
    /// Why the last attempt failed, without secrets.
    public let error: String?
}

extension LedgerStep {
    static let undoJournal = LedgerStep(
        "undo journal",
        sql: """
            CREATE TABLE undo (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                run TEXT NOT NULL,
                job TEXT NOT NULL,
                hook TEXT NOT NULL,
                action TEXT NOT NULL,
                since INTEGER NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                error TEXT
            ) STRICT;
            CREATE INDEX undo_by_run ON undo(run);
            """)
}

extension Ledger {
    /// Writes down what is about to be done, and how it is taken back.
    /// - Returns: its number.
    public func journalUndo(
        run: String, job: String, hook: String, action: String, at time: Timestamp
    ) throws(LedgerError) -> Int64 {
        try write { database in
            try database.execute(
                sql: "INSERT INTO undo (run, job, hook, action, since) VALUES (?, ?, ?, ?, ?)",
                arguments: [run, job, hook, action, time.seconds])
            return database.lastInsertedRowID
        }
    }

    /// What has to be taken back still, the last first.
    /// - Parameter run: only what this run did; everything when nil.
    /// - Returns: the entries.
    /// - Throws: `LedgerError`.
    public func pendingUndos(of run: String? = nil) throws(LedgerError) -> [JournalledUndo] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, run, job, hook, action, since, attempts, error FROM undo
                    WHERE ?1 IS NULL OR run = ?1 ORDER BY id DESC
                    """, arguments: [run])
            return rows.map { row in
                JournalledUndo(
                    id: row["id"], run: row["run"], job: row["job"], hook: row["hook"], action: row["action"],
                    since: Timestamp(seconds: row["since"]), attempts: row["attempts"], error: row["error"])
            }
        }
    }

    /// Forgets what was taken back.
    public func undoIsDone(_ id: Int64) throws(LedgerError) {
        try write { try $0.execute(sql: "DELETE FROM undo WHERE id = ?", arguments: [id]) }
    }

    /// Remembers that something could not be taken back, so that it is tried again.
    /// - Parameters:
    ///   - id: the entry's number.
    ///   - error: why, without secrets.
    /// - Throws: `LedgerError`.
    public func undoFailed(_ id: Int64, error: String) throws(LedgerError) {
        try write {
            try $0.execute(
                sql: "UPDATE undo SET attempts = attempts + 1, error = ? WHERE id = ?", arguments: [error, id])
        }
    }
}
