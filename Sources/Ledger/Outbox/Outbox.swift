internal import Foundation
internal import GRDB
internal import JSON
public import Support

/// The reports of one installation that have not reached their receivers yet.
///
/// A report leaves it when its receiver has it, or when it is given up and counted. Whoever delivers one claims it
/// first; the claim of a process that is no more does not count. Of one job's reports to one receiver only the oldest
/// can be claimed, so that they keep their order.
public struct Outbox: Sendable {
    let ledger: Ledger
    let instance: String

    /// The outbox of an installation in a ledger; those of others are left alone.
    public init(_ ledger: Ledger, instance: String) {
        self.ledger = ledger
        self.instance = instance
    }

    /// Puts reports into it, all or none.
    ///
    /// Where they tell that reports to receivers were given up, `told` has how many of each receiver's: once one of them
    /// is delivered, that is known.
    public func add(_ drafts: [OutboxDraft], telling told: [String: Int64] = [:]) throws(LedgerError) {
        try ledger.write { try add(drafts, telling: told, to: $0) }
    }

    /// Puts reports into it, in somebody's transaction.
    func add(_ drafts: [OutboxDraft], telling told: [String: Int64] = [:], to database: Database) throws {
        let tells = JSONValue.object(told.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })
        for draft in drafts {
            try database.execute(
                sql: """
                    INSERT INTO outbox
                        (instance, receiver, job, message, event, title, created, due, tells, envelope, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    instance, draft.receiver, draft.job ?? "", draft.message, draft.event, draft.title,
                    draft.created.unixNanoseconds, draft.created.unixNanoseconds,
                    String(decoding: tells.serialized(), as: UTF8.self), draft.envelope, Data(draft.body),
                ])
        }
    }

    /// What is the oldest of its job for its receiver.
    static let isFirst = """
        NOT EXISTS (
            SELECT 1 FROM outbox AS earlier
            WHERE earlier.instance = outbox.instance AND earlier.receiver = outbox.receiver
                AND earlier.job = outbox.job AND earlier.number < outbox.number)
        """

    /// Takes the next report that is due, for nobody else to deliver meanwhile.
    /// - Parameters:
    ///   - now: the time.
    ///   - claimant: who takes it.
    ///   - skipped: numbers of those that it has had its turn with.
    /// - Returns: nil when none is due.
    /// - Throws: when the ledger cannot be read or written.
    public func claim(
        at now: Timestamp, by claimant: ProcessIdentity? = .current, except skipped: Set<Int64> = []
    ) throws(LedgerError) -> OutboxEntry? {
        try ledger.write { database in
            // A report from the future is of a clock that has been set back since.
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM outbox WHERE instance = ? AND (due <= ? OR created > ?) AND \(Self.isFirst)
                    ORDER BY due, number
                    """,
                arguments: [instance, now.unixNanoseconds, now.unixNanoseconds + 60_000_000_000])
            for row in rows {
                let entry = OutboxEntry(row)
                guard !skipped.contains(entry.number), OutboxClaim.isFree(row, at: now, for: claimant) else {
                    continue
                }
                try database.execute(
                    sql: "UPDATE outbox SET claim = ?, claimed = ? WHERE number = ?",
                    arguments: [OutboxClaim.mark(of: claimant), now.unixNanoseconds, entry.number])
                return entry
            }
            return nil
        }
    }

    /// Removes a report that its receiver has; what it tells of others is known now.
    public func finish(_ entry: OutboxEntry) throws(LedgerError) {
        try ledger.write { database in
            let tells = try String.fetchOne(
                database, sql: "DELETE FROM outbox WHERE number = ? RETURNING tells", arguments: [entry.number])
            guard let tells else { return }
            try database.execute(
                sql: """
                    INSERT INTO outbox_tally (instance, receiver, delivered) VALUES (?, ?, 1)
                    ON CONFLICT DO UPDATE SET delivered = delivered + 1
                    """, arguments: [instance, entry.draft.receiver])
            for told in try JSONValue(parsing: tells).object ?? [] {
                try database.execute(
                    sql: """
                        UPDATE outbox_tally SET untold = MAX(0, untold - ?) WHERE instance = ? AND receiver = ?
                        """, arguments: [told.value.integer ?? 0, instance, told.name])
            }
        }
    }

    /// Puts a report back for later; a failure of nil is none, as when it was not tried.
    public func postpone(_ entry: OutboxEntry, until due: Timestamp, because failure: String?) throws(LedgerError) {
        try ledger.write { database in
            try database.execute(
                sql: """
                    UPDATE outbox SET due = ?, failure = coalesce(?, failure), attempts = attempts + ?, claim = NULL
                    WHERE number = ?
                    """, arguments: [due.unixNanoseconds, failure, failure == nil ? 0 : 1, entry.number])
        }
    }

    /// Makes everything due that waits.
    public func hasten(to now: Timestamp) throws(LedgerError) {
        try ledger.write { database in
            try database.execute(
                sql: "UPDATE outbox SET due = min(due, ?) WHERE instance = ?",
                arguments: [now.unixNanoseconds, instance])
        }
    }

    /// Puts a report back as if nobody had taken it.
    public func release(_ entry: OutboxEntry) throws(LedgerError) {
        try ledger.write { database in
            try database.execute(sql: "UPDATE outbox SET claim = NULL WHERE number = ?", arguments: [entry.number])
        }
    }

    /// Gives a report up, and counts it.
    /// - Returns: whether it was there.
    @discardableResult
    public func drop(number: Int64, because reason: String) throws(LedgerError) -> Bool {
        try ledger.write { database in
            let receiver = try String.fetchOne(
                database, sql: "DELETE FROM outbox WHERE number = ? AND instance = ? RETURNING receiver",
                arguments: [number, instance])
            guard let receiver else { return false }
            try database.execute(
                sql: """
                    INSERT INTO outbox_tally (instance, receiver, dropped, untold, reason) VALUES (?, ?, 1, 1, ?)
                    ON CONFLICT DO UPDATE SET dropped = dropped + 1, untold = untold + 1, reason = excluded.reason
                    """, arguments: [instance, receiver, reason])
            return true
        }
    }
}
