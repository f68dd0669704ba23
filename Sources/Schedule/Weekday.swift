/// A day of the week.
public enum Weekday: String, Sendable, Hashable, CaseIterable {
    /// Monday.
    case monday = "mon"
    /// Tuesday.
    case tuesday = "tue"
    /// Wednesday.
    case wednesday = "wed"
    /// Thursday.
    case thursday = "thu"
    /// Friday.
    case friday = "fri"
    /// Saturday.
    case saturday = "sat"
    /// Sunday.
    case sunday = "sun"

    /// As cron counts: Sunday is 0.
    public var number: Int { (Self.allCases.firstIndex(of: self).map { $0 + 1 } ?? 0) % 7 }
}
