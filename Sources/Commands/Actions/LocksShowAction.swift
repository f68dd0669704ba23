internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Says which objects of a store are locked.
struct LocksShowAction {
    let store: StoreChoice
    let options: [String]
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let reached = try ReachedStore(store, options: options, program)
        reached.setting.progress.watch(reached.progress)
        defer { reached.setting.progress.watch(nil) }
        let survey = try LockSurvey(
            of: reached.access.destination, prefix: reached.access.prefix, progress: reached.progress,
            cancellation: program.interruption.cancellation)
        reached.setting.progress.watch(nil)
        try program.tell {
            if json {
                try program.console.print(
                    document: "locks", [.init("store", .string(reached.access.destination.label))] + survey.json)
            } else {
                for line in lines(survey, reached) { try program.console.print(PrintableText.escaped(line)) }
            }
        }
        return .success
    }

    private func lines(_ survey: LockSurvey, _ reached: ReachedStore) -> [String] {
        let zone = reached.setting.zone
        let locked = survey.items.count - survey.unlocked
        let modes = LockMode.allCases.map { "\($0.rawValue) \(survey.locked($0))" }.joined(separator: ", ")
        var lines = [
            "\(HumanText.count(locked)) of \(HumanText.count(survey.items.count, "object")) at "
                + "\(reached.access.destination.label) \(locked == 1 ? "is" : "are") locked"
                + (locked == 0 ? "." : " (\(modes)).")
        ]
        if let soonest = survey.soonest, let latest = survey.latest {
            lines.append("The first lock ends \(zone.text(soonest)), the last one \(zone.text(latest)).")
        }
        for kind in ["dlist", "dindex", "dblock"] {
            let open = survey.items.count { $0.kind == kind && $0.lock == nil }
            if open > 0 { lines.append("Without a lock: \(HumanText.count(open)) \(kind).") }
        }
        return lines
    }
}

extension LockSurvey {
    /// The survey for machines.
    fileprivate var json: [JSONValue.Member] {
        [
            .init("objects", .integer(Int64(items.count))), .init("unlocked", .integer(Int64(unlocked))),
            .init("governance", .integer(Int64(locked(.governance)))),
            .init("compliance", .integer(Int64(locked(.compliance)))),
            .init("soonest_end", soonest.map { .string($0.iso8601) } ?? .null),
            .init("latest_end", latest.map { .string($0.iso8601) } ?? .null),
            .init(
                "locks",
                .array(
                    items.map { item in
                        .object([
                            .init("name", .string(item.name)), .init("kind", .string(item.kind)),
                            .init("mode", item.lock.map { .string($0.mode.rawValue) } ?? .null),
                            .init("until", item.lock.map { .string($0.end.iso8601) } ?? .null),
                        ])
                    })),
        ]
    }
}
