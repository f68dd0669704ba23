internal import YAML

/// Holds the configuration against its own policies.
///
/// Only what is declared counts here: whether the versions are as young as they should be is for the run to tell.
struct PolicyCheck {
    private let configuration: Configuration
    private let root: Node

    /// - Parameters:
    ///   - configuration: what was read.
    ///   - root: the tree that it was read from.
    ///   - literals: the secrets that stand in the clear.
    ///   - check: gets what is against a policy.
    static func run(_ configuration: Configuration, _ root: Node, literals: [Finding], _ check: inout SchemaCheck) {
        let policies = PolicyCheck(configuration: configuration, root: root)
        let rules = root["policy"]?.items ?? []
        for (policy, rule) in zip(configuration.policies, rules) {
            if policy.kind == .noLiteralSecrets {
                for literal in literals where policies.concerns(policy, literal.range) {
                    check.add(
                        .literalAgainstPolicy, "\(literal.message), against the policy `no_literal_secrets`",
                        at: literal.range, in: Place(), help: literal.help)
                }
                continue
            }
            for job in configuration.jobs where policy.concerns(job) { policies.hold(job, to: policy, rule, &check) }
        }
    }

    /// A literal in a job that the policy is not about does not count; one elsewhere concerns everybody.
    private func concerns(_ policy: PolicySpecification, _ range: SourceRange) -> Bool {
        for job in configuration.jobs where !policy.concerns(job) {
            guard let written = root["jobs"]?[job.name]?.range else { continue }
            if written.contains(range) { return false }
        }
        return true
    }

    private func hold(
        _ job: JobSpecification, to policy: PolicySpecification, _ rule: Node, _ check: inout SchemaCheck
    ) {
        // As people have written it: `26h` and not `1d2h`.
        let span = rule["for"].flatMap(check.text) ?? ""
        switch policy.kind {
        case .encryptionRequired:
            guard job.encryption == .none else { return }
            tell(
                .notEncrypted, "jobs.\(job.name) stores in the clear", policy, job, "encryption", &check,
                help: "write `encryption: { passphrase: { secret: NAME } }`")
        case .minCopies:
            let wanted = policy.count ?? 1
            guard job.destinations.count < wanted else { return }
            tell(
                .tooFewCopies, "jobs.\(job.name) has \(counted(job.destinations.count)), not \(wanted)", policy, job,
                "destinations", &check, help: "name another destination")
        case .offSite:
            let wanted = policy.count ?? 1
            let elsewhere = destinations(job).count { $0.isOffSite }
            guard elsewhere < wanted else { return }
            tell(
                .notOffSite, "jobs.\(job.name) has \(counted(elsewhere)) elsewhere, not \(wanted)", policy, job,
                "destinations", &check,
                help: "name a destination that is elsewhere, or say of one that it is: `off_site: true`")
        case .immutabilityAtLeast:
            guard let wanted = policy.span else { return }
            let best = destinations(job).compactMap { $0.immutability?.period }.max {
                $0.fixedSeconds < $1.fixedSeconds
            }
            guard (best?.fixedSeconds ?? -1) < wanted.fixedSeconds else { return }
            let state = best.map { "for no longer than \($0)" } ?? "at no destination"
            tell(
                .tooMutable, "objects of jobs.\(job.name) are locked \(state), not for \(span)", policy, job,
                "destinations", &check,
                help: "write `immutability: { mode: governance, for: \(span) }` at a destination that can")
        case .verifiedWithin:
            guard let wanted = policy.span else { return }
            let promised = [job.objectives.verifiedWithin, job.verification.remote?.fullCycle].compactMap { $0 }
            let proves = job.verification.drill != nil || job.verification.remote != nil
            guard !proves || !promised.contains(where: { $0.fixedSeconds <= wanted.fixedSeconds }) else { return }
            let state =
                proves
                ? "does not promise to be verified within \(span)"
                : "is verified by no `remote` check and no `restore_drill`"
            tell(
                .tooSeldomVerified, "jobs.\(job.name) \(state)", policy, job, "verify", &check,
                help: proves
                    ? "write `slo: { verified_within: \(span) }`, or `full_cycle: \(span)` in `verify.remote`"
                    : "write `verify: { remote: { schedule: \"H 5 * * 6\", full_cycle: \(span) } }`")
        case .recoveryPoint:
            guard let wanted = policy.span else { return }
            if let own = job.objectives.recoveryPoint, own.fixedSeconds <= wanted.fixedSeconds { return }
            let own = root["jobs"]?[job.name]?["slo"]?["rpo"].flatMap(check.text)
            let state = own.map { "has an `slo.rpo` of \($0), and \(span) is the most" } ?? "has no `slo.rpo`"
            tell(
                .tooOld, "jobs.\(job.name) \(state)", policy, job, "slo", &check, help: "write `slo: { rpo: \(span) }`")
        case .noLiteralSecrets: return
        }
    }

    private func destinations(_ job: JobSpecification) -> [DestinationSpecification] {
        job.destinations.compactMap { configuration.destinations[$0] }
    }

    private func counted(_ number: Int) -> String {
        number == 0 ? "no destination" : number == 1 ? "one destination" : "\(number) destinations"
    }

    /// Points at the key of the job that decides, when the job has it itself, else at its name.
    private func tell(
        _ code: DiagnosticCode, _ message: String, _ policy: PolicySpecification, _ job: JobSpecification,
        _ key: String,
        _ check: inout SchemaCheck, help: String
    ) {
        let entries = root["jobs"]?.entries ?? []
        guard let entry = entries.first(where: { $0.key == job.name }) else { return }
        let own = entry.value.entries?.first { $0.key == key }?.keyRange
        let isInside = own.map { entry.value.range.contains($0) }
        check.add(
            code, "\(message), against the policy `\(policy.kind.rawValue)`",
            at: isInside == true ? own ?? entry.keyRange : entry.keyRange,
            in: Place(), help: [help], subject: job.name)
    }
}
