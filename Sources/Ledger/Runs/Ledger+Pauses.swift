internal import GRDB
public import Support

/// A job, or all of them, that the schedule leaves alone.
public struct Pause: Sendable, Hashable {
    /// The job; nil for all.
    public var job: String?
    /// Since when.
    public var since: Timestamp
    /// Why, in somebody's words.
    public var reason: String?

    /// A pause of a job; of all of them without a name.
    public init(job: String?, since: Timestamp, reason: String? = nil) {
        self.job = job
        self.since = since
        self.reason = reason
    }
}

/// Which jobs are paused.
extension Ledger {
    /// Pauses a job, or all; one that is paused already stays so since then.
    /// - Parameters:
    ///   - job: its name; nil for all.
    ///   - reason: why, in somebody's words.
    ///   - now: the present.
    /// - Throws: `LedgerError` when the ledger cannot be used.
    public func pause(_ job: String?, reason: String? = nil, at now: Timestamp) throws(LedgerError) {
        try write { connection in
            try connection.execute(
                sql: """
                    INSERT INTO pause(job, since, reason) VALUES (?1, ?2, ?3)
                    ON CONFLICT(job) DO UPDATE SET reason = ifnull(?3, reason)
                    """, arguments: [job ?? "", now.seconds, reason])
        }
    }

    /// Ends the pause of a job; nil ends that of all together, and each job's own.
    /// - Returns: whether there was one.
    @discardableResult
    public func resume(_ job: String?) throws(LedgerError) -> Bool {
        try write { connection in
            try connection.execute(sql: "DELETE FROM pause WHERE ?1 IS NULL OR job = ?1", arguments: [job])
            return connection.changesCount > 0
        }
    }

    /// What is paused.
    public func pauses() throws(LedgerError) -> [Pause] {
        try read { connection in
            try Row.fetchAll(connection, sql: "SELECT * FROM pause ORDER BY job").map { row in
                let job: String = row["job"]
                return Pause(
                    job: job.isEmpty ? nil : job, since: Timestamp(seconds: row["since"]), reason: row["reason"])
            }
        }
    }
}
