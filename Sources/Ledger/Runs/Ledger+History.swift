internal import GRDB
internal import Support

/// What was: runs and occurrences, newest first.
extension Ledger {
    /// Runs, newest first.
    /// - Parameters:
    ///   - job: only those of that job; nil for all.
    ///   - kind: only those that do that; nil for any.
    ///   - state: only those in that state; nil for any.
    ///   - limit: how many at most.
    ///   - before: only those before the run of that identifier; nil for the newest.
    /// - Returns: the runs.
    /// - Throws: `LedgerError` when the ledger cannot be used.
    public func runs(
        job: String? = nil, kind: RunKind? = nil, state: RunState? = nil, limit: Int, before: String? = nil
    ) throws(LedgerError) -> [RunRecord] {
        try read { connection in
            let ids = try String.fetchAll(
                connection,
                sql: """
                    SELECT id FROM run WHERE (?1 IS NULL OR job = ?1) AND (?2 IS NULL OR id < ?2)
                    AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR kind = ?5) ORDER BY id DESC LIMIT ?3
                    """, arguments: [job, before, limit, state?.rawValue, kind?.rawValue])
            return try ids.compactMap { try Self.record($0, connection) }
        }
    }

    /// The runs whose identifier begins with that text, two at most: nobody types 26 characters.
    public func runs(beginningWith text: String) throws(LedgerError) -> [RunRecord] {
        let text = text.uppercased()
        return try read { connection in
            let ids = try String.fetchAll(
                connection, sql: "SELECT id FROM run WHERE id >= ?1 AND id < ?1 || 'a' ORDER BY id LIMIT 2",
                arguments: [text])
            return try ids.compactMap { try Self.record($0, connection) }
        }
    }

    /// Occurrences, newest first.
    /// - Parameters:
    ///   - job: only those of that job; nil for all.
    ///   - limit: how many rows at most.
    /// - Returns: the occurrences.
    /// - Throws: `LedgerError` when the ledger cannot be used.
    public func occurrences(job: String? = nil, limit: Int) throws(LedgerError) -> [Occurrence] {
        try read { connection in
            try Row.fetchAll(
                connection,
                sql: "SELECT * FROM occurrence WHERE ?1 IS NULL OR job = ?1 ORDER BY due DESC, job, kind LIMIT ?2",
                arguments: [job, limit]
            ).compactMap(Self.occurrence)
        }
    }

    /// The number of occurrences by duty and state.
    public func occurrenceCounts() throws(LedgerError) -> [Duty: [Occurrence.State: Int]] {
        try read { connection in
            var counts: [Duty: [Occurrence.State: Int]] = [:]
            let rows = try Row.fetchAll(
                connection,
                sql: "SELECT job, kind, state, sum(count) AS total FROM occurrence GROUP BY job, kind, state")
            for row in rows {
                guard let state = Occurrence.State(rawValue: row["state"]),
                    let kind = RunKind(rawValue: row["kind"])
                else { continue }
                counts[Duty(row["job"], kind), default: [:]][state] = row["total"]
            }
            return counts
        }
    }

    static func occurrence(_ row: Row) -> Occurrence? {
        guard let state = Occurrence.State(rawValue: row["state"]), let kind = RunKind(rawValue: row["kind"])
        else { return nil }
        let reason: String? = row["reason"]
        return Occurrence(
            job: row["job"], kind: kind, due: Timestamp(seconds: row["due"]), last: Timestamp(seconds: row["last"]),
            count: row["count"], state: state, reason: reason.flatMap { Occurrence.SkipReason(rawValue: $0) },
            run: row["run"])
    }

    static func record(_ id: String, _ connection: Database) throws -> RunRecord? {
        guard let row = try Row.fetchOne(connection, sql: "SELECT * FROM run WHERE id = ?", arguments: [id]),
            let state = RunState(rawValue: row["state"])
        else { return nil }
        let due: Int64? = row["due"]
        let start = RunStart(
            id: id, job: row["job"], kind: RunKind(rawValue: row["kind"]) ?? .backup,
            trigger: RunTrigger(rawValue: row["trigger"]) ?? .manual,
            due: due.map { Timestamp(seconds: $0) }, attempt: row["attempt"],
            started: Timestamp(milliseconds: row["started"]), configuration: row["configuration"])
        guard let finished: Int64 = row["finished"], state != .running else {
            return RunRecord(start: start, end: nil, process: row["process"])
        }
        let destinations = try Row.fetchAll(
            connection, sql: "SELECT * FROM run_destination WHERE run = ? ORDER BY destination", arguments: [id])
        let end = RunEnd(
            finished: Timestamp(milliseconds: finished), state: state, reason: row["reason"],
            exitCode: row["exit_code"] ?? 0, code: row["code"], message: row["message"], files: row["files"],
            bytes: row["bytes"], warnings: row["warnings"] ?? 0, destinations: destinations.compactMap(destination))
        return RunRecord(start: start, end: end, process: row["process"])
    }

    private static func destination(_ row: Row) -> DestinationRecord? {
        guard let state = RunState(rawValue: row["state"]) else { return nil }
        let version: Int64? = row["version"]
        return DestinationRecord(
            name: row["destination"], state: state, version: version.map { Timestamp(seconds: $0) },
            isPartial: row["is_partial"], uploadedBytes: row["uploaded"], storedBytes: row["stored"],
            versions: row["versions"], retries: row["retries"], milliseconds: row["milliseconds"], code: row["code"],
            message: row["message"])
    }
}
