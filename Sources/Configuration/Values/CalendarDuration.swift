/// A span of time as people write it: months and years by the calendar, the rest in seconds.
public struct CalendarDuration: Sendable, Hashable, CustomStringConvertible {
    /// Whole months; a year is twelve.
    public let months: Int
    /// Seconds on top; a day is 86,400 of them, a week seven days.
    public let seconds: Int64

    /// A span of months and seconds.
    public init(months: Int = 0, seconds: Int64) {
        self.months = months
        self.seconds = seconds
    }

    private static let units: [String: (months: Int, seconds: Int64)] = [
        "s": (0, 1), "min": (0, 60), "h": (0, 3600), "d": (0, 86_400), "w": (0, 604_800), "mo": (1, 0), "y": (12, 0),
    ]

    /// Reads `30s`, `10min`, `6h`, `7d`, `4w`, `12mo`, `1y` and sums like `1d12h`.
    public init?(parsing text: String) {
        var rest = text[...]
        var months = 0
        var seconds: Int64 = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber) }
            rest = rest.dropFirst(name.count)
            guard digits.count <= 9, let count = Int64(digits), let unit = Self.units[String(name)] else { return nil }
            months += Int(count) * unit.months
            seconds += count * unit.seconds
        }
        self.init(months: months, seconds: seconds)
    }

    /// Its length with months of 30 and years of 365 days, to compare spans.
    public var approximateSeconds: Int64 {
        seconds + Int64(months / 12) * 365 * 86_400 + Int64(months % 12) * 30 * 86_400
    }

    /// The span in the largest units that fit: `12mo`, `7d`, `1d12h`.
    public var description: String {
        var text = months == 0 ? "" : months % 12 == 0 ? "\(months / 12)y" : "\(months)mo"
        var rest = seconds
        for (unit, size) in [("w", Int64(604_800)), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        where rest >= size && (unit != "w" || rest % size == 0) {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
