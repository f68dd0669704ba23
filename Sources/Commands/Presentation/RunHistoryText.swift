internal import Ledger
internal import Support

/// Runs, and occurrences without one, for people.
struct RunHistoryText {
    let lines: [String]

    init(_ runs: [RunRecord], _ others: [Occurrence], _ limit: Int, zone: TimeZoneClock) {
        var rows: [(time: Timestamp, cells: [String])] = runs.map { run in
            let note = [run.end?.reason, run.end?.message].compactMap { $0 }.joined(separator: ": ")
            let cells = [
                zone.text(run.start.started), Duty(run.start.job, run.start.kind).description, run.state.rawValue,
                Self.duration(run),
                run.start.attempt > 1
                    ? "\(run.start.trigger.rawValue) \(run.start.attempt)" : run.start.trigger.rawValue,
                run.start.id, Self.short(note),
            ]
            return (run.start.started, cells)
        }
        rows += others.map { one in
            let note =
                one.count > 1 ? "\(one.count) moments until \(zone.text(one.last))" : one.reason?.rawValue ?? ""
            return (
                one.due, [zone.text(one.due), one.duty.description, one.state.rawValue, "-", "schedule", "-", note]
            )
        }
        var table = Table([
            ("TIME", .left), ("JOB", .left), ("RESULT", .left), ("TOOK", .right), ("TRIGGER", .left), ("RUN", .left),
            ("", .left),
        ])
        for row in rows.sorted(by: { $0.time > $1.time }).prefix(limit) { table.add(row.cells) }
        lines = table.lines
    }

    private static func duration(_ run: RunRecord) -> String {
        guard let end = run.end else { return "-" }
        let nanoseconds = end.finished.unixNanoseconds - run.start.started.unixNanoseconds
        return HumanText.duration(.nanoseconds(max(0, nanoseconds)))
    }

    private static func short(_ text: String) -> String {
        text.count > 80 ? "\(text.prefix(79))…" : text
    }
}
