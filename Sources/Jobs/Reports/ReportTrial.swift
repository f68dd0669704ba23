public import Configuration
public import Reporting
public import Secrets
internal import Support
public import Transport

/// One report to one receiver, at once and once: nothing of it waits in the outbox.
public struct ReportTrial: Sendable {
    private let receiver: ReportSpecification
    private let secrets: SecretStore
    private let transport: Transport
    private let policy: DeliveryPolicy

    /// A trial of a receiver.
    public init(
        _ receiver: ReportSpecification, secrets: SecretStore,
        transport: Transport = Transport(version: ProgramVersion.current), policy: DeliveryPolicy = DeliveryPolicy()
    ) {
        self.receiver = receiver
        self.secrets = secrets
        self.transport = transport
        self.policy = policy
    }

    /// Sends the report; blocks the calling thread.
    /// - Returns: what came of each message; none when the receiver is told nothing of such an event.
    /// - Throws: `Failure` when nothing can be sent.
    public func send(_ report: RunReport, cancellation: CancellationFlag? = nil) throws(Failure) -> [DeliveryAttempt] {
        do {
            guard let form = try receiver.form() else {
                throw Failure(.configuration, .configuration, "This kind of receiver is not built yet.")
            }
            let messages = form.messages(
                for: report.limited(to: receiver.reportedDetail), masking: secrets.mask.apply)
            guard !messages.isEmpty else { return [] }
            let endpoint = try receiver.endpoint(
                for: report.job?.name ?? report.instance.name, secrets, now: Timestamp.now)
            let transport = ReportTransports(transport).transport(for: receiver)
            return messages.map { message in
                endpoint.send(
                    message, over: transport, timeout: receiver.policy(over: policy).timeout,
                    cancellation: cancellation)
            }
        } catch {
            throw Failure(error)
        }
    }
}
