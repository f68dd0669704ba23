internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Deletes what a job's retention does not keep.
struct RetentionApplyAction {
    let store: StoreChoice
    /// How many versions are to be deleted, as somebody has confirmed.
    let confirmed: Int?
    let isConfirmed: Bool
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program, change: isDryRun ? nil : "retention")
        defer { opened.endProgress() }
        let policy = try opened.policy(nil)
        let now = Timestamp.now()
        let run = RetentionRun(opened.session, policy: policy, problems: opened.problems, now: now)
        let decision = try run.decide()
        opened.endProgress()
        let due = decision.deleted.count
        if let confirmed, confirmed != due {
            throw Failure(
                .refused, .refused,
                "\(due) of \(decision.verdicts.count) versions are due to be deleted, not \(confirmed). "
                    + "None was deleted; look at them with `dunnage retention show`.")
        }
        let limit = policy.deletionLimit(ofVersions: decision.verdicts.count)
        if !isDryRun, due > 0 {
            var more = due > limit ? ", more than max_delete (\(limit)) allows a run" : ""
            if let jump = ClockJump(in: decision, now: now) {
                more += ", although there is none from \(jump.before) to \(jump.after), as after a clock that jumped"
            }
            try Confirmation.require(
                "Deleting \(due) of \(decision.verdicts.count) versions from \(opened.label)\(more)",
                isGiven: isConfirmed || confirmed != nil, on: program.console)
        }
        let summary = isDryRun || due == 0 ? nil : try run.carryOut(decision)
        opened.endChange()
        try program.tell {
            if json {
                try program.console.print(
                    document: "retention-apply",
                    [
                        .init("store", .string(opened.label)), .init("dry_run", .bool(isDryRun)),
                        .init(
                            "deleted",
                            .array(
                                (summary?.deleted ?? (isDryRun ? decision.deleted.map(\.time) : []))
                                    .map { .string($0.iso8601) })),
                        .init("remaining", .integer(Int64(summary?.remaining ?? decision.kept.count))),
                        .init("freed_bytes", .integer(summary?.freedBytes ?? 0)),
                    ])
            } else if isDryRun {
                for line in RetentionText.table(decision, opened.setting.zone).lines { try program.console.print(line) }
                for line in RetentionText.closing(decision, limit: limit) { try program.console.print(line) }
            } else if !program.output.isQuiet {
                try program.console.print(summary.map { DeleteText.line($0) } ?? "Every version stays.")
            }
        }
        return opened.exitCode
    }
}
