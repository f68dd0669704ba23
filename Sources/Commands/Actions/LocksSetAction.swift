internal import Configuration
internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Locks what the versions of a store need.
struct LocksSetAction {
    let store: StoreChoice
    let span: String
    let mode: LockMode
    let isConfirmed: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let end = try end(after: .now())
        let opened = try OpenedStore(store, program, change: isDryRun ? nil : "locks")
        defer { opened.endProgress() }
        if mode == .compliance, !isDryRun {
            opened.endProgress()
            try Confirmation.require(
                "Locking all that the versions at \(opened.label) need until \(opened.setting.zone.text(end)), which "
                    + "nobody can undo or shorten, and which costs its room until then", isGiven: isConfirmed,
                on: program.console)
        }
        let summary = try LockRun(opened.session, until: end, mode: mode).run(isDryRun: isDryRun)
        opened.endProgress()
        try program.tell {
            if json {
                try program.console.print(
                    document: "locks-set",
                    [
                        .init("store", .string(opened.label)), .init("dry_run", .bool(isDryRun)),
                        .init("mode", .string(mode.rawValue)), .init("until", .string(end.iso8601)),
                    ] + summary.json)
            } else if !program.output.isQuiet {
                try program.console.print(PrintableText.escaped(line(summary, opened)))
            }
        }
        return opened.exitCode
    }

    private func end(after now: Timestamp) throws(Failure) -> Timestamp {
        guard let span = CalendarDuration(parsing: span) else {
            throw Failure(.configuration, .usage, "“\(span)” is no span of time. Write it as in 30d, 6mo or 1y.")
        }
        let later = now.adding(months: span.years * 12 + span.months)
        let end = Timestamp(seconds: later.seconds + span.seconds)
        guard end.seconds > now.seconds else {
            throw Failure(.configuration, .usage, "“\(self.span)” is no time at all.")
        }
        return end
    }

    private func line(_ summary: LockSummary, _ opened: OpenedStore) -> String {
        let rest = summary.unneeded > 0 ? " \(HumanText.count(summary.unneeded)) that no version needs left alone." : ""
        let what = isDryRun ? "Nothing was changed. Of" : "Of"
        let changed =
            isDryRun
            ? "\(HumanText.count(summary.locked)) would be locked, \(HumanText.count(summary.extended)) prolonged"
            : "\(HumanText.count(summary.locked)) locked, \(HumanText.count(summary.extended)) prolonged"
        let objects = HumanText.count(summary.objects, "object")
        return "\(what) \(objects) that the versions at \(opened.label) need: \(changed) "
            + "until \(opened.setting.zone.text(summary.end)) (\(mode.rawValue)), \(HumanText.count(summary.kept)) "
            + "locked as long already.\(rest)"
    }
}

extension LockSummary {
    /// The summary for machines.
    fileprivate var json: [JSONValue.Member] {
        [
            .init("objects", .integer(Int64(objects))), .init("unneeded", .integer(Int64(unneeded))),
            .init("locked", .integer(Int64(locked))), .init("extended", .integer(Int64(extended))),
            .init("kept", .integer(Int64(kept))),
        ]
    }
}
