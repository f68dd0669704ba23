internal import Schedule

extension ValueKind {
    /// A cron expression.
    static let cron = ValueKind(
        noun: "a cron expression", accepted: .words,
        form: ValueForm(pattern: #"@[A-Za-z]+|[^ @]+( +[^ ]+){4,5}"#)
    ) { text in
        do throws(CronProblem) {
            _ = try CronExpression(text)
            return nil
        } catch {
            // YAML reads `*/5 * * * *` without quotes as an alias, and says so itself.
            return Problem(
                code: .badTime, message: "% is not a cron expression in", notes: [error.description],
                help: error.advice.map { [$0] } ?? [], part: error.part)
        }
    }

    /// A cron expression, or that there is no schedule.
    static let cronOrManual = ValueKind(
        noun: "a cron expression", accepted: .words,
        form: ValueForm(words: ["manual"], pattern: #"@[A-Za-z]+|[^ @]+( +[^ ]+){4,5}"#)
    ) { text in
        text == "manual" ? nil : cron.check(text)
    }

    /// A time of the day.
    static let clockTime = ValueKind(
        noun: "a time of the day", accepted: .words, form: ValueForm(pattern: "([0-9]|[01][0-9]|2[0-4]):[0-5][0-9]")
    ) { text in
        guard ClockTime(parsing: text) == nil else { return nil }
        return Problem(
            code: .badTime, message: "% is not a time of the day in",
            notes: ["expected a time like \"02:30\" or \"22:00\""],
            help: clockAdvice(text).map { ["write `\"\($0)\"`"] } ?? [])
    }

    private static func clockAdvice(_ text: String) -> String? {
        let lower = text.lowercased().filter { $0 != " " && $0 != "." }
        if let end = ["am", "pm"].first(where: { lower.hasSuffix($0) }) {
            let parts = lower.dropLast(2).split(separator: ":")
            guard let hour = parts.first.flatMap({ Int($0) }), (1...12).contains(hour) else { return nil }
            let minute = parts.count > 1 ? String(parts[1]) : "00"
            let full = hour % 12 + (end == "pm" ? 12 : 0)
            return ClockTime(parsing: "\(full):\(minute)")?.description
        }
        if let hour = Int(text), (0...24).contains(hour) { return ClockTime(parsing: "\(hour):00")?.description }
        let parts = text.split(separator: ":")
        return parts.count == 3 ? ClockTime(parsing: "\(parts[0]):\(parts[1])")?.description : nil
    }

    /// A day of the week.
    static let weekday = ValueKind(
        noun: "a weekday", accepted: .words, form: ValueForm(words: Weekday.allCases.map(\.rawValue))
    ) { text in
        guard Weekday(rawValue: text) == nil else { return nil }
        let lower = text.lowercased()
        let names = Weekday.allCases.map(\.rawValue)
        var help = Weekday(rawValue: String(lower.prefix(3))).map { ["write `\($0.rawValue)`"] } ?? []
        let ends = lower.split(separator: "-").map { String($0.prefix(3)) }
        if ends.count == 2, let from = names.firstIndex(of: ends[0]), let to = names.firstIndex(of: ends[1]) {
            let days = from <= to ? Array(names[from...to]) : Array(names[from...] + names[...to])
            help = ["write `\(days.joined(separator: ", "))`"]
        }
        return Problem(
            code: .notAllowed, message: "% is not allowed for", notes: ["one of: \(names.joined(separator: ", "))"],
            help: help)
    }

    /// The time between two runs.
    static let interval = ValueKind(noun: "a duration", accepted: .words, form: ValueForm(pattern: ValueForm.duration))
    { text in
        if let problem = Durations.problem(text) { return problem }
        guard let span = CalendarDuration(parsing: text), span.fixedSeconds >= 60 else {
            return Problem(code: .badValue, message: "% is out of range in", notes: ["expected a minute or more"])
        }
        guard span.seconds == 0 || span.months == 0 && span.years == 0 else {
            return Problem(
                code: .badValue, message: "% mixes months with a number of days in",
                notes: ["months differ in length; an interval is made of months and years, or of anything but"])
        }
        return nil
    }
}
