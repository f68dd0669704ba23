/// A reading of a clock on the wall, as the seconds that UTC's clock would have had for it since 1970.
struct WallTime: Sendable, Hashable, Comparable {
    var seconds: Int64

    init(_ seconds: Int64) { self.seconds = seconds }

    /// The reading of a day number since 1970 at a second of it.
    init(day: Int64, second: Int64) { seconds = day * 86_400 + second }

    /// The day's number since 1970.
    var day: Int64 { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

    var secondOfDay: Int64 { seconds - day * 86_400 }

    /// 0 is Sunday; 1 January 1970 was a Thursday.
    var weekday: Int { Int(((day + 4) % 7 + 7) % 7) }

    static func < (a: WallTime, b: WallTime) -> Bool { a.seconds < b.seconds }
}
