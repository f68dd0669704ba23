internal import Configuration
internal import Schedule
internal import Support

/// Duplicati's schedule, a first start and an interval, as one of this language.
enum DuplicatiSchedule {
    private static let firstMonday: Int64 = 19_723  // 1 January 2024, which intervals here count from
    private static let week = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"]

    /// Puts the schedule into a job.
    static func add(_ job: DuplicatiJob, to mapping: inout DraftMapping, _ draft: inout ConfigurationDraft) {
        guard let schedule = job.schedule, !schedule.interval.isEmpty else {
            mapping["schedule"] = .word("manual")
            if !job.isScheduled {
                draft.open("schedule", "a command line has none: give `schedule` the times at which it was called")
            }
            return
        }
        let stamp = String(schedule.time.prefix(19))
        guard let start = Timestamp(iso8601: stamp), let span = DuplicatiValues.span(schedule.interval),
            span.fixedSeconds >= 60
        else {
            mapping["schedule"] = .word("manual")
            return draft.open(
                "Schedule: \(schedule.time), \(schedule.interval)", "it cannot be read: write a `schedule`")
        }
        let zone = draft.request.zone
        let local = start.seconds + (zone?.zone.offset(at: start) ?? 0)
        let days = schedule.days.compactMap { DuplicatiValues.weekday($0) }
        var result = written(span, local, Set(days), "\(schedule.time), every \(schedule.interval)", &draft)
        result["timezone"] = .word(zone?.name ?? "UTC")
        mapping["schedule"] = .mapping(result)
        if zone == nil {
            draft.open(
                "Schedule.Time",
                "an export has it in UTC, and not the zone that the server goes by: import with --timezone, "
                    + "or the time moves by an hour with the clocks")
        }
    }

    private static func written(
        _ span: CalendarDuration, _ local: Int64, _ days: Set<String>, _ option: String,
        _ draft: inout ConfigurationDraft
    ) -> DraftMapping {
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let minute = (local - day * 86_400) / 60
        let at = "\(two(minute / 60)):\(two(minute % 60))"
        let weekday = week[Int((day % 7 + 7) % 7)]
        let isSome = !days.isEmpty && days.count < 7
        var result = DraftMapping()
        if span.months == 0, span.years == 0, span.seconds == 7 * 86_400 {
            // Duplicati goes on to the first weekday that is allowed, and counts the weeks from there.
            let later = (0..<7).map { week[Int(((day + $0) % 7 + 7) % 7)] }
            let due = isSome ? later.first { days.contains($0) } ?? weekday : weekday
            result["cron"] = .word("\(minute % 60) \(minute / 60) * * \(due)")
            return result
        }
        if span.months + span.years > 0 {
            guard span.seconds == 0, span.years == 0, span.months == 1 else {
                result["every"] = .word(span.description)
                result["at"] = .word(at)
                draft.changed(option, "intervals of months count from January 2024 here")
                return result
            }
            let date = CalendarDate(day: day)
            result["cron"] = .word("\(minute % 60) \(minute / 60) \(date.day > 28 ? "L" : "\(date.day)") * *")
            if date.day > 28 { draft.changed(option, "it is due on the last day of each month") }
            if isSome { draft.changed("AllowedDays", "weekdays cannot restrict an interval of months") }
            return result
        }
        result["every"] = .word(span.description)
        result["at"] = .word(at)
        if isSome { result["days"] = .list(ordered(days).map { .word($0) }) }
        let phase = local - firstMonday * 86_400 - minute * 60
        if span.seconds % 86_400 != 0, 86_400 % span.seconds != 0 || phase % span.seconds != 0 && span.seconds > 86_400
        {
            draft.changed(option, "intervals count from Monday, 1 January 2024 here, so its times differ")
        } else if span.seconds > 86_400, (day - firstMonday) * 86_400 % span.seconds != 0 {
            draft.changed(option, "intervals count from Monday, 1 January 2024 here, so it is due on other days")
        }
        return result
    }

    private static func ordered(_ days: Set<String>) -> [String] {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].filter { days.contains($0) }
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The day of the month of a day number since 1970.
    private struct CalendarDate {
        let day: Int

        init(day number: Int64) {
            let text = Timestamp(seconds: number * 86_400).iso8601
            day = Int(text.dropFirst(8).prefix(2)) ?? 1
        }
    }
}
