internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Scheduler
internal import Support

/// Lists the next moments at which jobs are due.
struct ScheduleNextAction {
    let configuration: ConfigurationInput
    let jobs: [String]
    let count: Int
    let onlyCollisions: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let configuration = try program.load(configuration).configuration
        let setting = program.setting(configuration.runtime)
        let chosen = try jobs.isEmpty ? configuration.jobs : jobs.map { try configuration.findJob($0) }
        let rules = chosen.flatMap { JobRules.all($0, in: configuration) }
        let room = configuration.runtime.limits.concurrentJobs
        let moments =
            onlyCollisions
            ? Agenda(rules, after: .now()).collisions(count, room: room) : Agenda(rules, after: .now()).next(count)
        if json {
            try program.console.print(document: "schedule", [.init("moments", .array(moments.map(Self.json)))])
            return .success
        }
        var table = Table([("TIME", .left), ("JOBS", .left)])
        for moment in moments {
            table.add([setting.zone.text(moment.time), moment.duties.map(\.description).joined(separator: ", ")])
        }
        for line in table.lines { try program.console.print(line) }
        return .success
    }

    private static func json(_ moment: Agenda.Moment) -> JSONValue {
        .object([
            .init("time", .string(moment.time.iso8601)), .init("jobs", .array(moment.jobs.map { .string($0) })),
            .init("checks", .array(moment.checks.map { .string($0) })),
        ])
    }
}
