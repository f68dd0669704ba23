public import Configuration
public import Ledger
public import Reporting
internal import Support

/// Tells of a changed configuration that a service has taken over, or has not.
///
/// It goes to the receivers of the configuration that holds, whichever job they belong to.
public struct ConfigurationReports: Sendable {
    private let context: RunContext

    /// Reports to the receivers of a configuration.
    public init(in context: RunContext) { self.context = context }

    /// Puts a report of a configuration that was not taken over into the outbox, for whoever hears of failures or of the
    /// configuration.
    /// - Throws: when the ledger cannot be used.
    public func refused(_ problems: [RunReport.Problem]) throws(LedgerError) {
        try tell(.failure, problems, to: [.failure, .configChanged], exitCode: .configuration)
    }

    /// Puts a report of a configuration that holds now into the outbox, for whoever hears of the configuration.
    /// - Throws: when the ledger cannot be used.
    public func changed() throws(LedgerError) { try tell(.success, [], to: [.configChanged], exitCode: .success) }

    private func tell(
        _ result: RunReport.Result, _ problems: [RunReport.Problem], to events: Set<ReportSpecification.Event>,
        exitCode: ExitCode
    ) throws(LedgerError) {
        let now = context.now()
        let report = RunReport(
            instance: .init(name: context.configuration.instance, version: ProgramVersion.current),
            run: .init(
                id: RunIdentifier(at: now).description, trigger: .api, started: now, finished: now, result: result,
                exitCode: exitCode.rawValue),
            configuration: .init(hash: context.configuration.hash, overrides: context.configuration.overrides),
            problems: problems, event: .configChanged)
        let receivers = context.configuration.reports.values.filter { !$0.events.isDisjoint(with: events) }
        try ReportDelivery(in: context).enqueue(report, to: receivers.sorted { $0.name < $1.name })
    }
}

extension RunReport.Problem {
    /// What is wrong with a configuration.
    public init(_ diagnostic: Diagnostic) {
        self.init(
            code: diagnostic.code.rawValue, severity: diagnostic.severity == .error ? .error : .warning,
            message: "\(diagnostic.place): \(diagnostic.message)")
    }
}
