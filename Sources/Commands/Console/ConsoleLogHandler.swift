internal import Logging
internal import Support

/// Writes events to the console, a line each.
struct ConsoleLogHandler: LogHandler {
    let console: Console
    let format: LogFormat
    let zone: TimeZoneClock
    var now: @Sendable () -> Timestamp = Timestamp.now
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        let line = LogLine(time: now(), level: event.level, message: event.message.description, metadata: all)
        switch format {
        case .text: console.log(line.text(in: zone, color: console.usesColor))
        case .json: console.log(line.json())
        }
    }
}
