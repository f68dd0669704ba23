public import Support

/// A part of the day, by the clocks of a zone.
public struct DailySpan: Sendable, Hashable {
    /// When it begins.
    public let from: ClockTime
    /// When it ends; on the next day, when that is not after ``from``.
    public let to: ClockTime
    /// The weekdays on which it begins; all when empty.
    public let days: Set<Weekday>

    /// A part of the day.
    public init(from: ClockTime, to: ClockTime, days: Set<Weekday> = []) {
        self.from = from
        self.to = to
        self.days = days
    }

    /// Whether a moment lies in it; its end does not.
    public func contains(_ time: Timestamp, in zone: Zone) -> Bool {
        let wall = zone.wall(at: time)
        let (start, end) = (Int64(from.minutes) * 60, Int64(to.minutes) * 60)
        let second = wall.secondOfDay
        let isOvernight = end <= start
        if begins(wall.weekday), second >= start, isOvernight || second < end { return true }
        return isOvernight && begins((wall.weekday + 6) % 7) && second < end
    }

    /// The first moment after `time` at which it begins, or nil when none of its days comes.
    public func next(after time: Timestamp, in zone: Zone) -> Timestamp? {
        Recurrence.interval(seconds: 86_400, at: from, days: days).next(after: time, in: zone)
    }

    private func begins(_ weekday: Int) -> Bool { days.isEmpty || days.contains { $0.number == weekday } }
}
