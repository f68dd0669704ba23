internal import GRDB
public import Support

/// What a schedule needs to know, and what it finds out.
extension Ledger {
    /// What is remembered of every duty.
    public func scheduleMemory() throws(LedgerError) -> [Duty: JobMemory] {
        try read { connection in
            var duties: [Duty: JobMemory] = [:]
            for row in try Row.fetchAll(connection, sql: "SELECT * FROM duty") {
                guard let duty = Self.duty(row) else { continue }
                var memory = JobMemory()
                let decided: Int64? = row["decided"]
                let moments: [Int64?] = [row["started"], row["ended"], row["good"]]
                memory.decided = decided.map { Timestamp(seconds: $0) }
                memory.started = moments[0].map { Timestamp(milliseconds: $0) }
                memory.ended = moments[1].map { Timestamp(milliseconds: $0) }
                memory.good = moments[2].map { Timestamp(milliseconds: $0) }
                memory.endedGood = row["ended_good"] ?? false
                duties[duty] = memory
            }
            let open = try Row.fetchAll(
                connection, sql: "SELECT * FROM occurrence WHERE state IN ('waiting', 'running') ORDER BY due")
            for row in open {
                guard let duty = Self.duty(row) else { continue }
                let notBefore: Int64? = row["not_before"]
                let state: String = row["state"]
                duties[duty, default: JobMemory()].open.append(
                    JobMemory.Open(
                        due: Timestamp(seconds: row["due"]), isRunning: state == "running", attempts: row["attempts"],
                        notBefore: notBefore.map { Timestamp(seconds: $0) }))
            }
            let ahead = try Row.fetchAll(
                connection,
                sql: """
                    SELECT job, kind, due FROM duty JOIN occurrence USING (job, kind)
                    WHERE due > ifnull(duty.decided, due)
                    """)
            for row in ahead {
                if let duty = Self.duty(row) { duties[duty]?.accounted.insert(row["due"]) }
            }
            return duties
        }
    }

    /// The duty that a row is about; nil for one that this program does not know.
    private static func duty(_ row: Row) -> Duty? {
        RunKind(rawValue: row["kind"]).map { Duty(row["job"], $0) }
    }

    /// Keeps what a look at the schedules found out.
    ///
    /// An occurrence that is known already stays as it is, so that nothing is accounted for twice. When something was
    /// missed, there is one event for each duty.
    public func keep(_ facts: ScheduleFacts, at now: Timestamp) throws(LedgerError) {
        guard !facts.isEmpty else { return }
        try write { connection in
            for (duty, moment) in facts.rewound { try Self.rewind(duty, to: moment, connection) }
            for ending in facts.endings {
                try connection.execute(
                    sql: """
                        UPDATE occurrence SET state = ?, reason = ?, not_before = NULL, decided = ?
                        WHERE job = ? AND kind = ? AND due = ? AND state = 'waiting'
                        """,
                    arguments: [
                        ending.state.rawValue, ending.reason?.rawValue, now.seconds, ending.duty.job,
                        ending.duty.kind.rawValue, ending.due.seconds,
                    ])
            }
            for occurrence in facts.occurrences {
                try connection.execute(
                    sql: """
                        INSERT INTO occurrence(job, kind, due, last, count, state, reason, decided)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        occurrence.job, occurrence.kind.rawValue, occurrence.due.seconds, occurrence.last.seconds,
                        occurrence.count, occurrence.state.rawValue, occurrence.reason?.rawValue, now.seconds,
                    ])
            }
            for (duty, moment) in facts.decided {
                try connection.execute(
                    sql: """
                        INSERT INTO duty(job, kind, decided) VALUES (?1, ?2, ?3)
                        ON CONFLICT(job, kind) DO UPDATE SET decided = ?3
                        """, arguments: [duty.job, duty.kind.rawValue, moment.seconds])
            }
            try Self.tellMissed(facts, at: now, connection)
        }
    }

    /// Strikes out what was missed or skipped after a moment that is still to come, and accounts for it anew.
    private static func rewind(_ duty: Duty, to moment: Timestamp, _ connection: Database) throws {
        // Of moments in one row some may have passed already.
        let start = try Int64.fetchOne(
            connection,
            sql: """
                SELECT min(due) FROM occurrence
                WHERE job = ?1 AND kind = ?2 AND due <= ?3 AND last > ?3 AND state IN ('missed', 'skipped')
                """, arguments: [duty.job, duty.kind.rawValue, moment.seconds])
        let moment = start.map { $0 - 1 } ?? moment.seconds
        try connection.execute(
            sql: "DELETE FROM occurrence WHERE job = ? AND kind = ? AND due > ? AND state IN ('missed', 'skipped')",
            arguments: [duty.job, duty.kind.rawValue, moment])
        try connection.execute(
            sql: "UPDATE duty SET decided = ? WHERE job = ? AND kind = ?",
            arguments: [moment, duty.job, duty.kind.rawValue])
    }

    private static func tellMissed(_ facts: ScheduleFacts, at now: Timestamp, _ connection: Database) throws {
        var missed: [Duty: (count: Int, first: Timestamp, last: Timestamp)] = [:]
        for one in facts.occurrences where one.state == .missed {
            let known = missed[one.duty] ?? (0, one.due, one.last)
            missed[one.duty] = (known.count + one.count, min(known.first, one.due), max(known.last, one.last))
        }
        for (duty, span) in missed.sorted(by: { $0.key < $1.key }) {
            let noun = duty.kind == .backup ? "run" : duty.kind.noun
            let detail =
                span.count == 1
                ? "The \(noun) that was due at \(span.first) did not begin: nobody was there to begin it."
                : "\(span.count) \(noun)s that were due from \(span.first) to \(span.last) did not begin: nobody was there "
                    + "to begin them."
            try add(.missed, at: now, duty, detail: detail, connection)
        }
    }
}
