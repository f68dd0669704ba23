internal import Support

/// The readings of the clock that a cron expression names.
public struct CronTimes: Sendable, Hashable {
    let seconds: [Int]
    let minutes: [Int]
    let hours: [Int]
    let days: Set<Int>
    let months: Set<Int>
    let weekdays: Set<Int>
    let special: [CronField.Part]
    /// Whether a day fits by its number or by its weekday.
    let eitherDay: Bool
    let followsTheClock: Bool

    /// The first reading after `wall`; `nil` when there is none in the next forty years.
    func next(after wall: WallTime) -> WallTime? {
        var day = wall.day
        var second = wall.secondOfDay + 1
        for _ in 0..<(366 * 40) {
            if matches(CalendarDay(number: day)), let found = firstSecond(from: second) {
                return WallTime(day: day, second: found)
            }
            day += 1
            second = 0
        }
        return nil
    }

    /// Whether any day fits: 30 February does not.
    var hasDays: Bool {
        // Forty years have every month with every weekday at every place, and leap years.
        let start = Int64(10_957)
        return (0..<(366 * 40)).contains { matches(CalendarDay(number: start + Int64($0))) }
    }

    func matches(_ day: CalendarDay) -> Bool {
        guard months.contains(day.month) else { return false }
        let byNumber = days.contains(day.day) || special.contains(.lastDay) && day.day == day.daysInMonth
        let byWeekday =
            weekdays.contains(day.weekday) || special.contains(.nthWeekday(day.weekday, (day.day - 1) / 7 + 1))
            || special.contains(.lastWeekday(day.weekday)) && day.day + 7 > day.daysInMonth
        if eitherDay { return byNumber || byWeekday }
        return byNumber && byWeekday
    }

    private func firstSecond(from second: Int64) -> Int64? {
        for hour in hours where Int64(hour) * 3600 + 3599 >= second {
            for minute in minutes {
                let start = Int64(hour) * 3600 + Int64(minute) * 60
                guard start + 59 >= second else { continue }
                for own in seconds where start + Int64(own) >= second { return start + Int64(own) }
            }
        }
        return nil
    }
}
