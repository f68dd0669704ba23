internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Saves what can be saved of a damaged store; what is lost is the command's result, so it is data.
struct RecoverAction {
    let choice: StoreChoice
    let options: [String]
    let version: String?
    let target: String
    let writesIncomplete: Bool
    let acceptsPlain: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let patterns = try OpenedStore.expressions(choice.patterns)
        let start = ContinuousClock.now
        let store = try ReachedStore(choice, options: options, program)
        let problems = ProblemLog()
        let request = RecoverRequest(
            version: try OpenedStore.version(version, zone: store.setting.zone), patterns: patterns, target: target,
            acceptsPlainLists: acceptsPlain, writesIncomplete: writesIncomplete)
        store.setting.progress.watch(store.progress)
        defer { store.setting.progress.watch(nil) }
        let summary = try RecoverRun(
            destination: store.access.destination, passphrase: store.access.passphrase, prefix: store.access.prefix,
            problems: problems, progress: store.progress, cancellation: program.interruption.cancellation
        ).run(request)
        store.setting.progress.watch(nil)
        let digest = ProblemDigest(problems)
        try program.tell {
            if json {
                try program.console.print(
                    document: "recover",
                    [.init("store", .string(store.access.destination.label))] + summary.json(target: target)
                        + [.init("problems", digest.json)])
            } else {
                try show(summary, store, ContinuousClock.now - start, program)
            }
        }
        return summary.isComplete && digest.errors == 0 ? .success : .failure
    }

    private func show(
        _ summary: RecoverSummary, _ store: ReachedStore, _ duration: Duration, _ program: Program
    ) throws {
        func print(_ text: String) throws { try program.console.print(PrintableText.escaped(text)) }
        for object in summary.objects { try print("\(object.state.rawValue): \(object.name): \(object.detail)") }
        for loss in summary.losses {
            if loss.isMetadataOnly {
                try print("lost: \(loss.path): owner, mode and times: \(loss.reason)")
            } else {
                let ranges = loss.ranges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ", ")
                let share = loss.bytes == loss.size ? "all" : "\(HumanText.count(loss.bytes))"
                try print(
                    "lost: \(loss.path): \(share) of \(HumanText.count(loss.size)) bytes (\(ranges)): \(loss.reason)")
            }
        }
        if let fault = summary.listFault {
            try print("lost: the list of files is not whole; what else there was is not known: \(fault)")
        }
        guard !program.output.isQuiet else { return }
        for line in RestoreText(
            summary.restored, target: target, zone: store.setting.zone, took: duration
        ).lines {
            try print(line)
        }
        if summary.incompleteFiles > 0 {
            try print(
                "\(HumanText.count(summary.incompleteFiles, "file")) written as far as there, with `.incomplete` behind "
                    + "the name.")
        }
        let files = summary.losses.count { !$0.isMetadataOnly }
        try print(
            summary.isComplete
                ? "Examined \(HumanText.count(summary.examined, "object")): nothing of the version is lost."
                : "Examined \(HumanText.count(summary.examined, "object")): \(HumanText.count(files, "file")) not whole, "
                    + "\(HumanText.count(summary.losses.count - files, "entry", plural: "entries")) without metadata.")
    }
}

extension RecoverSummary {
    /// The summary for machines.
    fileprivate func json(target: String) -> [JSONValue.Member] {
        [
            .init("complete", .bool(isComplete)), .init("examined", .integer(Int64(examined))),
            .init("restored", .object(restored.json(target: target))),
            .init("incomplete_files", .integer(Int64(incompleteFiles))),
            .init("list_fault", listFault.map { .string($0) } ?? .null),
            .init(
                "lost",
                .array(
                    losses.map { loss in
                        .object([
                            .init("path", .string(loss.path)), .init("size", .integer(loss.size)),
                            .init("lost_bytes", .integer(loss.bytes)),
                            .init(
                                "ranges",
                                .array(
                                    loss.ranges.map {
                                        .object([
                                            .init("offset", .integer($0.lowerBound)),
                                            .init("length", .integer(Int64($0.count))),
                                        ])
                                    })), .init("metadata_only", .bool(loss.isMetadataOnly)),
                            .init("reason", .string(loss.reason)),
                        ])
                    })),
            .init(
                "objects",
                .array(
                    objects.map {
                        .object([
                            .init("name", .string($0.name)), .init("state", .string($0.state.rawValue)),
                            .init("detail", .string($0.detail)),
                        ])
                    })),
        ]
    }
}
