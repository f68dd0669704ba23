internal import Configuration
internal import Engine
internal import Ledger
internal import Secrets
internal import Support

/// What follows for a run when a version is not as expected.
struct RunGuards {
    private let job: JobSpecification
    private let id: RunIdentifier
    private let context: RunContext
    /// What was seen before anything was read, and puts the version into quarantine.
    private let seenBefore: [Violation]

    init(_ job: JobSpecification, _ id: RunIdentifier, _ context: RunContext, _ seenBefore: [Violation]) {
        self.job = job
        self.id = id
        self.context = context
        self.seenBefore = seenBefore
    }

    /// Looks at what a backup found, before anything is deleted for it.
    /// - Returns: what puts the version into quarantine, which it is in by now.
    /// - Throws: `LedgerError` when that cannot be written down; then nothing must be deleted either.
    func judge(
        _ summary: BackupSummary, destination: String, _ job: JobSpecification, _ problems: ProblemLog
    ) throws -> [Violation] {
        let found = summary.findings.map { job.violation($0) }
        for violation in found where violation.consequence == .warn {
            problems.add(Problem(.unexpected, violation.source, violation.message))
        }
        let violations = seenBefore + found.filter { $0.consequence == .quarantine }
        guard !violations.isEmpty else { return [] }
        try context.ledger.quarantine(
            Quarantine(
                job: job.name, destination: destination, run: id.description, version: summary.version,
                since: Timestamp(seconds: context.now().seconds),
                findings: violations.map { context.secrets.mask.apply(to: $0.description) }))
        return violations
    }
}

extension Failure {
    /// Sources that are not as expected, seen before anything was read.
    init(unexpected violations: [Violation]) {
        let findings = violations.map { $0.description }.joined(separator: "; ")
        self.init(
            .expectation, .refused,
            "The sources are not as expected: \(findings). Nothing was read, no version was made, and none was deleted. "
                + "Look at the sources; when they are right, change the job.")
    }

    /// A version that is in quarantine; `nil` when nothing speaks against it.
    init?(quarantined violations: [Violation], job: String) {
        guard !violations.isEmpty else { return nil }
        let findings = violations.map { $0.description }.joined(separator: "; ")
        self.init(
            .quarantine, .refused,
            "The version was stored, but it is not as expected: \(findings). It is in quarantine: no version of this job "
                + "is deleted and nothing is compacted until somebody has looked at it. `dunnage diff \(job)` shows what "
                + "has changed; `dunnage ack \(job)` ends the quarantine.")
    }
}
