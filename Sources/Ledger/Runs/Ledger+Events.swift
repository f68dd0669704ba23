internal import GRDB
internal import Support

/// Events: each is told until somebody says that it was.
extension Ledger {
    static func add(
        _ kind: LedgerEvent.Kind, at now: Timestamp, _ duty: Duty, destination: String? = nil, run: String? = nil,
        detail: String, _ connection: Database
    ) throws {
        try connection.execute(
            sql: "INSERT INTO event(at, kind, job, duty, destination, run, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                now.seconds, kind.rawValue, duty.job, duty.kind.rawValue, destination, run, detail,
            ])
    }

    /// What nobody was told of, oldest first.
    public func untoldEvents() throws(LedgerError) -> [LedgerEvent] {
        try read { connection in
            try Row.fetchAll(connection, sql: "SELECT * FROM event WHERE told = 0 ORDER BY id").compactMap(Self.event)
        }
    }

    /// The newest events, newest first.
    public func events(limit: Int) throws(LedgerError) -> [LedgerEvent] {
        try read { connection in
            try Row.fetchAll(connection, sql: "SELECT * FROM event ORDER BY id DESC LIMIT ?", arguments: [limit])
                .compactMap(Self.event)
        }
    }

    /// Remembers that an event was told; within ``together(_:)`` with what tells it.
    public func markTold(_ event: LedgerEvent) throws(LedgerError) {
        try write { try $0.execute(sql: "UPDATE event SET told = 1 WHERE id = ?", arguments: [event.id]) }
    }

    private static func event(_ row: Row) -> LedgerEvent? {
        guard let kind = LedgerEvent.Kind(rawValue: row["kind"]) else { return nil }
        return LedgerEvent(
            id: row["id"], at: Timestamp(seconds: row["at"]), kind: kind, job: row["job"],
            duty: RunKind(rawValue: row["duty"]) ?? .backup,
            destination: row["destination"], run: row["run"], detail: row["detail"])
    }
}
