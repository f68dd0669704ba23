public import Engine
public import Logging
internal import Synchronization

/// Logs the problems of a run: the first few of each kind as warnings, the rest only for those who look closely.
public final class ProblemLogging: Sendable {
    /// How many of one code are logged as warnings.
    public static let shownPerCode = 20

    private let logger: Logger
    private let counts = Mutex<[Problem.Code: Int]>([:])

    /// Logs to `logger`.
    public init(_ logger: Logger) {
        self.logger = logger
    }

    /// What a ``ProblemLog`` calls.
    public var observer: @Sendable (Problem) -> Void {
        { [self] problem in log(problem) }
    }

    private func log(_ problem: Problem) {
        let count = counts.withLock { counts in
            counts[problem.code, default: 0] += 1
            return counts[problem.code, default: 0]
        }
        let level: Logger.Level = problem.isError ? .error : count <= Self.shownPerCode ? .warning : .debug
        let metadata: Logger.Metadata = ["code": "\(problem.code.rawValue)"]
        logger.log(level: level, "\(problem)", metadata: metadata)
        if count == Self.shownPerCode, !problem.isError {
            logger.warning(
                "further problems of this kind are counted, and logged with -vv",
                metadata: ["code": "\(problem.code.rawValue)"])
        }
    }
}
