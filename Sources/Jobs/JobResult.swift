public import Reporting

/// What came of one run of a job.
public struct JobResult: Sendable {
    /// The job's name.
    public let job: String
    /// The run's identifier.
    public let id: RunIdentifier
    /// How the run ended.
    public let outcome: Outcome
    /// What came of each destination that was reached.
    public let destinations: [DestinationResult]
    /// What was told about it.
    public let report: RunReport
    /// Whether those who were to be told have been.
    public let receipts: [ReportReceipt]
    /// What the process returns for it.
    public let exitCode: ExitCode

    /// A result from its parts.
    public init(
        job: String, id: RunIdentifier, outcome: Outcome, destinations: [DestinationResult], report: RunReport,
        receipts: [ReportReceipt], exitCode: ExitCode
    ) {
        self.job = job
        self.id = id
        self.outcome = outcome
        self.destinations = destinations
        self.report = report
        self.receipts = receipts
        self.exitCode = exitCode
    }
}
