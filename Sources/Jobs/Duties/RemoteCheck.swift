internal import Configuration
internal import Engine
internal import Ledger
internal import Scheduler
internal import Support

/// What one check of `verify.remote` examines.
struct RemoteCheck {
    private let specification: RemoteVerification
    private let rules: JobRules?

    /// More checks than this within a cycle share it as if they were no more.
    private static let mostTurns = 10_000

    /// The checks of a job; `nil` when it asks for none.
    init?(_ job: JobSpecification, in configuration: Configuration) {
        guard let remote = job.verification.remote else { return nil }
        specification = remote
        rules = JobRules.all(job, in: configuration).first { $0.kind == .verify }
    }

    /// What is examined by a check that begins now.
    ///
    /// With a `full_cycle` it is the share that the checks within that time need, and more where some did not take place.
    func level(at now: Timestamp) -> VerifyLevel {
        guard let cycle = specification.fullCycle?.fixedSeconds else {
            return switch specification.amount {
            case nil: .sample(.percent(5))
            case .off: .listing
            case .sets(let sets): .sample(.sets(sets))
            case .percent(let share): .sample(.percent(share))
            }
        }
        let end = Timestamp(seconds: now.seconds + cycle)
        var moments: [Timestamp] = []
        while moments.count < Self.mostTurns, let next = rules?.next(after: moments.last ?? now), next <= end {
            moments.append(next)
        }
        // What would be older than the cycle by the next check has its turn in this one.
        let deadline = rules?.next(after: now).map { Timestamp(seconds: $0.seconds - cycle) }
        let sample: VerifySample? =
            switch specification.amount {
            case nil, .off: nil
            case .sets(let sets): .sets(sets)
            case .percent(let share): .percent(share)
            }
        return .turn(VerifyTurn(turns: moments.count, deadline: deadline, sample: sample))
    }
}
