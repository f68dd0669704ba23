internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Scheduler
internal import Support

/// Shows how jobs stand.
struct StatusAction {
    let configuration: ConfigurationInput
    let job: String?
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedLedger(configuration, program)
        let jobs = try opened.jobs(job)
        let status = try JobStatus.all(jobs, opened.configuration, opened.ledger, at: .now())
        if json {
            try program.console.print(document: "status", [.init("jobs", .array(status.map(\.json)))])
        } else {
            for line in StatusText(status, zone: opened.setting.zone).lines { try program.console.print(line) }
        }
        return .success
    }
}
