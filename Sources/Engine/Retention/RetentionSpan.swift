internal import Support

/// A length of time in a retention rule.
///
/// Duplicati measures it in two ways: tiers take a month for 30 days and a year for 365; the age of `keep_within` goes
/// back by the calendar.
public struct RetentionSpan: Sendable, Hashable, CustomStringConvertible {
    /// Years.
    public let years: Int
    /// Months beside them.
    public let months: Int
    /// Seconds beside them.
    public let seconds: Int64
    /// The span as it was written: `4w`.
    public let description: String

    /// A span from its parts, and the text that people know it by.
    public init(years: Int = 0, months: Int = 0, seconds: Int64, description: String) {
        self.years = years
        self.months = months
        self.seconds = seconds
        self.description = description
    }

    /// Its length with months of 30 and years of 365 days.
    public var fixedSeconds: Int64 {
        seconds + (Int64(months) * 30 + Int64(years) * 365) * 86_400
    }

    /// The moment that lies the span before another, months and years counted by the calendar of UTC.
    func before(_ time: Timestamp) -> Timestamp {
        let shifted = time.adding(months: -(years * 12 + months))
        return Timestamp(seconds: shifted.seconds - seconds, nanoseconds: shifted.nanoseconds)
    }
}
