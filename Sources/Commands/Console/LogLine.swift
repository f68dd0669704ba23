internal import JSON
internal import Logging
internal import Support

/// An event of the log as one line.
struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    // MARK: For people

    /// Time, level, message, the error if there is one, and what else is known as `name=value`, sorted by name.
    func text(in zone: TimeZoneClock, color: Bool = false) -> String {
        var line = "\(zone.text(time)) \(Self.padded(level.rawValue, color: color ? Self.color(level) : nil)) "
        line += PrintableText.escaped(message)
        if let error = metadata["error"] { line += ": \(PrintableText.escaped(Self.plain(error)))" }
        let rest = metadata.filter { $0.key != "error" }.sorted { $0.key < $1.key }
        let pairs = rest.map { "\($0.key)=\(Self.quoted(Self.plain($0.value)))" }
        guard !pairs.isEmpty else { return line }
        return "\(line)  \(color ? "\u{1B}[2m" : "")\(pairs.joined(separator: " "))\(color ? "\u{1B}[0m" : "")"
    }

    private static func padded(_ word: String, color: String?) -> String {
        let padding = String(repeating: " ", count: max(0, 8 - word.count))
        return color.map { "\($0)\(word)\u{1B}[0m\(padding)" } ?? "\(word)\(padding)"
    }

    private static func color(_ level: Logger.Level) -> String? {
        switch level {
        case .critical, .error: "\u{1B}[31m"
        case .warning: "\u{1B}[33m"
        case .notice, .info: nil
        case .debug, .trace: "\u{1B}[2m"
        }
    }

    /// The value as it is when it is one word, else in quotes.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
        if isPlain { return PrintableText.escaped(value) }
        var bytes: [UInt8] = []
        JSONWriter.appendString(value, to: &bytes)
        return PrintableText.escaped(String(decoding: bytes, as: UTF8.self))
    }

    private static func plain(_ value: Logger.Metadata.Value) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): "\(value)"
        case .array(let values): values.map { plain($0) }.joined(separator: ", ")
        case .dictionary(let values):
            values.sorted { $0.key < $1.key }.map { "\($0.key)=\(plain($0.value))" }.joined(separator: ", ")
        }
    }

    // MARK: For machines

    /// One JSON object: `time` in UTC, `level`, `message`, then what else is known, sorted by name.
    func json() -> String {
        let fixed = ["time", "level", "message"]
        var members: [JSONValue.Member] = [
            .init("time", .string(time.iso8601WithMilliseconds)), .init("level", .string(level.rawValue)),
            .init("message", .string(message)),
        ]
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            members.append(.init(fixed.contains(key) ? "\(key)_" : key, Self.json(value)))
        }
        return JSONValue.object(members).description
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map { json($0) })
        case .dictionary(let values):
            .object(values.sorted { $0.key < $1.key }.map { .init($0.key, json($0.value)) })
        }
    }
}

extension Timestamp {
    /// The moment as in `2026-11-21T03:18:26.123Z`.
    fileprivate var iso8601WithMilliseconds: String {
        var bytes = Array(iso8601.utf8.dropLast())
        bytes.append(UInt8(ascii: "."))
        bytes.appendDigits(Int64(nanoseconds) / 1_000_000, width: 3)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
