internal import GRDB
public import Support

/// How old the newest good versions are.
extension Ledger {
    /// How every job stands at every destination that it is known to go to, or went to once.
    public func freshness() throws(LedgerError) -> [Freshness] {
        try read { connection in
            var counts: [String: [RunState: Int]] = [:]
            for row in try Row.fetchAll(connection, sql: "SELECT * FROM tally") {
                guard let state = RunState(rawValue: row["state"]) else { continue }
                counts[Self.key(row), default: [:]][state] = row["count"]
            }
            return try Row.fetchAll(connection, sql: "SELECT * FROM freshness ORDER BY job, destination").map { row in
                let version: Int64? = row["version"]
                let overdue: Int64? = row["overdue"]
                let good: Int64? = row["good"]
                let last: Int64? = row["last"]
                let state: String? = row["last_state"]
                return Freshness(
                    job: row["job"], destination: row["destination"], known: Timestamp(milliseconds: row["known"]),
                    good: good.map { Timestamp(milliseconds: $0) }, goodRun: row["good_run"],
                    version: version.map { Timestamp(seconds: $0) }, last: last.map { Timestamp(milliseconds: $0) },
                    lastRun: row["last_run"], lastState: state.flatMap { RunState(rawValue: $0) },
                    overdue: overdue.map { Timestamp(seconds: $0) }, uploadedBytes: row["uploaded"],
                    counts: counts[Self.key(row)] ?? [:])
            }
        }
    }

    private static func key(_ row: Row) -> String { "\(row["job"] as String)\n\(row["destination"] as String)" }

    /// Compares ages with what is expected; each change from good to overdue, or back, becomes one event.
    ///
    /// A job that is new is known from now on: it has as long as a version may become old to make its first.
    /// - Returns: how many events there are.
    @discardableResult
    public func judge(_ objectives: [Objective], at now: Timestamp) throws(LedgerError) -> Int {
        var known: [String: Freshness] = [:]
        for one in try freshness() { known["\(one.job)\n\(one.destination)"] = one }
        var new: [Objective] = []
        var changed: [(Objective, Freshness)] = []
        for objective in objectives {
            guard let fresh = known["\(objective.job)\n\(objective.destination)"] else {
                new.append(objective)
                continue
            }
            let isLate = objective.recoveryPoint.map { fresh.age(at: now) > $0 } ?? false
            if isLate != (fresh.overdue != nil) { changed.append((objective, fresh)) }
        }
        guard !new.isEmpty || !changed.isEmpty else { return 0 }
        try write { connection in
            for objective in new {
                try connection.execute(
                    sql: "INSERT OR IGNORE INTO freshness(job, destination, known) VALUES (?, ?, ?)",
                    arguments: [objective.job, objective.destination, now.milliseconds])
            }
            for (objective, fresh) in changed { try Self.turn(objective, fresh, at: now, connection) }
        }
        return changed.count
    }

    private static func turn(
        _ objective: Objective, _ fresh: Freshness, at now: Timestamp, _ connection: Database
    ) throws {
        let isLate = fresh.overdue == nil
        try connection.execute(
            sql: "UPDATE freshness SET overdue = ? WHERE job = ? AND destination = ?",
            arguments: [isLate ? now.seconds : nil, objective.job, objective.destination])
        // Who no longer asks for anything needs no good news.
        guard let limit = objective.recoveryPoint else { return }
        let detail =
            if !isLate {
                "There is a good version at \(objective.destination) again."
            } else if let good = fresh.good {
                "The newest good version at \(objective.destination) is of \(Timestamp(seconds: good.seconds)), "
                    + "older than the \(limit) seconds that it may be."
            } else {
                "There is no good version at \(objective.destination), \(fresh.age(at: now)) seconds after the job "
                    + "was first seen."
            }
        try add(
            isLate ? .overdue : .recovered, at: now, Duty(objective.job), destination: objective.destination,
            run: isLate ? nil : fresh.goodRun, detail: detail, connection)
    }
}
