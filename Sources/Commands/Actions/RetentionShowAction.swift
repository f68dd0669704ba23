internal import Configuration
internal import Engine
internal import JSON
internal import Jobs
internal import Support

/// Says of every version whether it stays, and why.
struct RetentionShowAction {
    let store: StoreChoice
    let policy: String?
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let opened = try OpenedStore(store, program)
        defer { opened.endProgress() }
        let rules = try opened.policy(policy)
        let decision = try RetentionRun(opened.session, policy: rules).decide()
        opened.endProgress()
        let limit = rules.deletionLimit(ofVersions: decision.verdicts.count)
        try program.tell {
            if json {
                try program.console.print(
                    document: "retention-show",
                    [
                        .init("store", .string(opened.label)), .init("max_delete", .integer(Int64(limit))),
                        .init("delete_count", .integer(Int64(decision.deleted.count))),
                        .init("versions", .array(decision.json)),
                    ])
            } else {
                for line in RetentionText.table(decision, opened.setting.zone).lines { try program.console.print(line) }
                for line in RetentionText.closing(decision, limit: limit) { try program.console.print(line) }
            }
        }
        return opened.exitCode
    }
}

extension OpenedStore {
    /// The rules that a command looks at: those of the command line, else the job's.
    /// - Throws: `Failure` with `ExitCode.usage`.
    func policy(_ text: String?) throws(Failure) -> RetentionPolicy {
        var policy = job?.retention.map { RetentionPolicy($0) } ?? RetentionPolicy()
        guard let text else {
            if job == nil {
                throw Failure(.configuration, .usage, "Give the tiers: --policy \"7d:1d,4w:1w,12mo:1mo\".")
            }
            return policy
        }
        guard let tiers = RetentionPolicy(tiers: text)?.tiers else {
            throw Failure(
                .configuration, .usage,
                "“\(text)” is no policy. Write age:interval pairs as in “7d:1d,4w:1w,12mo:1mo”, "
                    + "or as Duplicati does: “7D:1D,4W:1W,12M:1M”.")
        }
        // What is asked is what these tiers would do; the brakes stay on.
        policy = RetentionPolicy(tiers: tiers, minVersions: policy.minVersions, maxDelete: policy.maxDelete)
        return policy
    }
}
