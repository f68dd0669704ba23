internal import GRDB
public import Support

/// A version that is not as versions of its job are expected to be, until somebody has looked at it.
///
/// As long as there is one, nothing is deleted of the job's stores.
public struct Quarantine: Sendable, Hashable {
    /// The job.
    public let job: String
    /// The destination that the version is at.
    public let destination: String
    /// The run that made it.
    public let run: String
    /// The version; `nil` when the run made none, since nothing had changed.
    public let version: Timestamp?
    /// When it was made.
    public let since: Timestamp
    /// What is not as expected, a sentence each, without secrets.
    public let findings: [String]

    /// A quarantine from its parts.
    public init(
        job: String, destination: String, run: String, version: Timestamp?, since: Timestamp, findings: [String]
    ) {
        self.job = job
        self.destination = destination
        self.run = run
        self.version = version
        self.since = since
        self.findings = findings
    }
}

/// What somebody said to a quarantine.
public struct Acknowledgement: Sendable, Hashable {
    /// What was looked at.
    public let quarantine: Quarantine
    /// When.
    public let time: Timestamp
    /// Why it is all right, in somebody's words.
    public let reason: String?
}

extension LedgerStep {
    static let quarantine = LedgerStep(
        "quarantine",
        sql: """
            CREATE TABLE quarantine (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                job TEXT NOT NULL,
                destination TEXT NOT NULL,
                run TEXT NOT NULL,
                version INTEGER,
                since INTEGER NOT NULL,
                findings TEXT NOT NULL,
                acknowledged INTEGER,
                reason TEXT
            ) STRICT;
            CREATE INDEX quarantine_open ON quarantine(job) WHERE acknowledged IS NULL;
            """)
}

extension Ledger {
    /// Puts a version into quarantine.
    public func quarantine(_ quarantine: Quarantine) throws(LedgerError) {
        try write {
            try $0.execute(
                sql: """
                    INSERT INTO quarantine (job, destination, run, version, since, findings)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    quarantine.job, quarantine.destination, quarantine.run, quarantine.version?.seconds,
                    quarantine.since.seconds, quarantine.findings.joined(separator: "\n"),
                ])
        }
    }

    /// The quarantines that nobody has acknowledged, the oldest first.
    /// - Parameter job: only those of this job; all when nil.
    /// - Returns: the quarantines.
    /// - Throws: `LedgerError`.
    public func quarantines(of job: String? = nil) throws(LedgerError) -> [Quarantine] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM quarantine WHERE acknowledged IS NULL AND (?1 IS NULL OR job = ?1) ORDER BY id
                    """, arguments: [job]
            ).map { Quarantine($0) }
        }
    }

    /// The jobs of which nothing is deleted, since a version of theirs is in quarantine; sorted.
    public func quarantinedJobs() throws(LedgerError) -> [String] {
        try read {
            try String.fetchAll(
                $0, sql: "SELECT DISTINCT job FROM quarantine WHERE acknowledged IS NULL ORDER BY job")
        }
    }

    /// Ends the quarantines of a job: somebody has looked at its versions.
    /// - Parameters:
    ///   - job: the job.
    ///   - reason: why it is all right; kept with them.
    ///   - time: now.
    /// - Returns: what was in quarantine.
    /// - Throws: `LedgerError`.
    @discardableResult
    public func acknowledge(
        _ job: String, reason: String?, at time: Timestamp
    ) throws(LedgerError) -> [Quarantine] {
        try write { database in
            let open = try Row.fetchAll(
                database, sql: "SELECT * FROM quarantine WHERE acknowledged IS NULL AND job = ? ORDER BY id",
                arguments: [job]
            ).map { Quarantine($0) }
            try database.execute(
                sql: "UPDATE quarantine SET acknowledged = ?, reason = ? WHERE acknowledged IS NULL AND job = ?",
                arguments: [time.seconds, reason, job])
            return open
        }
    }

    /// What was acknowledged for a job, the newest first.
    public func acknowledgements(of job: String) throws(LedgerError) -> [Acknowledgement] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM quarantine WHERE acknowledged IS NOT NULL AND job = ? ORDER BY id DESC",
                arguments: [job]
            ).map { row in
                Acknowledgement(
                    quarantine: Quarantine(row), time: Timestamp(seconds: row["acknowledged"]), reason: row["reason"])
            }
        }
    }
}

extension Quarantine {
    fileprivate init(_ row: Row) {
        let findings: String = row["findings"]
        let version: Int64? = row["version"]
        self.init(
            job: row["job"], destination: row["destination"], run: row["run"],
            version: version.map { Timestamp(seconds: $0) }, since: Timestamp(seconds: row["since"]),
            findings: findings.split(separator: "\n").map(String.init))
    }
}
