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
    let isDryRun: Bool
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
        // The parts of a divided job have to meet below the target, whatever each of them has.
        request.keepsWholePaths = store.shard != nil
        let run = RestoreRun(request, session: opened.session, problems: opened.problems)
        if isDryRun { return try preview(run, opened, program) }
        let summary = try restore(run)
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

    /// Restores; what lies in an archive is answered with the command that orders it.
    private func restore(_ run: RestoreRun) throws -> RestoreSummary {
        do throws(EngineError) {
            return try run.run()
        } catch {
            guard case .archivedVolumes(_, _, let version, _) = error else { throw error }
            throw Failure(
                .store, .failure, "\(error) The command is: \(ThawHint.command(store, version: version))")
        }
    }

    private func preview(_ run: RestoreRun, _ opened: OpenedStore, _ program: Program) throws -> Jobs.ExitCode {
        opened.endProgress()
        var list = EntryList(program.console, zone: opened.setting.zone)
        if json { try list.begin(document: "restore-preview", array: "files") }
        let stop = StreamStop()
        let preview: RestorePreview
        do {
            preview = try run.preview { item in
                try stop.on {
                    if json {
                        try list.add(json: item.json)
                    } else if !program.output.isQuiet {
                        try program.console.print(item.line)
                    }
                }
            }
        } catch {
            throw stop.cause ?? error
        }
        let digest = ProblemDigest(opened.problems)
        if json {
            try list.end(preview.json(target: target) + [.init("problems", digest.json)])
        } else if !program.output.isQuiet {
            for line in preview.lines(target: target, zone: opened.setting.zone) { try program.console.print(line) }
        }
        if preview.failed > 0 || digest.errors > 0 { return .failure }
        return Outcome(digest).exitCode(failsOnWarning: failsOnWarning)
    }
}

extension Outcome {
    /// The end of something that came through, with these problems.
    init(_ digest: ProblemDigest) {
        self = digest.groups.isEmpty ? .success : .warning
    }
}
