public import Destinations
public import Engine
public import Logging
internal import Transport

extension DestinationEnvironment {
    /// The world of a destination that a job or a command uses.
    /// - Parameters:
    ///   - variables: those of this process.
    ///   - logger: is told of repeated calls and of options without effect.
    ///   - interruption: ends calls when their time is over.
    ///   - progress: counts repeated calls.
    public init(
        _ variables: [String: String], logger: Logger, interruption: Interruption? = nil, progress: RunProgress? = nil
    ) {
        self.init(variables: variables, version: ProgramVersion.current)
        warn = { logger.warning("destination", metadata: ["detail": "\($0)"]) }
        onRetry = { retry in
            progress?.addRetry()
            logger.info(
                "destination asked again",
                metadata: [
                    "detail": "\(retry.error.detail)", "attempts": "\(retry.attempts)",
                    "object": "\(retry.error.object ?? "-")", "pause_seconds": "\(retry.pause.roundedSeconds)",
                ])
        }
        let flag = cancellation
        interruption?.cancellation.onCancel { flag.cancel() }
    }
}
