public import Reporting

/// How something ended.
public enum Outcome: Sendable, Hashable {
    /// Everything was done.
    case success
    /// Everything was done that could be done, but something was left out.
    case warning
    /// It was not to be done this time, for this reason.
    case skipped(String)
    /// The purpose was not achieved.
    case failure(Failure)

    /// The outcome in the words of a report.
    public var result: RunReport.Result {
        switch self {
        case .success, .skipped: .success
        case .warning: .warning
        case .failure: .failure
        }
    }

    /// What the process returns for it.
    /// - Parameter failsOnWarning: whether the caller wants to be told of warnings.
    /// - Returns: the code.
    public func exitCode(failsOnWarning: Bool = false) -> ExitCode {
        switch self {
        case .success, .skipped: .success
        case .warning: failsOnWarning ? .warnings : .success
        case .failure(let failure): failure.exitCode
        }
    }

    /// Whether it was stopped from outside.
    public var isInterrupted: Bool {
        guard case .failure(let failure) = self else { return false }
        return failure.code == .stopped
    }

    /// Whether it was not to be done this time.
    public var isSkipped: Bool { if case .skipped = self { true } else { false } }

    /// Whether a guard refused, so that somebody has to look before it is tried again.
    public var isRefused: Bool {
        guard case .failure(let failure) = self else { return false }
        return failure.exitCode == .refused
    }

    /// The outcome of several parts: the worst of them.
    public static func combined(_ parts: some Sequence<Outcome>) -> Outcome {
        var combined = Outcome.success
        for part in parts {
            switch (combined, part) {
            case (.failure(let first), .failure(let second)):
                if ExitCode.worst(of: [first.exitCode, second.exitCode]) != first.exitCode { combined = part }
            case (.failure, _), (.warning, .success), (.warning, .skipped), (.skipped, .success): break
            default: combined = part
            }
        }
        return combined
    }

    /// The outcome for a job whose result does not depend on it: a failure is a warning, a stop stays one.
    var ofOptional: Outcome {
        if case .failure = self, !isInterrupted { return .warning }
        return self
    }
}
