internal import Configuration

/// Durations as other programs write them, in this language's notation.
enum Spans {
    /// Go's: `1h30m`, `10s`, `500ms`.
    static func go(_ text: String) -> String? {
        var seconds = 0.0
        var rest = text[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter || $0 == "µ" }
            rest = rest.dropFirst(unit.count)
            let factors = ["h": 3600.0, "m": 60, "s": 1, "ms": 0.001, "d": 86_400, "w": 604_800]
            guard let number = Double(digits), let factor = factors[String(unit)] else { return nil }
            seconds += number * factor
        }
        guard seconds < 1e11 else { return nil }
        return CalendarDuration(seconds: Int64(max(seconds.rounded(), 1))).description
    }

    /// restic's and borg's: `1y6m3d2h`, where `m` is months; borg has `H` for hours, `M` for minutes and one unit only.
    static func calendar(_ text: String, units: [Character: String]) -> String? {
        var result = ""
        var rest = text.filter { $0 != " " }[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard !digits.isEmpty, let unit = rest.popFirst(), let ours = units[unit] else { return nil }
            result += "\(digits)\(ours)"
        }
        return result
    }

    /// The units of borg's `keep_within`.
    static let borg: [Character: String] = [
        "y": "y", "m": "mo", "w": "w", "d": "d", "H": "h", "M": "min", "S": "s",
    ]
    /// The units of restic's `keep-within`.
    static let restic: [Character: String] = ["y": "y", "m": "mo", "d": "d", "h": "h"]

    /// Words as borgmatic has them: `2 weeks`, `1 month`, `3 days`.
    static func words(_ text: String) -> String? {
        let parts = text.lowercased().split(separator: " ")
        guard parts.count == 2, let number = Int(parts[0]), number > 0 else { return nil }
        let units = ["second": "s", "minute": "min", "hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"]
        let name = parts[1].hasSuffix("s") ? String(parts[1].dropLast()) : String(parts[1])
        return units[name].map { "\(number)\($0)" }
    }
}
