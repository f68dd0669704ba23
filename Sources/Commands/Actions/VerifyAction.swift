internal import Configuration
internal import Engine
internal import JSON
internal import Jobs
internal import Ledger
internal import Logging
internal import Support

/// Checks a store; what is wrong with it is the command's result, so it is data.
struct VerifyAction {
    let store: StoreChoice
    let level: VerifyLevel
    let json: Bool
    let failsOnWarning: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let start = ContinuousClock.now
        let opened = try OpenedStore(store, program, logsProblems: false)
        defer { opened.endProgress() }
        let summary = try VerifyRun(level, session: opened.session, problems: opened.problems).run()
        opened.endProgress()
        let digest = ProblemDigest(opened.problems)
        if level != .listing { remember(summary.isIntact && digest.errors == 0, opened, program) }
        try program.tell {
            guard json else { return try show(summary, opened, digest, ContinuousClock.now - start, program) }
            try program.console.print(
                document: "verify",
                [.init("store", .string(opened.label))] + summary.json
                    + [.init("problems", digest.json)])
        }
        if !summary.isIntact || digest.errors > 0 { return .failure }
        return Outcome(digest).exitCode(failsOnWarning: failsOnWarning)
    }

    /// Has the metrics know when a job's store was read back last.
    private func remember(_ isGood: Bool, _ opened: OpenedStore, _ program: Program) {
        guard let configuration = opened.configuration, let job = opened.job, let destination = opened.destination,
            !configuration.runtime.isStateless
        else { return }
        let state = StateFolder(configuration.runtime.stateDirectory, environment: program.environment)
        do {
            try state.prepare()
            try Ledger(path: state.ledger).verified(job.name, at: destination, .now(), isGood: isGood)
        } catch {
            opened.setting.logger.warning("verification not kept in the ledger", metadata: ["error": "\(error)"])
        }
    }

    private func show(
        _ summary: VerifySummary, _ opened: OpenedStore, _ digest: ProblemDigest, _ duration: Duration,
        _ program: Program
    ) throws {
        var seen: Set<Problem> = []
        for problem in opened.problems.problems where seen.insert(problem).inserted {
            let word = problem.isError ? "error" : "warning"
            try program.console.print(
                PrintableText.escaped("\(word)[\(problem.code.rawValue)]: \(problem.subject): \(problem.message)"))
        }
        let hidden = opened.problems.counts.values.reduce(0, +) - opened.problems.problems.count
        if hidden > 0 { try program.console.print("… and \(HumanText.count(hidden)) more") }
        guard !program.output.isQuiet else { return }
        let scope = scope(of: summary, duration)
        if summary.isIntact, digest.errors == 0 {
            try program.console.print("\(scope): nothing is damaged or missing.")
        } else {
            try program.console.print(
                "\(scope): \(HumanText.count(summary.faultyObjects, "object")) damaged or missing, "
                    + "\(HumanText.count(summary.casualtyCount, "file")) concerned.")
        }
        if summary.archived > 0 {
            try program.console.print(
                "\(HumanText.count(summary.archived, "object")) in an archive could not be looked at.")
        }
    }
}

extension VerifyAction {
    /// What was done, so that nobody takes a glance for an examination.
    private func scope(of summary: VerifySummary, _ duration: Duration) -> String {
        let time = HumanText.duration(duration)
        let objects = HumanText.count(summary.objects, "object")
        switch summary.level {
        case .listing: return "Compared the listing of \(objects) in \(time)"
        case .sample, .turn, .full:
            let read =
                "\(objects), \(HumanText.count(summary.blocks, "block")), "
                + "\(HumanText.size(summary.bytesFetched)) in \(time)"
            return summary.level == .full ? "Verified \(read)" : "Verified a sample of \(read)"
        }
    }
}

extension VerifySummary {
    /// The summary for machines.
    fileprivate var json: [JSONValue.Member] {
        [
            .init("level", .string(level.name)), .init("intact", .bool(isIntact)),
            .init("objects", .integer(Int64(objects))), .init("archived", .integer(Int64(archived))),
            .init("blocks", .integer(Int64(blocks))), .init("bytes_fetched", .integer(bytesFetched)),
            .init(
                "faults",
                .array(
                    faults.map {
                        .object([
                            .init("object", .string($0.object)), .init("kind", .string($0.kind.rawValue)),
                            .init("detail", .string($0.detail)), .init("loses_data", .bool($0.losesData)),
                        ])
                    })),
            .init("file_count", .integer(Int64(casualtyCount))),
            .init(
                "files",
                .array(
                    casualties.map {
                        .object([
                            .init("path", .string($0.path)), .init("object", .string($0.object)),
                            .init("versions", .string($0.versions)), .init("metadata_only", .bool($0.isMetadataOnly)),
                        ])
                    })),
        ]
    }
}
