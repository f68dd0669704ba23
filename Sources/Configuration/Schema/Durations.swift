/// Explains durations that cannot be read.
enum Durations {
    static func problem(_ text: String, or word: String? = nil) -> ValueKind.Problem? {
        guard CalendarDuration(parsing: text) == nil else { return nil }
        let instead = word.map { ", or `\($0)`" } ?? ""
        return ValueKind.Problem(
            code: .badDuration, message: "% is not a duration in",
            notes: ["expected a duration like 30s, 10min, 6h, 7d, 4w, 12mo\(instead)"], help: help(text))
    }

    private static let words = [
        "second": "s", "sec": "s", "minute": "min", "mins": "min", "hour": "h", "hr": "h", "day": "d", "week": "w",
        "month": "mo", "mon": "mo", "year": "y", "yr": "y",
    ]

    private static func help(_ text: String) -> [String] {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(number.count).trimmingPrefix { $0.isWhitespace }
        guard !number.isEmpty else { return [] }
        switch unit {
        case "": return ["add a unit: `\(number)d` for days, `\(number)h` for hours"]
        case "m": return ["write `\(number)min` for minutes or `\(number)mo` for months"]
        case "D", "W", "M", "Y":
            let ours = unit == "M" ? "mo" : unit.lowercased()
            return ["Duplicati units are case-sensitive (M = months, m = minutes); here write `\(number)\(ours)`"]
        default:
            let singular = unit.lowercased().hasSuffix("s") ? String(unit.lowercased().dropLast()) : unit.lowercased()
            if let ours = words[unit.lowercased()] ?? words[singular] { return ["write `\(number)\(ours)`"] }
            let joined = "\(number)\(unit)"
            return CalendarDuration(parsing: joined) == nil ? [] : ["write `\(joined)`"]
        }
    }
}
