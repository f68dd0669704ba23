internal import Configuration
internal import Jobs
internal import Ledger
internal import Support

/// Pauses and resumes jobs; a service notices within a second.
struct PauseAction {
    /// What is to be done.
    enum Change {
        case pause(reason: String?)
        case resume
    }

    let configuration: ConfigurationInput
    /// nil for all.
    let job: String?
    let change: Change

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedLedger(configuration, program)
        let name = try job.map { try opened.configuration.findJob($0).name }
        switch change {
        case .pause(let reason): try opened.ledger.pause(name, reason: reason, at: .now())
        case .resume:
            guard try opened.ledger.resume(name) || name == nil else {
                let isAll = try opened.ledger.pauses().contains { $0.job == nil }
                throw Failure(
                    .notFound, .usage,
                    isAll
                        ? "All jobs are paused together; `dunnage resume --all` ends that."
                        : "Job “\(name ?? "")” is not paused.")
            }
        }
        return .success
    }
}
