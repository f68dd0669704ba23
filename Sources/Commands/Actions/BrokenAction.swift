internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Lists files that cannot be restored, or takes them out of their versions.
struct BrokenAction {
    let store: StoreChoice
    let verifies: Bool
    let purges: Bool
    let isConfirmed: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let isChange = purges && !isDryRun
        let opened = try OpenedStore(store, program, logsProblems: false, change: isChange ? "broken" : nil)
        defer { opened.endProgress() }
        let run = BrokenRun(opened.session, verifies: verifies, problems: opened.problems)
        var summary = try run.run(isDryRun: true)
        opened.endProgress()
        let isBroken = summary.pathCount > 0
        if isChange, isBroken {
            let what =
                "Taking \(HumanText.count(summary.pathCount, "broken path")) out of "
                + "\(HumanText.count(summary.versions.count, "version")) and deleting "
                + "\(HumanText.count(summary.deleted.count, "version")) at \(opened.label)"
            try Confirmation.require(what, isGiven: isConfirmed, on: program.console)
            summary = try run.run(isDryRun: false)
            opened.endChange()
        }
        try program.tell {
            if json {
                try program.console.print(
                    document: "broken",
                    [.init("store", .string(opened.label)), .init("purged", .bool(isChange))] + summary.json)
            } else {
                try show(summary, isDone: isChange, opened, program)
            }
        }
        // Something that cannot be restored is a fault of the store, unless it was just taken out.
        return isBroken && !isChange ? .failure : .success
    }

    private func show(_ summary: PurgeSummary, isDone: Bool, _ opened: OpenedStore, _ program: Program) throws {
        guard summary.pathCount > 0 else {
            if !program.output.isQuiet { try program.console.print("Nothing is broken at \(opened.label).") }
            return
        }
        for line in PurgeText.lines(summary, isDone: isDone, opened.setting.zone) { try program.console.print(line) }
        guard !isDone, !program.output.isQuiet else { return }
        try program.console.print(
            "`dunnage repair` looks for what is lost; `dunnage broken --purge` takes these files out of their versions."
        )
    }
}
