public import Configuration
public import Logging
public import Reporting
public import Secrets
internal import Support
public import Transport

/// Sends a report to those who are to have it.
///
/// A report that cannot be delivered is a warning in the log, and nothing else.
public struct ReportDelivery: Sendable {
    private let secrets: SecretStore
    private let transport: Transport
    private let policy: DeliveryPolicy
    private let logger: Logger

    /// A delivery with what it needs.
    public init(secrets: SecretStore, transport: Transport, policy: DeliveryPolicy, logger: Logger) {
        self.secrets = secrets
        self.transport = transport
        self.policy = policy
        self.logger = logger
    }

    /// Sends a report to each receiver in turn; blocks the calling thread.
    /// - Parameters:
    ///   - report: what to tell.
    ///   - receivers: whom to tell.
    ///   - isInterrupted: whether the process was asked to stop: then each receiver has one chance.
    /// - Returns: what came of it, for each receiver.
    @discardableResult
    public func send(
        _ report: RunReport, to receivers: [ReportSpecification], isInterrupted: Bool = false
    ) -> [ReportReceipt] {
        var policy = policy
        if isInterrupted { policy.attempts = 1 }
        return receivers.filter { $0.isSent }.map { receiver in
            let receipt = send(report, to: receiver, policy)
            if receipt.isDelivered {
                logger.info("report delivered", metadata: ["report": "\(receiver.name)"])
            } else {
                logger.warning(
                    "report not delivered", metadata: ["report": "\(receiver.name)", "error": "\(receipt.detail)"])
            }
            return receipt
        }
    }

    private func send(_ report: RunReport, to receiver: ReportSpecification, _ policy: DeliveryPolicy) -> ReportReceipt
    {
        let webhook: Webhook
        guard let endpoint = receiver.webhook else {
            return ReportReceipt(receiver: receiver.name, isDelivered: false, detail: "not built yet")
        }
        do {
            let url = try secrets.resolveURL(endpoint.url(forJob: report.job?.name ?? report.instance.name))
            let key = try endpoint.signingKey.map { try SigningKey(try secrets.secret($0)) }
            webhook = Webhook(
                name: receiver.name, url: Secret(url), keys: key.map { [$0] } ?? [], transport: transport,
                policy: policy)
        } catch {
            return ReportReceipt(receiver: receiver.name, isDelivered: false, detail: Failure(error).message)
        }
        let delivery = webhook.deliver(report, masking: secrets.mask.apply)
        return ReportReceipt(receiver: receiver.name, isDelivered: delivery.isDelivered, detail: "\(delivery)")
    }
}
