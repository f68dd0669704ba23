internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Listening
internal import Service

/// Runs: what was, with reports and logs.
extension Operations {
    static let runs: [Operation] = [
        Operation(
            name: "listRuns", method: "GET", path: PathTemplate("/api/v1/runs"), tag: "runs",
            summary: "Runs that have begun, newest first.", access: .scope(.read),
            parameters: [
                .init("job", .text(.name), "Only those of that job."),
                .init("state", .word(RunState.allCases.map(\.rawValue)), "Only those in that state."), limit,
                .init("before", .text(.identifier), "Only those before that run; `next` of the page before."),
            ],
            answer: .json(
                .object(
                    [
                        .init("runs", .list(.named("Run")), "The runs."),
                        .init("next", .nullable(.text(.identifier)), "`before` for the next page; `null` on the last."),
                    ], isOpen: true), "A page of runs."), problems: [ledger]
        ) { api, call in .json(try api.runs(call)) },
        Operation(
            name: "getRun", method: "GET", path: PathTemplate("/api/v1/runs/{run}"), tag: "runs",
            summary: "A run: one that was, is at work, or waits for room.", access: .scope(.read), parameters: [run],
            answer: .json(.named("Run"), "The run."), problems: [(404, "There is no such run."), ledger]
        ) { api, call in .json(try api.run(call)) },
        Operation(
            name: "getRunReport", method: "GET", path: PathTemplate("/api/v1/runs/{run}/report"), tag: "runs",
            summary: "The report of a run that has ended, as webhooks get it.", access: .scope(.read),
            parameters: [run], answer: .json(.anything, "The report."),
            problems: [(404, "The run has not ended, or its report is not there any more."), ledger]
        ) { api, call in try api.report(call) },
        Operation(
            name: "getRunLog", method: "GET", path: PathTemplate("/api/v1/runs/{run}/log"), tag: "runs",
            summary: "The log of a run, also while it is at work.", access: .scope(.read),
            parameters: [
                run,
                .init(
                    "offset", .integer(0...1 << 40), "How many bytes are left out: those that are known already.",
                    usual: .integer(0)),
            ],
            answer: .text("Lines."),
            problems: [(404, "There is no such run, or its log is not there any more."), ledger]
        ) { api, call in try api.log(call) },
        Operation(
            name: "listOccurrences", method: "GET", path: PathTemplate("/api/v1/occurrences"), tag: "runs",
            summary:
                "What became of the moments at which schedules wanted runs, newest first: also of those without one.",
            access: .scope(.read), parameters: [.init("job", .text(.name), "Only those of that job."), limit],
            answer: .json(
                .object([.init("occurrences", .list(.named("Occurrence")), "The moments.")], isOpen: true),
                "The moments."), problems: [ledger]
        ) { api, call in
            let found = try api.setting.ledger.occurrences(job: call.text("job"), limit: call.number("limit") ?? 100)
            return .json(.object([.init("occurrences", .array(found.map(\.json)))]))
        },
    ]
}
