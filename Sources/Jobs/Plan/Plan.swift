public import Configuration
internal import Support

/// What a configuration would do that the one before it does not.
public struct Plan: Sendable, Hashable {
    /// A secret that cannot be had.
    public struct UnresolvedSecret: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Why, and what to do; never a value.
        public let reason: String
    }

    /// What is known of secrets.
    public enum Secrets: Sendable, Hashable {
        /// Those that cannot be had.
        case checked([UnresolvedSecret])
        /// Nobody looked.
        case skipped
    }

    /// What the candidate is compared with, in a few words.
    public let base: String
    /// The fingerprint of that; nil when there is none.
    public let baseFingerprint: String?
    /// The fingerprint of the candidate.
    public let fingerprint: String
    /// The jobs that something changes for: those of the candidate in their order, then those that are removed.
    public let jobs: [PlannedJob]
    /// How many jobs stay as they are.
    public let unchangedJobs: Int
    /// What else differs: destinations, secrets, reports, runtime.
    public let changes: [PlanChange]
    /// What is known of the candidate's secrets.
    public let secrets: Secrets
    /// What should be better in the candidate, and its policies that do not hold.
    public let diagnostics: [Diagnostic]
    /// `sha256:` and 64 hexadecimal digits: the same for the same effects, whenever the plan is made.
    public let hash: String

    /// Whether anything changes.
    public var hasChanges: Bool { !jobs.isEmpty || !changes.isEmpty }

    /// What somebody has to approve: more versions go than may, nobody knows how many, or all is uploaded again.
    public var needsApproval: Bool { isDestructive || isUnknown || isReseeded }

    /// Whether a store is looked for elsewhere, so that everything is uploaded again.
    public var isReseeded: Bool { jobs.contains { $0.stores.contains(where: \.isReseeded) } }

    /// What there is to approve, one sentence for each store.
    public var approvalReasons: [String] {
        var reasons: [String] = []
        for job in jobs {
            for store in job.stores where store.isReseeded {
                reasons.append(
                    "\(job.name) at \(store.destination): the store is looked for elsewhere, "
                        + "so that everything is uploaded again.")
            }
            for effect in job.retention {
                switch effect.finding {
                case .versions(let deletion) where effect.isDestructive:
                    reasons.append(
                        "\(job.name) at \(effect.destination): retention deletes \(deletion.versions.count) of "
                            + "\(Count(deletion.count, "version")), and one run may delete \(deletion.limit).")
                case .unknown(let reason):
                    reasons.append(
                        "\(job.name) at \(effect.destination): not known what retention deletes: \(reason)")
                case .versions, .noStore: break
                }
            }
        }
        return reasons
    }

    /// Whether more versions would go than one run may delete.
    public var isDestructive: Bool { jobs.contains { $0.retention.contains(where: \.isDestructive) } }

    /// Whether it is not known what some retention deletes.
    public var isUnknown: Bool { jobs.contains { $0.retention.contains(where: \.isUnknown) } }

    /// How many versions would go.
    public var deletedVersions: Int {
        jobs.flatMap(\.retention).reduce(0) { sum, effect in
            if case .versions(let deletion) = effect.finding { sum + deletion.versions.count } else { sum }
        }
    }

    /// Whether somebody has approved these effects.
    /// - Parameter text: the hash that the approval names, with or without `sha256:`.
    /// - Returns: whether it is this plan's.
    public func isApproved(by text: String) -> Bool {
        text == hash || "sha256:\(text)" == hash
    }
}
