public import Configuration
public import Engine
public import Reporting

/// The check that follows a backup.
public struct JobVerification: Sendable {
    /// How thorough it is.
    public let level: VerifyLevel

    /// The check that a job asks for; nil when there is nothing to do.
    /// - Parameters:
    ///   - specification: what the job says.
    ///   - hasChanged: whether the run stored or deleted anything.
    public init?(_ specification: VerificationSpecification, hasChanged: Bool) {
        guard hasChanged || specification.occasion == .always else { return nil }
        switch specification.amount {
        case .off: return nil
        case .sets(let sets): level = .sample(.sets(sets))
        case .percent(let share): level = .sample(.percent(share))
        }
    }

    /// Reads back and checks what is next in turn.
    /// - Parameters:
    ///   - session: the store, with the catalog as the run left it.
    ///   - problems: gets every fault.
    ///   - listsAnew: whether the store has changed since the session was opened.
    /// - Returns: what was found.
    /// - Throws: what keeps the destination or the catalog from being read.
    public func run(
        _ session: StoreSession, problems: ProblemLog, listsAnew: Bool
    ) throws(EngineError) -> VerifySummary {
        try VerifyRun(level, session: session, problems: problems, listsAnew: listsAnew).run()
    }
}

extension RunReport.Destination.Verification {
    /// What a check found, in the words of a report.
    public init(_ summary: VerifySummary) {
        var faults: [String: Int64] = [:]
        for fault in summary.faults { faults[fault.kind.rawValue, default: 0] += 1 }
        self.init(
            level: summary.level.name, sampled: Int64(summary.objects), failed: Int64(summary.faultyObjects),
            blocks: Int64(summary.blocks), bytes: summary.bytesFetched, archived: Int64(summary.archived),
            faults: faults)
    }
}
