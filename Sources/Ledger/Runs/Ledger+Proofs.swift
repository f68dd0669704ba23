internal import GRDB
public import Support

/// When it was last proven that what a job has stored can be read.
public struct Proof: Sendable, Hashable {
    /// The job.
    public var job: String
    /// When that was; nil for never.
    public var last: Timestamp?
    /// Since when a proof is waited for where there is none.
    public var known: Timestamp
    /// Since when the last one is older than it may be; nil while it is not.
    public var overdue: Timestamp?

    /// How old the last one is, in seconds; where there is none, how long one is waited for.
    public func age(at now: Timestamp) -> Int64 { max(0, now.seconds - (last ?? known).seconds) }
}

/// How old the last proof of a job may become.
public struct ProofObjective: Sendable, Hashable {
    /// The job.
    public var job: String
    /// Its destinations.
    public var destinations: [String]
    /// What of it has a schedule and counts.
    ///
    /// Without any, whatever else reads objects back does.
    public var kinds: [RunKind]
    /// How old it may become, in seconds; nil for any age.
    public var within: Int64?

    /// How old the last proof of a job may become.
    public init(job: String, destinations: [String], kinds: [RunKind], within: Int64?) {
        self.job = job
        self.destinations = destinations
        self.kinds = kinds
        self.within = within
    }
}

extension LedgerStep {
    static let proofs = LedgerStep(
        "proofs",
        sql: """
            CREATE TABLE proof (
                job TEXT NOT NULL PRIMARY KEY,
                known INTEGER NOT NULL,
                overdue INTEGER
            ) STRICT;
            """)
}

extension Ledger {
    /// How old the last proofs are, of those jobs that are known since ``judge(proofs:at:)``.
    /// - Parameter objectives: the jobs, and what counts.
    /// - Returns: a proof of each that is known.
    /// - Throws: `LedgerError`.
    public func proofs(_ objectives: [ProofObjective]) throws(LedgerError) -> [Proof] {
        let memory = try scheduleMemory()
        let verifications = try verifications()
        return try read { connection in
            try objectives.compactMap { objective in
                guard
                    let row = try Row.fetchOne(
                        connection, sql: "SELECT known, overdue FROM proof WHERE job = ?", arguments: [objective.job])
                else { return nil }
                let overdue: Int64? = row["overdue"]
                return Proof(
                    job: objective.job, last: Self.last(objective, memory, verifications),
                    known: Timestamp(seconds: row["known"]), overdue: overdue.map { Timestamp(seconds: $0) })
            }
        }
    }

    private static func last(
        _ objective: ProofObjective, _ memory: [Duty: JobMemory], _ verifications: [StoreVerification]
    ) -> Timestamp? {
        guard objective.kinds.isEmpty else {
            return objective.kinds.compactMap { memory[Duty(objective.job, $0)]?.good }.max()
        }
        let good = objective.destinations.map { name in
            verifications.first { $0.job == objective.job && $0.destination == name }?.good
        }
        // A store that nobody has read is proven by none of the others.
        return good.contains(nil) ? nil : good.compactMap(\.self).min()
    }

    /// Compares the ages of proofs with what is expected; each change from good to overdue, or back, becomes one event.
    ///
    /// A job that is new is known from now on: it has as long as a proof may become old to bring its first.
    /// - Returns: how many events there are.
    @discardableResult
    public func judge(proofs objectives: [ProofObjective], at now: Timestamp) throws(LedgerError) -> Int {
        let known = Dictionary(try proofs(objectives).map { ($0.job, $0) }) { $1 }
        let new = objectives.filter { $0.within != nil && known[$0.job] == nil }
        let changed = objectives.compactMap { objective -> (ProofObjective, Proof)? in
            guard let proof = known[objective.job] else { return nil }
            let isLate = objective.within.map { proof.age(at: now) > $0 } ?? false
            return isLate == (proof.overdue != nil) ? nil : (objective, proof)
        }
        guard !new.isEmpty || !changed.isEmpty else { return 0 }
        try write { connection in
            for objective in new {
                try connection.execute(
                    sql: "INSERT OR IGNORE INTO proof(job, known) VALUES (?, ?)",
                    arguments: [objective.job, now.seconds])
            }
            for (objective, proof) in changed { try Self.turn(objective, proof, at: now, connection) }
        }
        return changed.count
    }

    private static func turn(
        _ objective: ProofObjective, _ proof: Proof, at now: Timestamp, _ connection: Database
    ) throws {
        let isLate = proof.overdue == nil
        try connection.execute(
            sql: "UPDATE proof SET overdue = ? WHERE job = ?", arguments: [isLate ? now.seconds : nil, objective.job])
        // Who no longer asks for anything needs no good news.
        guard let limit = objective.within else { return }
        let detail =
            if !isLate {
                "What is stored was read back again, and is good."
            } else if let last = proof.last {
                "What is stored was last proven good at \(Timestamp(seconds: last.seconds)), longer ago than the "
                    + "\(limit) seconds that may pass."
            } else {
                "What is stored was never proven good, \(proof.age(at: now)) seconds after that was first asked for."
            }
        try add(isLate ? .overdue : .recovered, at: now, Duty(objective.job, .verify), detail: detail, connection)
    }
}
