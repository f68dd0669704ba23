internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Restores a version, or a part of it.
struct RestoreAction {
    let store: StoreChoice
    let version: String?
    let target: String?
    let overwrite: OverwriteArgument
    let sparse: Bool
    let json: Bool
    let failsOnWarning: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let patterns = try OpenedStore.expressions(store.patterns)
        let start = ContinuousClock.now
        let opened = try OpenedStore(store, program)
        defer { opened.endProgress() }
        var request = RestoreRequest(
            version: try opened.version(version), patterns: patterns, target: target, overwrite: overwrite.rule)
        request.isSparse = sparse
        let summary = try RestoreRun(request, session: opened.session, problems: opened.problems).run()
        opened.endProgress()
        let digest = ProblemDigest(opened.problems)
        let text = RestoreText(
            summary, target: target, zone: opened.setting.zone, took: ContinuousClock.now - start)
        try program.tell {
            if json {
                try program.console.print(
                    document: "restore", summary.json(target: target) + [.init("problems", digest.json)])
            } else if !program.output.isQuiet {
                for line in text.lines { try program.console.print(line) }
            }
        }
        if summary.failed > 0 || digest.errors > 0 { return .failure }
        return Outcome(digest).exitCode(failsOnWarning: failsOnWarning)
    }
}

extension Outcome {
    /// The end of something that came through, with these problems.
    init(_ digest: ProblemDigest) {
        self = digest.groups.isEmpty ? .success : .warning
    }
}
