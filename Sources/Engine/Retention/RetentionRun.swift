public import Catalog
internal import Destinations
internal import StoreFormat
public import Support

/// Applies a policy to a store: decides with the holds and locks of now, and deletes.
public struct RetentionRun: Sendable {
    private let session: StoreSession
    private let policy: RetentionPolicy
    private let problems: ProblemLog
    private let now: Timestamp

    /// A run, not yet begun.
    /// - Parameters:
    ///   - session: the store; to delete, the caller has the right to change it and its catalog.
    ///   - policy: the rules.
    ///   - problems: told of versions that should go and cannot.
    ///   - now: the moment that ages are counted from.
    public init(
        _ session: StoreSession, policy: RetentionPolicy, problems: ProblemLog = ProblemLog(), now: Timestamp = .now()
    ) {
        self.session = session
        self.policy = policy
        self.problems = problems
        self.now = now
    }

    /// Seconds that the newest version may be ahead of the clock.
    private static let toleratedClockSkew: Int64 = 5

    /// Decides what stays; changes nothing.
    public func decide() throws(EngineError) -> RetentionDecision {
        Retention.decide(try Retention.versions(of: session), policy: policy, now: now)
    }

    /// Deletes what a decision says; blocks the calling thread.
    ///
    /// - Parameter decision: what ``decide()`` returned.
    /// - Returns: what was done.
    /// - Throws: `.clockBehind` when a version is later than now, and whatever keeps the destination or the catalog from
    ///   being changed.
    public func carryOut(_ decision: RetentionDecision) throws(EngineError) -> DeleteSummary {
        // Ages that are counted from a wrong time are wrong.
        if let newest = decision.verdicts.first?.version.time, newest.seconds - now.seconds > Self.toleratedClockSkew {
            throw .clockBehind(newest: newest, destination: session.store.destination.label)
        }
        for version in decision.locked {
            guard let until = version.lockedUntil else { continue }
            problems.add(
                Problem(
                    .remoteObject, "version of \(version.time)",
                    "is due to be deleted, but the destination has locked it until \(until)"))
        }
        return try DeleteRun(session, problems: problems).run(versions: decision.deleted.map(\.id))
    }
}

extension Retention {
    /// The versions of a store, with their holds and locks.
    public static func versions(of session: StoreSession) throws(EngineError) -> [RetentionVersion] {
        let holds = try HoldBook(reading: session)
        let locks = Dictionary(
            session.listing.dlists.compactMap { item in item.name.time.map { ($0, item.lockedUntil) } }
        ) { first, _ in first }
        return try versions(in: session.catalog).map { version in
            var version = version
            version.isHeld = holds.isHeld(version.time)
            version.lockedUntil = locks[version.time] ?? nil
            return version
        }
    }

    /// The versions that a catalog knows: enough to see that nothing is due, which is asked after every backup.
    public static func versions(in catalog: Catalog) throws(EngineError) -> [RetentionVersion] {
        do {
            return try catalog.read { reader in
                try reader.versions().map { RetentionVersion(id: $0.id, time: $0.time, isFull: $0.isFull) }
            }
        } catch {
            throw EngineError(error, doing: "read the catalog \(catalog.path)")
        }
    }
}
