internal import GRDB
public import Support

/// When objects of a store were read back last, and whether they were as they should be.
public struct StoreVerification: Sendable, Hashable {
    /// The job.
    public let job: String
    /// The destination.
    public let destination: String
    /// When that was done last.
    public let last: Timestamp
    /// When nothing was found damaged or missing the last time; `nil` for never.
    public let good: Timestamp?
}

extension LedgerStep {
    static let verifications = LedgerStep(
        "verifications",
        sql: """
            CREATE TABLE verification (
                job TEXT NOT NULL,
                destination TEXT NOT NULL,
                last INTEGER NOT NULL,
                good INTEGER,
                PRIMARY KEY (job, destination)
            ) STRICT;
            """)
}

extension Ledger {
    /// Remembers that objects of a store were read back.
    /// - Parameters:
    ///   - job: the job.
    ///   - destination: the destination.
    ///   - time: when.
    ///   - isGood: whether nothing was damaged or missing.
    /// - Throws: `LedgerError`.
    public func verified(_ job: String, at destination: String, _ time: Timestamp, isGood: Bool) throws(LedgerError) {
        try write {
            try $0.execute(
                sql: """
                    INSERT INTO verification (job, destination, last, good) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET last = excluded.last, good = ifnull(excluded.good, good)
                    """, arguments: [job, destination, time.seconds, isGood ? time.seconds : nil])
        }
    }

    /// The last verification of every store.
    /// - Throws: `LedgerError`.
    public func verifications() throws(LedgerError) -> [StoreVerification] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM verification ORDER BY job, destination").map { row in
                StoreVerification(
                    job: row["job"], destination: row["destination"], last: Timestamp(seconds: row["last"]),
                    good: (row["good"] as Int64?).map { Timestamp(seconds: $0) })
            }
        }
    }
}
