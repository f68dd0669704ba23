internal import Glibc
internal import Support
internal import Synchronization

/// The process's standard output, for data, and standard error, for logs and progress.
///
/// Lines of the log and the progress bar share a terminal, so both go through here. Safe to use from any thread.
final class Console: Sendable {
    /// Nobody reads the output any more, as after `dunnage files | head`.
    struct OutputClosed: Error {}

    private struct State {
        var pending: [UInt8] = []
        var bar: String?
    }

    private static let flushSize = 64 << 10

    /// Whether the log's end is a terminal.
    let hasErrorTerminal: Bool
    /// Whether colours are wanted in the log.
    let usesColor: Bool
    /// Whether colours are wanted in the data, which is so on a terminal only.
    let usesOutputColor: Bool
    /// The descriptor for data, for those that write bytes in large pieces.
    var outputDescriptor: Int32 { output }
    private let output: Int32
    private let error: Int32
    private let state = Mutex(State())

    /// A console over open descriptors, which stay open.
    init(
        output: Int32 = STDOUT_FILENO, error: Int32 = STDERR_FILENO, environment: [String: String],
        allowsColor: Bool = true
    ) {
        self.output = output
        self.error = error
        hasErrorTerminal = isatty(error) == 1 && environment["TERM"] != "dumb"
        let wantsColor = allowsColor && (environment["NO_COLOR"] ?? "").isEmpty
        usesColor = wantsColor && hasErrorTerminal
        usesOutputColor = wantsColor && isatty(output) == 1 && environment["TERM"] != "dumb"
    }

    /// The columns of the terminal that shows the log.
    var columns: Int {
        var size = winsize()
        guard ioctl(error, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    // MARK: Data

    /// Writes data; it may wait in memory until ``flush()``.
    func write(_ bytes: [UInt8]) throws {
        let full = state.withLock { state -> [UInt8] in
            state.pending += bytes
            guard state.pending.count >= Self.flushSize else { return [] }
            defer { state.pending.removeAll(keepingCapacity: true) }
            return state.pending
        }
        try send(full)
    }

    /// Writes data that is not gathered in memory before: a file's content.
    func write(raw bytes: UnsafeRawBufferPointer) throws {
        if bytes.count < Self.flushSize { return try write(Array(bytes)) }
        try flush()
        try send(bytes)
    }

    /// Writes a text and a line break.
    func print(_ text: String) throws {
        try write(Array(text.utf8) + [UInt8(ascii: "\n")])
    }

    /// Writes what waits.
    func flush() throws {
        let waiting = state.withLock { state -> [UInt8] in
            defer { state.pending.removeAll(keepingCapacity: true) }
            return state.pending
        }
        try send(waiting)
    }

    private func send(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try send($0) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        let status = Self.writeAll(output, bytes)
        if status == EPIPE { throw OutputClosed() }
        guard status == 0 else { throw SystemError("write standard output", code: status) }
    }

    // MARK: Log and progress

    /// Writes a line to the log; the bar, if there is one, stays below it.
    func log(_ line: String) {
        state.withLock { state in
            let text = "\(state.bar == nil ? "" : Self.clearLine)\(line)\n\(state.bar ?? "")"
            Self.writeError(text, to: error)
        }
    }

    /// Shows the bar, or takes it away.
    func show(bar: String?) {
        state.withLock { state in
            guard state.bar != bar else { return }
            Self.writeError("\(state.bar == nil ? "" : Self.clearLine)\(bar ?? "")", to: error)
            state.bar = bar
        }
    }

    private static let clearLine = "\r\u{1B}[K"

    /// A log that cannot be written is no reason to end a backup.
    private static func writeError(_ text: String, to descriptor: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { writeAll(descriptor, $0) }
    }

    /// Returns 0 or the value of `errno`.
    private static func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = Glibc.write(descriptor, base + done, bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            done += count
        }
        return 0
    }
}
