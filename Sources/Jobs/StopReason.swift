internal import Reporting

/// Why one run is stopped, when it was no signal that asked for it.
public enum StopReason: String, Sendable, Hashable, CaseIterable {
    /// It took longer than its `timeout`.
    case timeout
    /// Its window has closed.
    case window
    /// Its window has closed, and it goes on when that opens again.
    case suspended
    /// Somebody asked the service.
    case request

    /// The cause, as the beginning of a failure's message.
    var words: String {
        switch self {
        case .timeout: "The run took longer than its `timeout`."
        case .window: "The window of the schedule closed."
        case .suspended: "The window of the schedule closed; the run goes on when it opens again."
        case .request: "Somebody asked the service to stop the run."
        }
    }
}

extension Interruption {
    /// An outcome with the cause of the stop in it.
    func explaining(_ outcome: Outcome) -> Outcome {
        guard let reason, case .failure(let failure) = outcome, failure.code == .stopped else { return outcome }
        return .failure(Failure(.stopped, failure.exitCode, "\(reason.words) \(failure.message)"))
    }
}
