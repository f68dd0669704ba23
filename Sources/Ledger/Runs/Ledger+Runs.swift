internal import GRDB
internal import Glibc
public import Support

/// Runs: written down before they begin, and completed in one transaction at their end.
extension Ledger {
    /// Writes down that a run begins; its occurrence is at work from now on.
    /// - Throws: `LedgerError`; then the run must not begin.
    public func begin(_ run: RunStart) throws(LedgerError) {
        let runner = try presence.name()
        try write { connection in
            try connection.execute(
                sql: """
                    INSERT INTO run(
                        id, job, kind, trigger, due, attempt, started, state, configuration, runner, process,
                        warnings)
                    VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, 0)
                    """,
                arguments: [
                    run.id, run.job, run.kind.rawValue, run.trigger.rawValue, run.due?.seconds, run.attempt,
                    run.started.milliseconds, run.configuration, runner, Int(getpid()),
                ])
            if let due = run.due {
                try connection.execute(
                    sql: """
                        INSERT INTO occurrence(job, kind, due, last, count, state, run, attempts, decided)
                        VALUES (?1, ?6, ?2, ?2, 1, 'running', ?3, ?4, ?5)
                        ON CONFLICT(job, kind, due) DO UPDATE SET
                            state = 'running', reason = NULL, run = ?3, attempts = ?4, not_before = NULL
                        """,
                    arguments: [
                        run.job, due.seconds, run.id, run.attempt, run.started.seconds, run.kind.rawValue,
                    ])
            }
            try connection.execute(
                sql: """
                    INSERT INTO duty(job, kind, started) VALUES (?1, ?2, ?3)
                    ON CONFLICT(job, kind) DO UPDATE SET started = ?3
                    """, arguments: [run.job, run.kind.rawValue, run.started.milliseconds])
        }
    }

    /// Completes a run, with what came of its destinations and of its occurrence; one that has ended stays as it is.
    public func finish(_ id: String, _ end: RunEnd) throws(LedgerError) {
        try write { try Self.finish(id, end, $0) }
    }

    static func finish(_ id: String, _ end: RunEnd, _ connection: Database) throws {
        guard
            let row = try Row.fetchOne(
                connection, sql: "SELECT job, kind, due, started FROM run WHERE id = ? AND state = 'running'",
                arguments: [id])
        else { return }
        let job: String = row["job"]
        let kind: String = row["kind"]
        let due: Int64? = row["due"]
        let started: Int64 = row["started"]
        try connection.execute(
            sql: """
                UPDATE run SET finished = ?, state = ?, reason = ?, exit_code = ?, code = ?, message = ?, files = ?,
                    bytes = ?, warnings = ? WHERE id = ?
                """,
            arguments: [
                end.finished.milliseconds, end.state.rawValue, end.reason, end.exitCode, end.code, end.message,
                end.files, end.bytes, end.warnings, id,
            ])
        for destination in end.destinations {
            try keep(destination, of: id, connection)
            // What is read back makes no version, and what fails there leaves the newest one as it is.
            guard kind == RunKind.backup.rawValue else { continue }
            try keepAge(destination, of: id, job, started, end.finished, connection)
        }
        try connection.execute(
            sql: """
                INSERT INTO duty(job, kind, ended, ended_good, good) VALUES (?1, ?5, ?2, ?3, ?4)
                ON CONFLICT(job, kind) DO UPDATE SET ended = ?2, ended_good = ?3, good = ifnull(?4, good)
                """,
            arguments: [
                job, end.finished.milliseconds, end.state.isGood, end.state.isGood ? end.finished.milliseconds : nil,
                kind,
            ])
        guard let due else { return }
        let state: Occurrence.State = end.again == nil ? Occurrence.State(end.state) : .waiting
        try connection.execute(
            sql: "UPDATE occurrence SET state = ?, not_before = ? WHERE job = ? AND kind = ? AND due = ? AND run = ?",
            arguments: [state.rawValue, end.again?.seconds, job, kind, due, id])
    }

