internal import GRDB
public import Support

extension Outbox {
    /// Everything that waits, oldest first.
    public func entries() throws(LedgerError) -> [OutboxEntry] {
        try ledger.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM outbox WHERE instance = ? ORDER BY number", arguments: [instance])
            return rows.map { OutboxEntry($0) }
        }
    }

    /// When the next report is due; nil when none waits but those of the numbers.
    public func nextDue(except numbers: Set<Int64> = []) throws(LedgerError) -> Timestamp? {
        try ledger.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT number, due FROM outbox WHERE instance = ? AND \(Self.isFirst) ORDER BY due",
                arguments: [instance])
            return rows.first { !numbers.contains($0["number"]) }.map { Timestamp(unixNanoseconds: $0["due"]) }
        }
    }

    /// What became of the reports of each receiver that has had any, sorted by name.
    public func tallies() throws(LedgerError) -> [OutboxTally] {
        try ledger.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT receiver, SUM(delivered) AS delivered, SUM(dropped) AS dropped, SUM(untold) AS untold,
                        MAX(reason) AS reason, SUM(size) AS size, SUM(waiting) AS waiting, MIN(since) AS since, MAX(failure) AS failure
                    FROM (
                        SELECT receiver, delivered, dropped, untold, reason, 0 AS size, 0 AS waiting, NULL AS since,
                            NULL AS failure
                        FROM outbox_tally WHERE instance = ?1
                        UNION ALL
                        SELECT receiver, 0, 0, 0, NULL, 1, attempts > 0, iif(attempts > 0, created, NULL), failure
                        FROM outbox WHERE instance = ?1)
                    GROUP BY receiver ORDER BY receiver
                    """, arguments: [instance])
            return rows.map { row in
                let since: Int64? = row["since"]
                return OutboxTally(
                    receiver: row["receiver"], delivered: row["delivered"], dropped: row["dropped"],
                    untold: row["untold"], reason: row["reason"], size: row["size"], waiting: row["waiting"],
                    waitingSince: since.map { Timestamp(unixNanoseconds: $0) }, failure: row["failure"])
            }
        }
    }
}
