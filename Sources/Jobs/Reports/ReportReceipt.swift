/// Whether a report reached its receiver.
public struct ReportReceipt: Sendable, Hashable {
    /// The receiver's name in the configuration.
    public let receiver: String
    /// Whether it took the report.
    public let isDelivered: Bool
    /// What happened, in one sentence.
    public let detail: String

    /// A receipt from its parts.
    public init(receiver: String, isDelivered: Bool, detail: String) {
        self.receiver = receiver
        self.isDelivered = isDelivered
        self.detail = detail
    }
}
