internal import Configuration
internal import Jobs
internal import Support

/// A plan for people at a terminal.
struct PlanText {
    private(set) var lines: [String] = []
    private let words: PlanWords

    init(_ plan: Plan, _ verdict: PlanVerdict, zone: TimeZoneClock) {
        words = PlanWords(zone: zone) { PrintableText.escaped($0) }
        let label = PrintableText.escaped(plan.base)
        let before = plan.baseFingerprint.map { "\(Self.short($0)) (\(label))" } ?? label
        lines.append("\(before) → \(Self.short(plan.fingerprint))")
        lines.append("")
        for job in plan.jobs { add(job) }
        if !plan.changes.isEmpty {
            lines.append("~ beside the jobs")
            for change in plan.changes { add(change) }
        }
        if plan.unchangedJobs > 0 {
            lines.append("  \(HumanText.count(plan.unchangedJobs, "job")) without a change")
        }
        add(plan.secrets)
        for diagnostic in plan.diagnostics {
            lines.append(
                PrintableText.escaped(
                    "\(diagnostic.place): \(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]: "
                        + diagnostic.message))
        }
        if lines.last != "" { lines.append("") }
        lines.append("Plan \(plan.hash): \(PlanWords.summary(plan))")
        if let sentence = PlanWords.verdict(plan, verdict) { lines.append(sentence) }
    }

    private static func short(_ fingerprint: String) -> String { String(fingerprint.prefix(15)) }

    private mutating func add(_ job: PlannedJob) {
        let place = job.origin.map { "  (\($0.place))" } ?? ""
        lines.append("\(PlanWords.mark(job.kind)) job \(PrintableText.escaped(job.name + place))")
        for change in job.changes { add(change) }
        for store in job.stores { lines.append("    * \(words.store(store))") }
        for effect in job.retention { add(effect) }
        if let files = job.files { add(files) }
        if let schedule = job.schedule {
            if let old = schedule.old { lines.append("    @ was due  \(words.times(old))") }
            if let new = schedule.new { lines.append("    @ is due   \(words.times(new))") }
        }
    }

    private mutating func add(_ change: PlanChange) {
        let place = change.origin.map { "  (\(PrintableText.escaped($0.place)))" } ?? ""
        lines.append(
            "    \(PlanWords.mark(change)) \(PrintableText.escaped(change.path)): \(words.change(change))\(place)")
    }

    private mutating func add(_ effect: RetentionEffect) {
        lines.append("    \(effect.isDestructive || effect.isUnknown ? "!" : "-") \(words.retention(effect))")
        guard case .versions(let deletion) = effect.finding else { return }
        let versions = deletion.versions
        for version in versions.prefix(PlanWords.most) {
            lines.append("        \(words.version(version).joined(separator: "  "))")
        }
        addRest(versions.count)
    }

    private mutating func add(_ files: FilesEffect) {
        switch files {
        case .skipped(let reason): lines.append("    ? files that come in or go out: \(reason)")
        case .walked(let found):
            if found.removed.files > 0 {
                lines.append("    - \(words.removed(found.removed))")
                add(found.removed)
            }
            if found.added.files > 0 {
                lines.append("    + \(words.added(found.added))")
                add(found.added)
            }
            for problem in found.problems { lines.append("    ? \(PrintableText.escaped(problem))") }
            if found.problemCount > found.problems.count {
                lines.append("    ? and \(HumanText.count(found.problemCount - found.problems.count, "more problem"))")
            }
        }
    }

    private mutating func add(_ tally: FilesEffect.Tally) {
        for path in tally.sample { lines.append("        \(PrintableText.escaped(path))") }
        addRest(tally.files)
    }

    private mutating func addRest(_ count: Int) {
        guard count > PlanWords.most else { return }
        lines.append("        … and \(HumanText.count(count - PlanWords.most)) more")
    }

    private mutating func add(_ secrets: Plan.Secrets) {
        switch secrets {
        case .skipped: lines.append("  secrets were not fetched: offline")
        case .checked(let unresolved):
            for secret in unresolved { lines.append("! \(PrintableText.escaped(secret.reason))") }
        }
    }
}
