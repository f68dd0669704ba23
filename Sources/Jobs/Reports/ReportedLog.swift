internal import Logging
internal import Support
internal import Synchronization

/// The last lines that a run logs, for receivers that are to have them.
final class ReportedLog: Sendable {
    private let kept = Mutex<[String]>([])

    /// More than fits into a report.
    private static let maximumLines = 1000

    /// The lines, oldest first.
    var lines: [String] { kept.withLock { $0 } }

    fileprivate func add(_ line: String) {
        kept.withLock { lines in
            lines.append(line)
            if lines.count > Self.maximumLines { lines.removeFirst(lines.count - Self.maximumLines) }
        }
    }

    /// A logger that logs as another one does, and keeps what it logs here.
    func listening(to logger: Logger) -> Logger {
        var listening = Logger(label: logger.label) { [self] _ in ListeningLogHandler(logger.handler, log: self) }
        listening.logLevel = logger.logLevel
        return listening
    }
}

/// A log handler that keeps a line of everything on its way to another.
private struct ListeningLogHandler: LogHandler {
    private var handler: any LogHandler
    private let log: ReportedLog

    init(_ handler: any LogHandler, log: ReportedLog) {
        self.handler = handler
        self.log = log
    }

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        log.add("\(Timestamp.now().iso8601) \(event.level) \(event.message)\(facts)")
        handler.log(event: event)
    }
}
