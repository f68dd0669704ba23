internal import Glibc
internal import Logging
internal import Secrets
internal import Support
internal import Synchronization

/// The log of one run, in a file of its own that does not grow without end.
///
/// From a megabyte on only warnings and errors are kept, and nothing from two on; the last line says how many are left
/// out.
final class RunLog: Sendable {
    private struct State {
        var bytes = 0
        var omitted = 0
    }

    static let limit = 1 << 20
    private let file: FileDescriptor
    private let state = Mutex(State())

    private init(_ file: consuming FileDescriptor) {
        self.file = file
    }

    /// A log in that file, which is made anew.
    static func at(_ path: String) throws(SystemError) -> RunLog {
        if let slash = path.lastIndex(of: "/") { try FileTree.createFolder(String(path[..<slash]), mode: 0o700) }
        return RunLog(
            try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, mode: 0o600))
    }

    func add(_ line: String, _ level: Logger.Level) {
        state.withLock { state in
            let limit = level >= .warning ? 2 * Self.limit : Self.limit
            guard state.bytes + line.utf8.count < limit else {
                state.omitted += 1
                return
            }
            state.bytes += line.utf8.count + 1
            write("\(line)\n")
        }
    }

    private func write(_ text: String) {
        // The log of the program has the line too.
        Array(text.utf8).withUnsafeBytes { try? file.write(all: $0) }
    }

    deinit {
        let omitted = state.withLock { $0.omitted }
        if omitted > 0 { write("\(Count(omitted, "line").with("is", "are")) left out\n") }
    }
}

/// Hands events on, and keeps them with a run, without secrets.
struct RunLogHandler: LogHandler {
    private var handler: any LogHandler
    private let log: RunLog
    private let mask: SecretMask

    init(_ handler: any LogHandler, log: RunLog, mask: SecretMask) {
        self.handler = handler
        self.log = log
        self.mask = mask
    }

    /// The steps of a run are kept whatever the program shows.
    var logLevel: Logger.Level {
        get { min(handler.logLevel, .info) }
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
        if event.level >= handler.logLevel { handler.log(event: event) }
        guard event.level >= .info else { return }
        var values = handler.metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { values["error"] = "\(error)" }
        for key in ["job", "run_id"] { values[key] = nil }
        let pairs = values.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let text = "\(Timestamp.now().iso8601) \(event.level.rawValue) \(event.message)\(pairs)"
        log.add(Self.printable(mask.apply(to: text)), event.level)
    }

    /// One line, whatever a file name has in it.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F ? "\\u{\(String(scalar.value, radix: 16))}" : "\(scalar)"
        }.joined()
    }
}
