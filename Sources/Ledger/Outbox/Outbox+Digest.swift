internal import Foundation
internal import GRDB
public import Support

extension Outbox {
    /// Something that a digest is to tell of.
    public struct DigestEntry: Sendable, Hashable {
        /// Its number, which grows.
        public let number: Int64
        /// When it came into being.
        public let created: Timestamp
        /// What was kept of the report, as JSON.
        public let report: [UInt8]
    }

    /// Keeps what a receiver's next digest is to tell of.
    /// - Parameters:
    ///   - report: what is told of it, as JSON.
    ///   - message: what names it; a second one of this name is not taken.
    ///   - receiver: the receiver's name in the configuration.
    ///   - created: when it came into being.
    /// - Throws: when the ledger cannot be written.
    public func collect(
        _ report: [UInt8], named message: String, for receiver: String, at created: Timestamp
    ) throws(LedgerError) {
        try ledger.write { database in
            try database.execute(
                sql: """
                    INSERT INTO outbox_digest (instance, receiver, message, created, report) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """, arguments: [instance, receiver, message, created.unixNanoseconds, Data(report)])
        }
    }

    /// What a receiver's next digest is to tell of, oldest first.
    public func collected(for receiver: String) throws(LedgerError) -> [DigestEntry] {
        try ledger.read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT number, created, report FROM outbox_digest WHERE instance = ? AND receiver = ?
                    ORDER BY number
                    """, arguments: [instance, receiver])
            return rows.map { row in
                DigestEntry(
                    number: row["number"], created: Timestamp(unixNanoseconds: row["created"]),
                    report: Array(row["report"] as Data))
            }
        }
    }

    /// Puts a digest into the outbox in place of what it tells of, in one step.
    public func add(digest drafts: [OutboxDraft], of entries: [DigestEntry]) throws(LedgerError) {
        try ledger.write { database in
            try add(drafts, to: database)
            for entry in entries {
                try database.execute(
                    sql: "DELETE FROM outbox_digest WHERE number = ? AND instance = ?",
                    arguments: [entry.number, instance])
            }
        }
    }
}
