internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Takes files and folders out of versions.
struct PurgeAction {
    let store: StoreChoice
    let version: String?
    let isConfirmed: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let patterns = try OpenedStore.expressions(store.patterns)
        let opened = try OpenedStore(store, program, change: isDryRun ? nil : "purge")
        defer { opened.endProgress() }
        let selector = try version.map { try opened.version($0) }
        let run = PurgeRun(opened.session)
        var summary = try run.run(patterns, version: selector, isDryRun: true)
        opened.endProgress()
        if !isDryRun {
            let what =
                "Taking \(HumanText.count(summary.pathCount, "path")) out of "
                + "\(HumanText.count(summary.versions.count, "version")) at \(opened.label)"
            try Confirmation.require(what, isGiven: isConfirmed, on: program.console)
            summary = try run.run(patterns, version: selector)
            opened.endChange()
        }
        try program.tell {
            if json {
                try program.console.print(
                    document: "purge",
                    [.init("store", .string(opened.label)), .init("dry_run", .bool(isDryRun))] + summary.json)
            } else if !program.output.isQuiet {
                for line in PurgeText.lines(summary, isDone: !isDryRun, opened.setting.zone) {
                    try program.console.print(line)
                }
            }
        }
        return .success
    }
}
