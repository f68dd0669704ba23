internal import Configuration
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Foresees what retention leaves, if runs go on as they do.
struct RetentionSimulateAction {
    let store: StoreChoice
    let policy: String?
    let until: String
    let every: String?
    let format: RetentionSimulateCommand.Format

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program)
        defer { opened.endProgress() }
        let policy = try opened.policy(policy)
        let versions = try Retention.versions(of: opened.session)
        opened.endProgress()
        let now = Timestamp(seconds: Timestamp.now().seconds)
        let simulation = RetentionSimulation(
            versions, policy: policy, now: now, until: try end(opened, after: now),
            interval: try interval() ?? RetentionSimulation.usualInterval(versions))
        guard let simulation else {
            throw Failure(
                .configuration, .usage,
                "That would be more than \(RetentionSimulation.runLimit) runs. Choose an earlier end or larger steps.")
        }
        let limit = policy.deletionLimit(ofVersions: versions.count)
        try program.tell {
            switch format {
            case .json:
                try program.console.print(
                    document: "retention-simulate", [.init("store", .string(opened.label))] + simulation.json)
            case .svg:
                let picture = RetentionPicture(simulation, policy: policy, now: now, zone: opened.setting.zone)
                for line in picture.lines { try program.console.print(line) }
            case .text:
                try show(simulation, limit: limit, opened.setting.zone, program)
            }
        }
        return opened.exitCode
    }

    private func end(_ opened: OpenedStore, after now: Timestamp) throws(Failure) -> Timestamp {
        guard let end = opened.setting.zone.time(until) else {
            throw Failure(.configuration, .usage, "“\(until)” is no date. Write it as in 2027-06-30.")
        }
        guard end > now else { throw Failure(.configuration, .usage, "\(until) is not in the future.") }
        return end
    }

    private func interval() throws(Failure) -> Int64? {
        guard let every else { return nil }
        guard let seconds = CalendarDuration(parsing: every)?.fixedSeconds, seconds > 0 else {
            throw Failure(.configuration, .usage, "“\(every)” is no interval. Write it as in 1d, 6h or 30min.")
        }
        return seconds
    }

    private func show(
        _ simulation: RetentionSimulation, limit: Int, _ zone: TimeZoneClock, _ program: Program
    ) throws {
        let console = program.console
        let step = CalendarDuration(seconds: simulation.interval)
        try console.print("A version every \(step) until \(zone.text(simulation.until)):")
        var today = Table([("VERSION", .right), ("TIME", .left), ("GOES", .left), ("WHY", .left)])
        for (number, fate) in simulation.fates.enumerated() {
            today.add([
                "\(number)", zone.text(fate.version.time), fate.goes.map { zone.text($0) } ?? "stays", "\(fate.reason)",
            ])
        }
        for line in today.lines { try console.print(line) }
        try console.print("")
        var later = Table([("THEN", .right), ("TIME", .left), ("WHY", .left)])
        for (number, verdict) in simulation.remaining.verdicts.enumerated() {
            later.add(["\(number)", zone.text(verdict.version.time), "\(verdict.reason)"])
        }
        for line in later.lines { try console.print(line) }
        guard let largest = simulation.largestDeletion, largest.count > limit else { return }
        try console.print(
            "The run of \(zone.text(largest.time)) would delete \(HumanText.count(largest.count, "version")): "
                + "more than max_delete allows, so it would refuse.")
    }
}

extension RetentionSimulation {
    /// The simulation for machines.
    fileprivate var json: [JSONValue.Member] {
        [
            .init("until", .string(until.iso8601)), .init("interval_seconds", .integer(interval)),
            .init("runs", .integer(Int64(runs))),
            .init(
                "versions",
                .array(
                    fates.enumerated().map { number, fate in
                        .object([
                            .init("number", .integer(Int64(number))), .init("time", .string(fate.version.time.iso8601)),
                            .init("goes", fate.goes.map { .string($0.iso8601) } ?? .null),
                            .init("reason", .string("\(fate.reason)")), .init("held", .bool(fate.version.isHeld)),
                        ])
                    })),
            .init(
                "remaining",
                .array(
                    remaining.verdicts.map { verdict in
                        .object([
                            .init("time", .string(verdict.version.time.iso8601)),
                            .init("reason", .string("\(verdict.reason)")),
                        ])
                    })),
            .init("largest_deletion", .integer(Int64(largestDeletion?.count ?? 0))),
        ]
    }
}