    private static func keep(_ result: DestinationRecord, of id: String, _ connection: Database) throws {
        try connection.execute(
            sql: "INSERT OR REPLACE INTO run_destination VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, result.name, result.state.rawValue, result.version?.seconds, result.isPartial,
                result.uploadedBytes, result.storedBytes, result.versions, result.retries, result.milliseconds,
                result.code, result.message,
            ])
    }

    /// What a backup says of the age of the newest version at a destination.
    private static func keepAge(
        _ result: DestinationRecord, of id: String, _ job: String, _ started: Int64, _ finished: Timestamp,
        _ connection: Database
    ) throws {
        // What the sources had at the beginning of the run is what its version has at least.
        try connection.execute(
            sql: """
                INSERT INTO freshness(job, destination, known, good, good_run, version, last, last_run, last_state, uploaded)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT(job, destination) DO UPDATE SET
                    good = ifnull(?4, good), good_run = ifnull(?5, good_run), version = ifnull(?6, version),
                    last = ?7, last_run = ?8, last_state = ?9, uploaded = uploaded + ?10
                """,
            arguments: [
                job, result.name, started, result.isGood ? started : nil, result.isGood ? id : nil,
                result.isGood ? result.version?.seconds : nil, finished.milliseconds, id, result.state.rawValue,
                result.uploadedBytes,
            ])
        try connection.execute(
            sql: """
                INSERT INTO tally(job, destination, state, count) VALUES (?, ?, ?, 1)
                ON CONFLICT(job, destination, state) DO UPDATE SET count = count + 1
                """,
            arguments: [job, result.name, result.state.rawValue])
    }

    /// Ends the runs whose process died, with one event each.
    /// - Parameter now: the moment that counts as their end.
    /// - Returns: those runs.
    /// - Throws: `LedgerError` when the ledger cannot be used.
    public func endAbandonedRuns(at now: Timestamp) throws(LedgerError) -> [RunRecord] {
        let abandoned = try read { connection in
            try Row.fetchAll(connection, sql: "SELECT id, runner FROM run WHERE state = 'running'")
                .map { (id: $0["id"] as String, runner: $0["runner"] as String) }
        }.filter { !presence.isAlive($0.runner) }
        presence.sweep()
        guard !abandoned.isEmpty else { return [] }
        return try write { connection in
            var ended: [RunRecord] = []
            for (id, _) in abandoned {
                guard let kind = try Self.record(id, connection)?.start.kind else { continue }
                let message =
                    kind == .backup
                    ? "The process ended before the run did. The next run takes over what it had stored."
                    : "The process ended before the \(kind.noun) did. It is done again when it is due next."
                try Self.finish(
                    id,
                    RunEnd(
                        finished: now, state: .interrupted, reason: "died", exitCode: 1, code: "E315",
                        message: message), connection)
                guard let run = try Self.record(id, connection) else { continue }
                try Self.add(
                    .interrupted, at: now, Duty(run.start.job, run.start.kind), run: id, detail: message, connection)
                ended.append(run)
            }
            return ended
        }
    }

    /// The jobs that a process which lives is at work on.
    public func runningJobs() throws(LedgerError) -> [String: ActiveRun] {
        let rows = try read { connection in
            try Row.fetchAll(connection, sql: "SELECT job, kind, runner, process FROM run WHERE state = 'running'")
                .map { row in
                    (
                        job: row["job"] as String, runner: row["runner"] as String,
                        run: ActiveRun(
                            kind: RunKind(rawValue: row["kind"]) ?? .backup, process: row["process"] as Int)
                    )
                }
        }
        var jobs: [String: ActiveRun] = [:]
        for row in rows where presence.isAlive(row.runner) { jobs[row.job] = row.run }
        return jobs
    }
}

extension Timestamp {
    /// Milliseconds since 1970.
    var milliseconds: Int64 { seconds * 1000 + Int64(nanoseconds) / 1_000_000 }

    /// The moment that many milliseconds after 1970.
    init(milliseconds: Int64) {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let borrow: Int64 = remainder < 0 ? 1 : 0
        self.init(seconds: quotient - borrow, nanoseconds: Int32((remainder + borrow * 1000) * 1_000_000))
    }
}
