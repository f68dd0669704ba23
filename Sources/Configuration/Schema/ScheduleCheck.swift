internal import Schedule
internal import Support
internal import YAML

/// Checks schedules that are well written and still make no sense.
enum ScheduleCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        var schedules: [Node] = []
        for base in LanguageCheck.jobs(root).map(\.value) + [root["defaults"]].compactMap({ $0 }) {
            schedules += [base["schedule"], base["verify"]?["remote"]?["schedule"]].compactMap { $0 }
            schedules += [base["verify"]?["restore_drill"]?["schedule"]].compactMap { $0 }
        }
        for report in root["reports"]?.entries ?? [] {
            schedules += [report.value["digest"]?["schedule"]].compactMap { $0 }
        }
        for schedule in schedules { checkInterval(schedule, &check) }
        checkOrder(root, &check)
    }

    /// Weekdays on which an interval never falls.
    private static func checkInterval(_ schedule: Node, _ check: inout SchemaCheck) {
        guard let every = schedule["every"], let text = check.text(every), let span = CalendarDuration(parsing: text),
            let list = schedule["days"]
        else { return }
        let days = Set((list.items ?? []).compactMap { check.text($0) }.compactMap { Weekday(rawValue: $0) })
        guard !days.isEmpty else { return }
        guard span.months == 0, span.years == 0 else {
            check.add(
                .neverDue, "`days` cannot restrict an interval of months", at: list.range, in: Place(),
                help: ["write a cron expression: `cron: \"0 2 * * mon#1\"` is the first Monday of each month"])
            return
        }
        let at = schedule["at"].flatMap(check.text).flatMap { ClockTime(parsing: $0) }
        let recurrence = Recurrence.interval(seconds: span.seconds, at: at, days: days)
        guard recurrence.next(after: Timestamp(seconds: 1_704_067_200), in: .utc) == nil else { return }
        check.add(
            .neverDue, "an interval of \(text) never falls on such a day", at: list.range, in: Place(),
            notes: ["intervals count from Monday, 1 January 2024"], help: ["write `every: 1d` beside `days`"])
    }

    // MARK: Order

    private struct Wait {
        let job: String
        let range: SourceRange
    }

    /// Jobs that wait for each other would never run when all of them are due.
    private static func checkOrder(_ root: Node, _ check: inout SchemaCheck) {
        var waits: [String: [Wait]] = [:]
        let jobs = LanguageCheck.jobs(root)
        for job in jobs {
            guard let after = job.value["schedule"]?["after"] else { continue }
            waits[job.key] = (after.items ?? [after]).compactMap { order in
                order["job"].flatMap { node in check.text(node).map { Wait(job: $0, range: node.range) } }
            }
        }
        for circle in circles(jobs.map(\.key), waits) {
            let names = (circle.names + [circle.names[0]]).map { "`\($0)`" }.joined(separator: " after ")
            let isAlone = circle.names.count == 1
            check.add(
                .circular,
                isAlone ? "job `\(circle.names[0])` waits for itself" : "jobs wait for each other: \(names)",
                at: circle.range, in: Place(), help: ["remove one `after`"])
        }
    }

    /// Follows every `after` once, without recursion: a file may hold thousands of jobs in a row.
    private static func circles(
        _ jobs: [String], _ waits: [String: [Wait]]
    ) -> [(names: [String], range: SourceRange)] {
        var found: [(names: [String], range: SourceRange)] = []
        var done: Set<String> = []
        for start in jobs where !done.contains(start) {
            var path = [(job: start, next: 0)]
            var places = [start: 0]
            while let (job, next) = path.last {
                guard let wait = (waits[job] ?? []).dropFirst(next).first else {
                    path.removeLast()
                    places[job] = nil
                    done.insert(job)
                    continue
                }
                path[path.count - 1].next += 1
                if let place = places[wait.job] {
                    found.append((path[place...].map(\.job), wait.range))
                } else if !done.contains(wait.job) {
                    places[wait.job] = path.count
                    path.append((wait.job, 0))
                }
            }
        }
        return found
    }
}
