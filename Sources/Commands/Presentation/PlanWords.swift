internal import Configuration
internal import Engine
internal import Jobs
internal import Support

/// What a plan says, in sentences that every form for people shares.
///
/// `value` marks what comes from a file, a name or a store, for each form in its way.
struct PlanWords {
    let zone: TimeZoneClock
    let value: (String) -> String

    /// How many of a list's items are named.
    static let most = 10

    func store(_ effect: StoreEffect) -> String {
        let name = value(effect.destination)
        switch effect.kind {
        case .new: return "\(name): a new store; the first run uploads everything, unless there is one already"
        case .takenOver(let job, let destination):
            return "\(name): continues the store of job \(value(job)) at \(value(destination))"
        case .moved(let from, let to):
            return "\(name): re-seeded; the URL was \(value(from)) and is \(value(to)), so the first run uploads "
                + "everything unless the store was moved there; the old one stays as it is"
        case .renamed(let from, let to):
            return "\(name): re-seeded; the prefix was \(value(from)) and is \(value(to)), so the first run uploads "
                + "everything beside the old store, which stays as it is"
        case .unfit(let setting, let from, let to):
            return
                "\(name): \(value(setting)) was \(value(from)) and is \(value(to)); a store that was written with the "
                + "old one refuses runs with 78: take it back, or give the store another place"
        case .passphrase(let from, let to):
            return
                "\(name): the passphrase comes from secret \(value(to)) rather than \(value(from)); with another value "
                + "the store does not open"
        case .unmanaged: return "\(name): no run any more; the versions stay, and nothing deletes them"
        }
    }

    func retention(_ effect: RetentionEffect) -> String {
        let name = value(effect.destination)
        switch effect.finding {
        case .noStore: return "\(name): there is no store yet, so retention deletes nothing"
        case .unknown(let reason): return "\(name): not known what retention deletes: \(value(reason))"
        case .versions(let deletion):
            let anyway = deletion.versions.count { $0.isDueAnyway }
            let due = anyway > 0 ? ", \(HumanText.count(anyway)) of them without the change, too" : ""
            let brake =
                effect.isDestructive
                ? "; more than the \(HumanText.count(deletion.limit)) that one run may delete (max_delete)" : ""
            return "\(name): retention deletes \(HumanText.count(deletion.versions.count)) of "
                + "\(HumanText.count(deletion.count, "version"))\(due)\(brake); compaction gives back about "
                + "\(HumanText.size(deletion.freedBytes))"
        }
    }

    func version(_ version: RetentionEffect.Version) -> [String] {
        [zone.text(version.time), HumanText.size(version.bytes), version.reason]
    }

    func tally(_ tally: FilesEffect.Tally, _ verb: String) -> String {
        "\(HumanText.count(tally.files, "file")) (\(HumanText.size(tally.bytes))) \(verb)"
    }

    func removed(_ tally: FilesEffect.Tally) -> String {
        self.tally(tally, "\(tally.files == 1 ? "leaves" : "leave") future versions; versions that hold them keep them")
    }

    func added(_ tally: FilesEffect.Tally) -> String {
        self.tally(tally, tally.files == 1 ? "comes in" : "come in")
    }

    /// The next times, or why there are none.
    func times(_ times: ScheduleEffect.Times?) -> String {
        guard let times else { return "-" }
        guard !times.next.isEmpty else { return "nothing starts it" }
        let clock = times.zone.flatMap { TimeZoneClock(named: $0) } ?? zone
        return times.next.map { clock.text($0) }.joined(separator: ", ")
    }

    func change(_ change: PlanChange) -> String {
        switch (change.old, change.new) {
        case (let old?, let new?):
            return old == new ? "\(value(old)) → another value" : "\(value(old)) → \(value(new))"
        case (nil, let new?): return value(new)
        default: return value(change.old ?? "")
        }
    }

    /// `+`, `-` or `~`.
    static func mark(_ change: PlanChange) -> String {
        change.old == nil ? "+" : change.new == nil ? "-" : "~"
    }

    static func mark(_ kind: PlannedJob.Kind) -> String {
        switch kind {
        case .added: "+"
        case .changed: "~"
        case .removed: "-"
        }
    }

    static func summary(_ plan: Plan) -> String {
        guard plan.hasChanges else { return "Nothing changes." }
        func jobs(_ kind: PlannedJob.Kind) -> Int { plan.jobs.count { $0.kind == kind } }
        var parts = ["\(jobs(.added)) to add, \(jobs(.changed)) to change, \(jobs(.removed)) to remove"]
        if !plan.changes.isEmpty { parts.append(HumanText.count(plan.changes.count, "other value")) }
        if plan.deletedVersions > 0 {
            parts.append("\(HumanText.count(plan.deletedVersions, "version")) would be deleted")
        }
        return parts.joined(separator: "; ") + "."
    }

    /// What there is to say of approvals.
    /// - Parameters:
    ///   - plan: the plan.
    ///   - verdict: whether it may be carried out.
    ///   - option: marks what somebody may copy to a command line.
    /// - Returns: nil when nothing needs an approval.
    static func verdict(_ plan: Plan, _ verdict: PlanVerdict, option: (String) -> String = { $0 }) -> String? {
        let cause =
            plan.isDestructive
            ? "More versions would be deleted than max_delete allows."
            : plan.isUnknown
                ? "It is not known which versions would be deleted." : "Everything would be uploaded again to a store."
        let remedy = "an approval has to name this plan: \(option("--approve \(plan.hash)"))"
        switch verdict {
        case .harmless: return nil
        case .approved: return "\(cause) This plan is approved."
        case .needed: return "\(cause) For a gate, \(remedy)"
        case .refused: return "\(cause) Refused: \(remedy)"
        }
    }
}
