/// What a command writes, line by line: secrets masked, long lines cut, of many lines the first logged and the last kept.
///
/// For one thread.
final class OutputLines {
    /// Which of the two outputs.
    enum Channel: Int, Sendable {
        case output
        case error
    }

    /// Bytes of a line that are shown.
    static let shownBytes = 1024
    /// Lines that are logged.
    static let loggedLines = 1000
    /// Lines that are kept for an error.
    static let keptLines = 10
    /// Bytes of whole lines that are kept for those who read the output.
    static let heardBytes = 64 << 10

    private let mask: (String) -> String
    private let log: (String, Channel) -> Void
    private var partial: [[UInt8]] = [[], []]
    private var count = 0
    private var heardCount = 0
    /// The last lines of both outputs.
    private(set) var last: [String] = []
    /// The lines of standard output as they were written, with whatever is secret in them: to be read, never shown.
    private(set) var heard: [String] = []
    /// Whether anything but blanks was written to standard error.
    private(set) var hasErrors = false

    /// - Parameters:
    ///   - mask: takes secrets out of a line.
    ///   - log: is told of each line.
    init(mask: @escaping (String) -> String, log: @escaping (String, Channel) -> Void) {
        self.mask = mask
        self.log = log
    }

    /// Takes the next bytes of an output.
    func take(_ bytes: UnsafeRawBufferPointer, _ channel: Channel) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                endLine(channel)
            } else if partial[channel.rawValue].count < 8 * Self.shownBytes {
                partial[channel.rawValue].append(byte)
            }
        }
    }

    /// Takes what has no end of line as a line.
    func finish() {
        endLine(.output)
        endLine(.error)
    }

    private func endLine(_ channel: Channel) {
        let line = partial[channel.rawValue]
        partial[channel.rawValue].removeAll(keepingCapacity: true)
        let whole = String(decoding: line, as: UTF8.self)
        guard whole.contains(where: { !$0.isWhitespace }) else { return }
        if channel == .error { hasErrors = true }
        if channel == .output, heardCount + line.count <= Self.heardBytes {
            heardCount += line.count
            heard.append(whole)
        }
        // Secrets go before the line is cut: half of one would not be recognised.
        var text = mask(whole)
        if text.utf8.count > Self.shownBytes {
            text = String(decoding: text.utf8.prefix(Self.shownBytes), as: UTF8.self) + "…"
        }
        if last.count == Self.keptLines { last.removeFirst() }
        last.append(text)
        count += 1
        if count <= Self.loggedLines { log(text, channel) }
        if count == Self.loggedLines { log("… what follows is not logged", channel) }
    }
}
