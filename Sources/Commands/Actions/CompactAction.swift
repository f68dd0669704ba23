internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Compacts a store, or tells what that would do.
struct CompactAction {
    let store: StoreChoice
    let volumeSize: String?
    let isDryRun: Bool
    let json: Bool
    let failsOnWarning: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let start = ContinuousClock.now
        let size = try givenVolumeSize()
        let opened = try OpenedStore(store, program, change: isDryRun ? nil : "compact")
        defer { opened.endProgress() }
        var options = opened.job.map { CompactOptions($0) } ?? CompactOptions()
        options.volumeSize = size ?? options.volumeSize
        let run = CompactRun(opened.session, options: options, problems: opened.problems)
        if isDryRun {
            let plan = try run.plan()
            opened.endProgress()
            try program.tell { try tell(plan, opened, program) }
        } else {
            let summary = try run.run()
            opened.endChange()
            opened.endProgress()
            try program.tell { try tell(summary, opened, ContinuousClock.now - start, program) }
        }
        let digest = ProblemDigest(opened.problems)
        return digest.errors > 0 ? .failure : Outcome(digest).exitCode(failsOnWarning: failsOnWarning)
    }

    private func givenVolumeSize() throws -> Int64? {
        guard let volumeSize else { return nil }
        guard let size = ByteCount(parsing: volumeSize), size.bytes >= 1 << 20 else {
            throw Failure(
                .configuration, .usage, "“\(volumeSize)” is no volume size. Write 1 MiB or more, such as 50MiB.")
        }
        return size.bytes
    }

    // MARK: A plan

    private func tell(_ plan: CompactPlan, _ opened: OpenedStore, _ program: Program) throws {
        guard !json else {
            return try program.console.print(
                document: "compact-plan",
                [
                    .init("store", .string(opened.label)), .init("reason", .string(plan.reason.rawValue)),
                    .init("used_bytes", .integer(plan.usedBytes)), .init("wasted_bytes", .integer(plan.wastedBytes)),
                    .init("data_volumes", .integer(Int64(plan.volumeCount))),
                    .init(
                        "volumes",
                        .array(
                            plan.volumes.map { volume in
                                .object([
                                    .init("name", .string(volume.name)), .init("kind", .string(volume.kind.rawValue)),
                                    .init("used_bytes", .integer(volume.usedBytes)),
                                    .init("wasted_bytes", .integer(volume.wastedBytes)),
                                    .init("size", .integer(volume.size)),
                                    .init("stays", volume.hindrance.map { .string($0.rawValue) } ?? .null),
                                ])
                            })),
                ])
        }
        for volume in plan.volumes {
            let what = volume.kind == .deletable ? "delete" : "rewrite"
            let stays = volume.hindrance.map { " (stays: \($0.rawValue))" } ?? ""
            try program.console.print(
                "\(what)  \(volume.name)  \(HumanText.size(volume.size)), \(volume.kind.rawValue), "
                    + "\(HumanText.size(volume.wastedBytes)) of \(HumanText.size(volume.usedBytes + volume.wastedBytes)) "
                    + "not needed\(stays)")
        }
        guard !program.output.isQuiet else { return }
        let waste =
            "\(HumanText.size(plan.wastedBytes)) of \(HumanText.size(plan.usedBytes + plan.wastedBytes)) are not needed"
        let deleted = plan.volumes.count { $0.kind == .deletable && $0.hindrance == nil }
        let rewritten = plan.volumes.count { $0.kind != .deletable && $0.hindrance == nil }
        try program.console.print(
            plan.reason == .compacted
                ? "\(HumanText.count(deleted, "volume")) to be deleted, \(HumanText.count(rewritten)) to be rewritten; \(waste). "
                    + "Nothing was changed (--dry-run)."
                : "\(plan.reason.sentence) \(waste.prefix(1).uppercased())\(waste.dropFirst()).")
    }

    // MARK: A summary

    private func tell(
        _ summary: CompactSummary, _ opened: OpenedStore, _ duration: Duration, _ program: Program
    ) throws {
        guard !json else {
            return try program.console.print(
                document: "compact",
                [.init("store", .string(opened.label))] + summary.json
                    + [.init("problems", ProblemDigest(opened.problems).json)])
        }
        guard !program.output.isQuiet else { return }
        try program.console.print(line(summary, duration))
    }

    private func line(_ summary: CompactSummary, _ duration: Duration) -> String {
        var stays: [String] = []
        if summary.volumesLocked > 0 { stays.append("\(HumanText.count(summary.volumesLocked)) locked") }
        if summary.volumesArchived > 0 { stays.append("\(HumanText.count(summary.volumesArchived)) archived") }
        if summary.volumesDamaged > 0 { stays.append("\(HumanText.count(summary.volumesDamaged)) damaged") }
        let left = stays.isEmpty ? "" : " Volumes left as they are: \(stays.joined(separator: ", "))."
        guard summary.reason == .compacted else {
            let leftovers =
                summary.leftoversDeleted > 0
                ? " \(HumanText.count(summary.leftoversDeleted, "object")) that an earlier compaction had replaced "
                    + "\(summary.leftoversDeleted == 1 ? "was" : "were") deleted."
                : ""
            return summary.reason.sentence + leftovers + left
        }
        return "Deleted \(HumanText.count(summary.volumesDeleted, "volume")), rewrote "
            + "\(HumanText.count(summary.volumesRewritten)) into \(HumanText.count(summary.volumesUploaded)) in "
            + "\(HumanText.duration(duration)); \(HumanText.size(max(0, summary.bytesFreed))) given back, "
            + "\(HumanText.size(summary.bytesAfter)) left.\(left)"
    }
}

extension CompactSummary.Reason {
    /// What it means, in a sentence.
    fileprivate var sentence: String {
        switch self {
        case .compacted: "Compacted."
        case .notNeeded: "There is nothing worth compacting."
        case .off: "Compacting is switched off."
        case .nothingChanged: "Nothing has changed that could make compacting worth while."
        case .tooSoon: "The last compaction is too young."
        case .noVersions: "There is no version yet that says which data is needed; nothing is deleted."
        case .incompleteStore: "It is not known which data is needed, so nothing is deleted."
        }
    }
}

extension CompactSummary {
    /// The summary for machines.
    fileprivate var json: [JSONValue.Member] {
        [
            .init("reason", .string(reason.rawValue)), .init("volumes_deleted", .integer(Int64(volumesDeleted))),
            .init("volumes_rewritten", .integer(Int64(volumesRewritten))),
            .init("volumes_uploaded", .integer(Int64(volumesUploaded))),
            .init("volumes_locked", .integer(Int64(volumesLocked))),
            .init("volumes_archived", .integer(Int64(volumesArchived))),
            .init("volumes_damaged", .integer(Int64(volumesDamaged))),
            .init("leftovers_deleted", .integer(Int64(leftoversDeleted))),
            .init("bytes_fetched", .integer(bytesFetched)), .init("bytes_uploaded", .integer(bytesUploaded)),
            .init("bytes_before", .integer(bytesBefore)), .init("bytes_after", .integer(bytesAfter)),
            .init("bytes_freed", .integer(bytesFreed)),
        ]
    }
}
