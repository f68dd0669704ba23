internal import GRDB
public import Support

/// How long the ledger remembers.
public struct LedgerRetention: Sendable, Hashable {
    /// Days that runs and occurrences are kept.
    public var days: Int64 = 400
    /// How many runs are kept, the newest.
    public var runs = 50_000
    /// How many rows of occurrences are kept, the newest.
    public var occurrences = 100_000

    /// 400 days, and no more than a file of some dozen megabytes.
    public init() {}
}

extension Ledger {
    /// Forgets what is older than it has to be.
    ///
    /// What is at work stays, and so does the last good run of each job and destination.
    /// - Returns: the identifiers of the runs that are forgotten.
    public func forget(_ retention: LedgerRetention = LedgerRetention(), at now: Timestamp) throws(LedgerError)
        -> [String]
    {
        try write { connection in
            let end = now.seconds - retention.days * 86_400
            let newest = try String.fetchOne(
                connection, sql: "SELECT id FROM run ORDER BY id DESC LIMIT 1 OFFSET ?", arguments: [retention.runs])
            let forgotten = try String.fetchAll(
                connection,
                sql: """
                    SELECT id FROM run WHERE state != 'running' AND (started < ?1 OR id <= ?2)
                        AND id NOT IN (SELECT good_run FROM freshness WHERE good_run IS NOT NULL)
                        AND id NOT IN (SELECT run FROM occurrence WHERE state IN ('waiting', 'running') AND run NOT NULL)
                    """, arguments: [end * 1000, newest ?? ""])
            for id in forgotten {
                try connection.execute(sql: "DELETE FROM run_destination WHERE run = ?", arguments: [id])
                try connection.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
            }
            let due = try Int64.fetchOne(
                connection, sql: "SELECT due FROM occurrence ORDER BY due DESC LIMIT 1 OFFSET ?",
                arguments: [retention.occurrences])
            try connection.execute(
                sql: "DELETE FROM occurrence WHERE state NOT IN ('waiting', 'running') AND (last < ?1 OR due <= ?2)",
                arguments: [end, due ?? Int64.min])
            try connection.execute(sql: "DELETE FROM event WHERE told = 1 AND at < ?", arguments: [end])
            return forgotten
        }
    }
}
