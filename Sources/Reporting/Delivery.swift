/// What became of a report.
public struct Delivery: Sendable, Hashable, CustomStringConvertible {
    /// How it ended.
    public enum Outcome: Sendable, Hashable {
        /// The receiver took it.
        case delivered(status: Int)
        /// The receiver refuses it for good.
        case refused(status: Int)
        /// The receiver was busy or out of order to the end.
        case unavailable(status: Int)
        /// It never reached the receiver.
        case failed(String)
        /// The caller asked to stop.
        case cancelled
    }

    /// The receiver's name in the configuration.
    public let receiver: String

    /// How it ended.
    public let outcome: Outcome

    /// How often it was tried.
    public let attempts: Int

    /// Whether the receiver took it.
    public var isDelivered: Bool {
        guard case .delivered = outcome else { return false }
        return true
    }

    /// One sentence of what happened and, unless all is well, one of what to do.
    public var description: String {
        let times = "after \(attempts) attempt\(attempts == 1 ? "" : "s")"
        return switch outcome {
        case .delivered(let status): "Report '\(receiver)' was delivered (HTTP \(status), \(times))."
        case .refused(let status):
            "Report '\(receiver)' was refused (HTTP \(status)). Check its URL and its signing key."
        case .unavailable(let status):
            "Report '\(receiver)' was not taken (HTTP \(status), \(times)). Check that the receiver is in order."
        case .failed(let reason): "Report '\(receiver)' was not delivered \(times). \(reason)"
        case .cancelled: "Report '\(receiver)' was not delivered: the run was stopped."
        }
    }
}
