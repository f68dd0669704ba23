/// A span of time as people write it: years and months, and the rest in seconds.
public struct CalendarDuration: Sendable, Hashable, CustomStringConvertible {
    /// Years.
    public let years: Int
    /// Months beside them: 12 of them are not a year, where Duplicati counts 30 days for each and 365 for the year.
    public let months: Int
    /// Seconds on top; a day is 86,400 of them, a week seven days.
    public let seconds: Int64

    /// A span of years, months and seconds.
    public init(years: Int = 0, months: Int = 0, seconds: Int64) {
        self.years = years
        self.months = months
        self.seconds = seconds
    }

    /// Reads `30s`, `10min`, `6h`, `7d`, `4w`, `12mo`, `1y` and sums like `1d12h`.
    public init?(parsing text: String) {
        self.init(text) { unit in
            switch unit {
            case "s": CalendarDuration(seconds: 1)
            case "min": CalendarDuration(seconds: 60)
            case "h": CalendarDuration(seconds: 3600)
            case "d": CalendarDuration(seconds: 86_400)
            case "w": CalendarDuration(seconds: 604_800)
            case "mo": CalendarDuration(months: 1, seconds: 0)
            case "y": CalendarDuration(years: 1, seconds: 0)
            default: nil
            }
        }
    }

    /// Reads Duplicati's way of writing, where capitals matter: `30s`, `10m`, `6h`, `7D`, `4W`, `12M`, `1Y`.
    public init?(duplicati text: String) {
        self.init(text) { unit in
            switch unit {
            case "s": CalendarDuration(seconds: 1)
            case "m": CalendarDuration(seconds: 60)
            case "h": CalendarDuration(seconds: 3600)
            case "D": CalendarDuration(seconds: 86_400)
            case "W": CalendarDuration(seconds: 604_800)
            case "M": CalendarDuration(months: 1, seconds: 0)
            case "Y": CalendarDuration(years: 1, seconds: 0)
            default: nil
            }
        }
    }

    private init?(_ text: String, unit: (Substring) -> CalendarDuration?) {
        var rest = text[...]
        var (years, months, seconds) = (0, 0, Int64(0))
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber) }
            rest = rest.dropFirst(name.count)
            guard digits.count <= 9, let count = Int64(digits), let unit = unit(name) else { return nil }
            years += Int(count) * unit.years
            months += Int(count) * unit.months
            seconds += count * unit.seconds
            // A sum of many parts must not outgrow what can be counted with.
            guard seconds < 1 << 52, months < 1 << 38, years < 1 << 34 else { return nil }
        }
        self.init(years: years, months: months, seconds: seconds)
    }

    /// Its length with months of 30 and years of 365 days, as Duplicati's tiers have it.
    public var fixedSeconds: Int64 {
        seconds + (Int64(years) * 365 + Int64(months) * 30) * 86_400
    }

    /// The span in the largest units that fit: `12mo`, `7d`, `1d12h`.
    public var description: String {
        var text = (years == 0 ? "" : "\(years)y") + (months == 0 ? "" : "\(months)mo")
        var rest = seconds
        for (unit, size) in [("w", Int64(604_800)), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        where rest >= size && (unit != "w" || rest % size == 0) {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}
