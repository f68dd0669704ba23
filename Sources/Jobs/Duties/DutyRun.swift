public import Configuration
public import Ledger

/// One run of whatever a schedule asks a job for.
public struct DutyRun: Sendable {
    private let job: JobSpecification
    private let kind: RunKind
    private let context: RunContext

    /// A run, not yet begun.
    public init(_ job: JobSpecification, _ kind: RunKind, in context: RunContext) {
        self.job = job
        self.kind = kind
        self.context = context
    }

    /// Runs to the end and sends the reports; blocks the calling thread.
    public func run() -> JobResult {
        switch kind {
        case .backup: JobRun(job, in: context).run()
        case .verify: VerificationRun(job, in: context).run()
        }
    }
}
