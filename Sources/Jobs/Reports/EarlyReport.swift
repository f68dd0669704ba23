public import Configuration
public import Ledger
public import Logging
public import Reporting
public import Secrets
public import Support
public import Transport

/// The report about a run that could not begin because its configuration is invalid.
///
/// Which job should have run is nobody's guess, so it goes to every receiver that can be made out: the mistake mostly
/// is elsewhere in the file.
public struct EarlyReport: Sendable {
    private let error: InvalidConfiguration
    private let readable: Configuration?
    private let secrets: SecretStore

    /// A report to those receivers that could be read.
    /// - Parameters:
    ///   - error: what is wrong with the configuration.
    ///   - receivers: what can be used of it, as `ConfigurationReading.receivers()` has it.
    ///   - environment: the variables of the process.
    ///   - mask: learns the secrets.
    public init(
        _ error: InvalidConfiguration, receivers: Configuration?, environment: [String: String], mask: SecretMask
    ) {
        self.error = error
        readable = receivers
        secrets = SecretStore(sources: readable?.secrets ?? [:], environment: environment, mask: mask)
    }

    /// Sends the report to every receiver that could be read; blocks the calling thread.
    ///
    /// It waits in the ledger when it cannot be delivered at once; without one it is in memory, and so for as long as the
    /// policy says.
    /// - Returns: what came of it, for each receiver.
    @discardableResult
    public func send(
        ledger: Ledger? = nil, logger: Logger, transport: Transport = Transport(version: ProgramVersion.current),
        policy: DeliveryPolicy = DeliveryPolicy(), now: Timestamp = .now()
    ) -> [ReportReceipt] {
        guard let readable, !readable.reports.isEmpty else { return [] }
        let wanted: Set<ReportSpecification.Event> = [.failure, .configChanged]
        let receivers = readable.reports.values.filter { !$0.events.isDisjoint(with: wanted) }.sorted {
            $0.name < $1.name
        }
        do throws(LedgerError) {
            let memory = ledger == nil ? try Ledger(path: nil) : nil
            guard let ledger = ledger ?? memory else { return [] }
            let delivery = ReportDelivery(
                ledger: ledger, configuration: readable, secrets: secrets,
                transport: transport, policy: policy, logger: logger)
            return delivery.send(report(at: now), to: receivers)
        } catch {
            logger.error("reports not kept", metadata: ["error": "\(error)"])
            return receivers.map { .init(receiver: $0.name, isDelivered: false, detail: "\(error)") }
        }
    }

    private func report(at now: Timestamp) -> RunReport {
        RunReport(
            instance: .init(name: readable?.instance ?? "dunnage", version: ProgramVersion.current),
            run: .init(
                id: RunIdentifier(at: now).description, trigger: .manual, started: now, finished: now,
                result: .failure, exitCode: ExitCode.configuration.rawValue),
            problems: error.diagnostics.map { RunReport.Problem($0) })
    }

    /// The ledger that such a report can wait in: that of the state folder that the configuration names.
    ///
    /// Which the usual folder is meant for is not known when the file cannot be read as a whole.
    /// - Returns: nil where none is named, or it cannot be used, which is logged.
    public func ledger(_ environment: [String: String], logger: Logger) -> Ledger? {
        guard let runtime = readable?.runtime, !runtime.isStateless, let folder = runtime.stateDirectory else {
            return nil
        }
        let state = StateFolder(folder, environment: environment)
        do {
            try state.prepare()
            return try Ledger(path: state.ledger)
        } catch {
            logger.warning("reports are not kept", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
