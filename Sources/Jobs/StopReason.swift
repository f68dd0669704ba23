internal import Reporting
public import Scheduler

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

    /// What is to be done about it, in the words of a decision.
    public init(_ reason: Decision.Stop.Reason) {
        self =
            switch reason {
            case .timeout: .timeout
            case .window: .window
            case .suspended: .suspended
            }
    }

    /// What a process returns that nothing but this has stopped.
    func exitCode(else code: ExitCode) -> ExitCode {
        switch self {
        case .timeout: .failure
        // Trying again helps when the window opens again.
        case .window, .suspended: .temporary
        case .request: code
        }
    }

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
        let code = reason.exitCode(else: failure.exitCode)
        return .failure(Failure(.stopped, code, "\(reason.words) \(failure.message)"))
    }
}
