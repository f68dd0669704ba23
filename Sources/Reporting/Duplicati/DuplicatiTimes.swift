internal import Support

/// Times as Duplicati writes them.
extension Timestamp {
    /// The form of JSON: `2026-11-21T02:44:37.0269260Z`.
    var duplicatiJSON: String {
        var fraction: [UInt8] = []
        fraction.appendDigits(Int64(nanoseconds / 100), width: 7)
        return "\(iso8601.dropLast()).\(String(decoding: fraction, as: UTF8.self))Z"
    }

    /// The form with an offset: `2026-11-21T02:44:37+00:00`.
    var duplicatiOffset: String { "\(iso8601.dropLast())+00:00" }

    /// The form of texts: `11/21/2026 02:44:37 (1795229077)`.
    var duplicatiText: String {
        let text = iso8601.dropLast()
        let day = text.prefix(10).split(separator: "-")
        return "\(day[1])/\(day[2])/\(day[0]) \(text.suffix(8)) (\(seconds))"
    }

    /// `2026-11-21 02:44:37 +00`, the beginning of a line of the log.
    var duplicatiLogTime: String { "\(iso8601.prefix(10)) \(iso8601.dropLast().suffix(8)) +00" }
}

/// A span of time as .NET writes it: `00:07:11.2034567`, with days in front from one on.
struct DotNetSpan {
    let text: String

    init(from start: Timestamp, to end: Timestamp) {
        let nanoseconds = max(0, end.unixNanoseconds - start.unixNanoseconds)
        let ticks = nanoseconds / 100
        let seconds = ticks / 10_000_000
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        let days = seconds / 86_400
        var fraction: [UInt8] = []
        fraction.appendDigits(ticks % 10_000_000, width: 7)
        let rest = ticks % 10_000_000 == 0 ? "" : ".\(String(decoding: fraction, as: UTF8.self))"
        text = "\(days > 0 ? "\(days)." : "")\(clock)\(rest)"
    }
}
