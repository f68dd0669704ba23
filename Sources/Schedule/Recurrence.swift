public import Support

/// When something is due: by cron, or at intervals.
///
/// Both go by the clocks of a time zone. A time of the day that a change of the clocks skips is due at the change, once;
/// one that comes twice is due the first time. A cron expression whose hours begin with `*` goes with the clock
/// instead: what is skipped is not due, and what comes twice is due twice, so that `*/15 * * * *` is every quarter of
/// an hour on every day of the year.
public enum Recurrence: Sendable, Hashable {
    /// By the readings that an expression names.
    case cron(CronTimes)
    /// Every so many seconds, on some weekdays, counted from Monday, 1 January 2024, at a time of the day.
    case interval(seconds: Int64, at: ClockTime?, days: Set<Weekday>)
    /// Every so many months, on the day of the month that is given here, at a time of the day.
    case months(Int, day: Int, at: ClockTime?)

    /// The first moment after `time` at which it is due; `nil` when there is none in the next forty years.
    public func next(after time: Timestamp, in zone: Zone) -> Timestamp? {
        let time = Timestamp(seconds: time.seconds)
        if case .cron(let times) = self, times.followsTheClock { return nextByTheClock(times, after: time, in: zone) }
        // Before a change back, the clocks have shown what they will show again.
        var wall = WallTime(zone.wall(at: time).seconds - slack(time, zone))
        while let next = nextReading(after: wall) {
            let moment = zone.moment(of: next)
            if moment > time { return moment }
            wall = next
        }
        return nil
    }

    /// The next moments, the first `count` after `time`.
    public func next(_ count: Int, after time: Timestamp, in zone: Zone) -> [Timestamp] {
        var found: [Timestamp] = []
        var time = time
        while found.count < count, let next = next(after: time, in: zone) {
            found.append(next)
            time = next
        }
        return found
    }

    private func slack(_ time: Timestamp, _ zone: Zone) -> Int64 {
        let earlier = Timestamp(seconds: time.seconds - 86_400)
        let later = Timestamp(seconds: time.seconds + 86_400)
        let offsets = [zone.offset(at: earlier), zone.offset(at: time), zone.offset(at: later)]
        return (offsets.max() ?? 0) - (offsets.min() ?? 0)
    }

    /// Goes from one change of the clocks to the next; between them the offset is the same.
    private func nextByTheClock(_ times: CronTimes, after time: Timestamp, in zone: Zone) -> Timestamp? {
        var start = time
        // The reading at the change itself counts.
        var wall = zone.wall(at: start)
        while let next = times.next(after: wall) {
            let candidate = Timestamp(seconds: next.seconds - zone.offset(at: start))
            guard let change = firstChange(after: start, notAfter: candidate, in: zone) else { return candidate }
            start = change
            wall = WallTime(zone.wall(at: change).seconds - 1)
        }
        return nil
    }

    /// The first moment in that time with another offset than the one before it.
    private func firstChange(after start: Timestamp, notAfter end: Timestamp, in zone: Zone) -> Timestamp? {
        // No zone changes its clocks twice in a day.
        var from = start
        while from < end {
            let to = Timestamp(seconds: min(from.seconds + 86_400, end.seconds))
            if let change = zone.change(after: from, notAfter: to) { return change }
            from = to
        }
        return nil
    }

    // MARK: Readings

    private static let anchor: Int64 = 19_723  // 1 January 2024, a Monday
    private static let week: Int64 = 604_800

    /// The greatest common divisor.
    private static func divisor(_ a: Int64, _ b: Int64) -> Int64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }

    private func nextReading(after wall: WallTime) -> WallTime? {
        switch self {
        case .cron(let times): return times.next(after: wall)
        case .interval(let seconds, let at, let days):
            let start = Self.anchor * 86_400 + Int64(at?.minutes ?? 0) * 60
            let allowed = Set(days.map(\.number))
            let step = max(1, seconds)
            var count = (wall.seconds - start) / step - 1
            // After that many intervals the same weekdays and times of the day come again.
            let turns = Self.week / Self.divisor(step, Self.week)
            for _ in 0..<(turns + 3) {
                let next = WallTime(start + count * step)
                if next > wall, allowed.isEmpty || allowed.contains(next.weekday) { return next }
                count += 1
            }
            return nil
        case .months(let months, let day, let at):
            let today = CalendarDay(number: wall.day)
            let step = max(1, months)
            let passed = (today.year - 2024) * 12 + today.month - 1
            var count = passed / step - 1
            while true {
                let first = Timestamp(seconds: Self.anchor * 86_400).adding(months: count * step)
                let number = first.seconds / 86_400
                let own = min(day, CalendarDay(number: number).daysInMonth)
                let next = WallTime(day: number + Int64(own - 1), second: Int64(at?.minutes ?? 0) * 60)
                if next > wall { return next }
                count += 1
            }
        }
    }
}
