/// When something is due, said with cron's five fields alone, as schedulers other than ours take them.
///
/// They know no seconds, no `H`, `L` and `#`, and 7 is no day of the week for all of them.
public struct FiveFields: Sendable, Hashable {
    /// The expressions; it is due when one of them says so.
    public let expressions: [String]
    /// The minutes of the day at which it is due, in order.
    public let minutes: [Int]
    /// The weekdays on which it may be due; 0 is Sunday.
    public let weekdays: Set<Int>
}

extension Recurrence {
    /// The recurrence in five fields.
    /// - Parameter delay: by how many seconds it is due later; what is left of a minute is dropped.
    /// - Returns: the expressions, one where that is enough.
    /// - Throws: `CronProblem` with what the fields cannot say.
    public func fiveFields(delay: Int64 = 0) throws(CronProblem) -> FiveFields {
        let moments = try moments()
        var groups: [Int: [Int]] = [:]
        for minute in moments.minutes {
            let late = minute + Int((Int64(moments.second) + max(0, delay)) / 60)
            groups[late / 1440, default: []].append(late % 1440)
        }
        var expressions: [String] = []
        var weekdays: Set<Int> = []
        for (offset, minutes) in groups.sorted(by: { $0.key < $1.key }) {
            let days = try moments.days.moved(by: offset)
            let suffix = try days.fields()
            for line in DayMinutes(minutes).lines { expressions.append("\(line) \(suffix)") }
            weekdays.formUnion(days.weekdays)
        }
        return FiveFields(
            expressions: expressions, minutes: groups.values.joined().sorted(), weekdays: weekdays)
    }

    private func moments() throws(CronProblem) -> (minutes: [Int], second: Int, days: DayFields) {
        switch self {
        case .cron(let times):
            guard let second = times.seconds.first, times.seconds.count == 1 else {
                throw CronProblem("it is due more than once in a minute, and five fields have no seconds")
            }
            guard !times.special.contains(where: \.dependsOnMonth) else {
                throw CronProblem("five fields know neither `L` nor `#`")
            }
            let minutes = times.hours.flatMap { hour in times.minutes.map { hour * 60 + $0 } }
            return (
                minutes, second,
                DayFields(
                    days: times.days, months: times.months, weekdays: times.weekdays, eitherDay: times.eitherDay)
            )
        case .interval(let seconds, let at, let days): return try moments(every: seconds, at, days)
        case .months(let step, let day, let at):
            guard step > 0, 12 % step == 0 else {
                throw CronProblem("cron counts the months of one year, which \(step) months do not divide")
            }
            var fields = DayFields(days: [day], months: Set(stride(from: 1, through: 12, by: step)))
            let minute = at?.minutes ?? 0
            if minute == 1440 { fields.days = [day + 1] }
            return ([minute % 1440], 0, fields)
        }
    }

    private func moments(
        every seconds: Int64, _ at: ClockTime?, _ days: Set<Weekday>
    ) throws(CronProblem) -> (minutes: [Int], second: Int, days: DayFields) {
        let start = at?.minutes ?? 0
        var fields = DayFields()
        if !days.isEmpty { fields.weekdays = Set(days.map(\.number)) }
        if seconds == 604_800 {
            // Weeks are counted from a Monday.
            fields.weekdays.formIntersection([start == 1440 ? 2 : 1])
            guard !fields.weekdays.isEmpty else { throw CronProblem("it is due on Mondays, which `days` leaves out") }
            return ([start % 1440], 0, fields)
        }
        guard seconds >= 60, seconds % 60 == 0, 86_400 % seconds == 0 else {
            throw CronProblem("cron starts anew with every day, which such an interval does not divide")
        }
        let step = Int(seconds / 60)
        return (stride(from: 0, to: 1440, by: step).map { (start + $0) % 1440 }, 0, fields)
    }
}

/// The fields for days: of the month, months, of the week.
private struct DayFields {
    var days = Set(1...31)
    var months = Set(1...12)
    var weekdays = Set(0...6)
    /// Whether a day fits by its number or by its weekday, rather than by both.
    var eitherDay = false

    /// The days that lie so many days later.
    func moved(by count: Int) throws(CronProblem) -> DayFields {
        guard count > 0, self != DayFields() else { return self }
        guard days.count == 31, months.count == 12, !eitherDay else {
            throw CronProblem("its jitter moves it to another day of the month")
        }
        var moved = self
        moved.weekdays = Set(weekdays.map { ($0 + count) % 7 })
        return moved
    }

    func fields() throws(CronProblem) -> String {
        guard eitherDay || days.count == 31 || weekdays.count == 7 else {
            throw CronProblem("it wants a day of the month and a weekday together, where others take either for enough")
        }
        // A field that is restricted must not begin with a star: then the other one would decide alone.
        return [
            FieldText.of(days, in: 1...31, mayBeStar: !eitherDay),
            FieldText.of(months, in: 1...12, mayBeStar: true),
            FieldText.of(weekdays, in: 0...6, mayBeStar: !eitherDay),
        ].joined(separator: " ")
    }
}

extension DayFields: Equatable {}

/// Minutes of the day as pairs of the fields for minutes and hours.
private struct DayMinutes {
    let lines: [String]

    init(_ minutes: [Int]) {
        var hours: [Int: Set<Int>] = [:]
        for minute in minutes { hours[minute % 60, default: []].insert(minute / 60) }
        var minutesByHours: [[Int]: Set<Int>] = [:]
        for (minute, hours) in hours { minutesByHours[hours.sorted(), default: []].insert(minute) }
        let groups = minutesByHours.map { (hours: $0.key, minutes: $0.value) }.sorted { a, b in
            let (x, y) = ((a.hours.first ?? 0) * 60, (b.hours.first ?? 0) * 60)
            return x + (a.minutes.min() ?? 0) < y + (b.minutes.min() ?? 0)
        }
        lines = groups.map { group in
            let minute = FieldText.of(group.minutes, in: 0...59, mayBeStar: true, mayStep: true)
            return "\(minute) \(FieldText.of(Set(group.hours), in: 0...23, mayBeStar: true, mayStep: true))"
        }
    }
}

/// Numbers as a field of a cron expression.
private enum FieldText {
    static func of(
        _ numbers: Set<Int>, in bounds: ClosedRange<Int>, mayBeStar: Bool, mayStep: Bool = false
    ) -> String {
        let numbers = numbers.sorted()
        let whole = "\(bounds.lowerBound)-\(bounds.upperBound)"
        if numbers.count == bounds.count { return mayBeStar ? "*" : whole }
        guard let first = numbers.first, let last = numbers.last, numbers.count > 2 else {
            return numbers.map(String.init).joined(separator: ",")
        }
        let step = numbers[1] - first
        if step > 1, zip(numbers, numbers.dropFirst()).allSatisfy({ $1 - $0 == step }) {
            let isAll = first == bounds.lowerBound && last + step > bounds.upperBound
            return "\(isAll ? mayStep ? "*" : whole : "\(first)-\(last)")/\(step)"
        }
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let run = runs.last, run.upperBound == number - 1 {
                runs[runs.count - 1] = run.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { run in
            switch run.count {
            case 1: "\(run.lowerBound)"
            case 2: "\(run.lowerBound),\(run.upperBound)"
            default: "\(run.lowerBound)-\(run.upperBound)"
            }
        }.joined(separator: ",")
    }
}
