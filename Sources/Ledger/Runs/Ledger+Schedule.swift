internal import GRDB
public import Support

/// What a schedule needs to know, and what it finds out.
extension Ledger {
    /// What is remembered of every job.
    public func scheduleMemory() throws(LedgerError) -> [String: JobMemory] {
        try read { connection in
            var jobs: [String: JobMemory] = [:]
            for row in try Row.fetchAll(connection, sql: "SELECT * FROM job") {
                var memory = JobMemory()
                let decided: Int64? = row["decided"]
                let moments: [Int64?] = [row["started"], row["ended"], row["good"]]
                memory.decided = decided.map { Timestamp(seconds: $0) }
                memory.started = moments[0].map { Timestamp(milliseconds: $0) }
                memory.ended = moments[1].map { Timestamp(milliseconds: $0) }
                memory.good = moments[2].map { Timestamp(milliseconds: $0) }
                memory.endedGood = row["ended_good"] ?? false
                jobs[row["name"]] = memory
            }
            let open = try Row.fetchAll(
                connection, sql: "SELECT * FROM occurrence WHERE state IN ('waiting', 'running') ORDER BY due")
            for row in open {
                let notBefore: Int64? = row["not_before"]
                let state: String = row["state"]
                jobs[row["job"], default: JobMemory()].open.append(
                    JobMemory.Open(
                        due: Timestamp(seconds: row["due"]), isRunning: state == "running", attempts: row["attempts"],
                        notBefore: notBefore.map { Timestamp(seconds: $0) }))
            }
            let ahead = try Row.fetchAll(
                connection,
                sql: "SELECT job, due FROM job JOIN occurrence ON job = name WHERE due > ifnull(job.decided, due)")
            for row in ahead { jobs[row["job"]]?.accounted.insert(row["due"]) }
            return jobs
        }
    }

    /// Keeps what a look at the schedules found out.
    ///
    /// An occurrence that is known already stays as it is, so that nothing is accounted for twice. When something was
    /// missed, there is one event for each job.
    public func keep(_ facts: ScheduleFacts, at now: Timestamp) throws(LedgerError) {
        guard !facts.isEmpty else { return }
        try write { connection in
            for (job, moment) in facts.rewound { try Self.rewind(job, to: moment, connection) }
            for ending in facts.endings {
                try connection.execute(
                    sql: """
                        UPDATE occurrence SET state = ?, reason = ?, not_before = NULL, decided = ?
                        WHERE job = ? AND due = ? AND state = 'waiting'
                        """,
                    arguments: [
                        ending.state.rawValue, ending.reason?.rawValue, now.seconds, ending.job, ending.due.seconds,
                    ])
            }
            for occurrence in facts.occurrences {
                try connection.execute(
                    sql: """
                        INSERT INTO occurrence(job, due, last, count, state, reason, decided) VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """,
                    arguments: [
                        occurrence.job, occurrence.due.seconds, occurrence.last.seconds, occurrence.count,
                        occurrence.state.rawValue, occurrence.reason?.rawValue, now.seconds,
                    ])
            }
            for (job, moment) in facts.decided {
                try connection.execute(
                    sql: "INSERT INTO job(name, decided) VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET decided = ?2",
                    arguments: [job, moment.seconds])
            }
            try Self.tellMissed(facts, at: now, connection)
        }
    }

    /// Strikes out what was missed or skipped after a moment that is still to come, and accounts for it anew.
    private static func rewind(_ job: String, to moment: Timestamp, _ connection: Database) throws {
        // Of moments in one row some may have passed already.
        let start = try Int64.fetchOne(
            connection,
            sql: """
                SELECT min(due) FROM occurrence
                WHERE job = ?1 AND due <= ?2 AND last > ?2 AND state IN ('missed', 'skipped')
                """, arguments: [job, moment.seconds])
        let moment = start.map { $0 - 1 } ?? moment.seconds
        try connection.execute(
            sql: "DELETE FROM occurrence WHERE job = ? AND due > ? AND state IN ('missed', 'skipped')",
            arguments: [job, moment])
        try connection.execute(sql: "UPDATE job SET decided = ? WHERE name = ?", arguments: [moment, job])
    }

    private static func tellMissed(_ facts: ScheduleFacts, at now: Timestamp, _ connection: Database) throws {
        var missed: [String: (count: Int, first: Timestamp, last: Timestamp)] = [:]
        for one in facts.occurrences where one.state == .missed {
            let known = missed[one.job] ?? (0, one.due, one.last)
            missed[one.job] = (known.count + one.count, min(known.first, one.due), max(known.last, one.last))
        }
        for (job, span) in missed.sorted(by: { $0.key < $1.key }) {
            let detail =
                span.count == 1
                ? "The run that was due at \(span.first) did not begin: nobody was there to begin it."
                : "\(span.count) runs that were due from \(span.first) to \(span.last) did not begin: nobody was there "
                    + "to begin them."
            try add(.missed, at: now, job: job, detail: detail, connection)
        }
    }
}
