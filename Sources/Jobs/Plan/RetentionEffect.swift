internal import Configuration
internal import Engine
public import Support

/// What a change of retention deletes at a destination.
public struct RetentionEffect: Sendable, Hashable {
    /// A version that would go.
    public struct Version: Sendable, Hashable {
        /// When it was made.
        public let time: Timestamp
        /// Bytes of all its files, however many versions share them.
        public let bytes: Int64
        /// Why it would go.
        public let reason: String
        /// Whether it would go without the change, too.
        public let isDueAnyway: Bool
    }

    /// What would be deleted.
    public struct Deletion: Sendable, Hashable {
        /// The versions that would go, the newest first.
        public let versions: [Version]
        /// How many versions there are.
        public let count: Int
        /// How many may go in one run.
        public let limit: Int
        /// About how many bytes compaction then gives back at the destination.
        public let freedBytes: Int64
    }

    /// What is known.
    public enum Finding: Sendable, Hashable {
        /// The versions that would go with the next run, the newest first.
        case versions(Deletion)
        /// There is no store yet.
        case noStore
        /// The store was not read.
        case unknown(String)
    }

    /// The destination's name.
    public let destination: String
    /// What is known.
    public let finding: Finding

    init(_ destination: String, _ finding: Finding) {
        self.destination = destination
        self.finding = finding
    }

    /// Whether more versions would go than one run may delete.
    public var isDestructive: Bool {
        guard case .versions(let deletion) = finding else { return false }
        return deletion.versions.count > deletion.limit
    }

    /// Whether nobody knows what would go.
    public var isUnknown: Bool { if case .unknown = finding { true } else { false } }
}

extension RetentionEffect.Finding {
    /// What the new rules delete that the old ones leave; nil when there is nothing.
    ///
    /// The limit is the lower one of both rules, so that a change cannot lift its own brake.
    /// - Parameters:
    ///   - session: the store.
    ///   - old: the rules that hold; nil where no job looked after the store.
    ///   - new: the rules of the candidate.
    ///   - now: the moment that ages are counted from.
    /// - Throws: what keeps the store from being read.
    init?(
        _ session: StoreSession, old: RetentionPolicy?, new: RetentionPolicy, now: Timestamp
    ) throws(EngineError) {
        let versions = try Retention.versions(of: session)
        let due = Retention.decide(versions, policy: new, now: now)
        var anyway: Set<Int64> = []
        var limit = new.deletionLimit(ofVersions: versions.count)
        if let old {
            let before = Retention.decide(versions, policy: old, now: now).deleted
            let oldLimit = old.deletionLimit(ofVersions: versions.count)
            // What a run refuses to delete stays.
            if before.count <= oldLimit { anyway = Set(before.map(\.id)) }
            limit = min(limit, oldLimit)
        }
        guard due.deleted.contains(where: { !anyway.contains($0.id) }) else { return nil }
        let sizes = Dictionary(try StoreView(session.catalog).versions().map { ($0.time, $0.bytes) }) { first, _ in
            first
        }
        let going = due.verdicts.filter { !$0.isKept }.map { verdict in
            RetentionEffect.Version(
                time: verdict.version.time, bytes: sizes[verdict.version.time] ?? 0, reason: "\(verdict.reason)",
                isDueAnyway: anyway.contains(verdict.version.id))
        }
        self = .versions(
            .init(
                versions: going, count: versions.count, limit: limit,
                freedBytes: try FreedRoom.bytes(deleting: Set(due.deleted.map(\.id)), from: session)))
    }
}
