internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Support

/// Lists what the ledger has of runs and occurrences.
struct HistoryAction {
    let configuration: ConfigurationInput
    let job: String?
    let limit: Int
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedLedger(configuration, program)
        // Also of a job that the configuration does not have any more.
        let runs = try opened.ledger.runs(job: job, limit: limit)
        let occurrences = try opened.ledger.occurrences(job: job, limit: limit)
        if runs.isEmpty, occurrences.isEmpty, let job { _ = try opened.configuration.findJob(job) }
        if json {
            try program.console.print(
                document: "history",
                [
                    .init("runs", .array(runs.map(\.json))),
                    .init("occurrences", .array(occurrences.map(\.json))),
                ])
        } else {
            let text = RunHistoryText(runs, occurrences.filter { $0.run == nil }, limit, zone: opened.setting.zone)
            for line in text.lines { try program.console.print(line) }
        }
        return .success
    }
}
