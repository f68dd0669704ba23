public import Configuration
internal import JSON
public import Ledger
public import Logging
public import Reporting
public import Secrets
public import Support
public import Transport

/// Delivers what waits in the outbox: what this process has put there, and what others have left.
///
/// Whom a report goes to is looked up when it is delivered, so that a corrected URL helps those that wait already.
public struct OutboxDelivery: Sendable {
    /// What waits.
    public let outbox: Outbox
    private let receivers: [String: ReportSpecification]
    private let instance: String
    private let digests: Digests
    private let secrets: SecretStore
    private let transports: ReportTransports
    private let policy: DeliveryPolicy
    private let logger: Logger
    private let cancellation: CancellationFlag?

    /// A delivery with what it needs.
    ///
    /// The flag ends what is under way when it is raised; what was not delivered stays.
    public init(
        ledger: Ledger, configuration: Configuration, secrets: SecretStore, transport: Transport,
        policy: DeliveryPolicy, logger: Logger, cancellation: CancellationFlag? = nil
    ) {
        outbox = Outbox(ledger, instance: configuration.instance)
        receivers = configuration.reports
        instance = configuration.instance
        digests = Digests(outbox: outbox, configuration: configuration)
        self.secrets = secrets
        transports = ReportTransports(transport)
        self.policy = policy
        self.logger = logger
        self.cancellation = cancellation
    }

    /// What came of one report of the outbox.
    public struct Result: Sendable, Hashable {
        /// The report.
        public let entry: OutboxEntry
        /// What came of it.
        public let attempt: DeliveryAttempt
    }

    /// Makes one attempt for each report that is due; blocks the calling thread.
    ///
    /// Of a receiver that cannot be reached the rest waits as well.
    /// - Parameters:
    ///   - now: the time, which decides about what is due; signatures have the time of the machine.
    ///   - clock: what signatures carry.
    /// - Returns: what was tried, in its order.
    /// - Throws: when the ledger cannot be read or written.
    @discardableResult
    public func deliverDue(
        now: Timestamp, clock: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) throws(LedgerError) -> [Result] {
        try digests.make(at: now, masking: secrets.mask.apply)
        var results: [Result] = []
        var had: Set<Int64> = []
        var absent: [String: Timestamp] = [:]
        while cancellation?.isCancelled != true, let entry = try outbox.claim(at: now, except: had) {
            had.insert(entry.number)
            if let due = absent[entry.draft.receiver] {
                try outbox.postpone(entry, until: due, because: nil)
                continue
            }
            let attempt = attempt(entry, clock)
            try conclude(entry, attempt, at: now, absent: &absent)
            results.append(Result(entry: entry, attempt: attempt))
        }
        return results
    }

    /// When the next report or digest is due; `nil` when none waits.
    public func nextDue() throws(LedgerError) -> Timestamp? {
        let dues = [try outbox.nextDue(), try digests.nextDue()]
        return dues.compactMap { $0 }.min()
    }

    private func attempt(_ entry: OutboxEntry, _ clock: @escaping @Sendable () -> Timestamp) -> DeliveryAttempt {
        guard let receiver = receivers[entry.draft.receiver] else {
            return DeliveryAttempt(.refused, "The configuration has no receiver of this name any more.")
        }
        do {
            guard let message = ReportMessage(entry.draft) else {
                return DeliveryAttempt(.refused, "What is kept of it cannot be read.")
            }
            let endpoint = try receiver.endpoint(for: entry.draft.job ?? instance, secrets, now: clock)
            return endpoint.send(
                message, over: transports.transport(for: receiver), timeout: receiver.policy(over: policy).timeout,
                cancellation: cancellation)
        } catch let error as ReportingError {
            return DeliveryAttempt(.refused, "\(error)")
        } catch {
            // A secret that cannot be had now may be there when it is tried again.
            return DeliveryAttempt(.postponed(asked: nil), Failure(error).message)
        }
    }

    private func conclude(
        _ entry: OutboxEntry, _ attempt: DeliveryAttempt, at now: Timestamp, absent: inout [String: Timestamp]
    ) throws(LedgerError) {
        var metadata: Logger.Metadata = [
            "report": "\(entry.draft.receiver)", "event": "\(entry.draft.event)", "id": "\(entry.draft.message)",
        ]
        switch attempt.outcome {
        case .delivered:
            try outbox.finish(entry)
            logger.info("report delivered", metadata: metadata)
        case .cancelled: try outbox.release(entry)
        case .refused:
            metadata["error"] = "\(attempt.detail)"
            logger.warning("report not delivered, and given up", metadata: metadata)
            try outbox.drop(number: entry.number, because: secrets.mask.apply(to: attempt.detail))
        case .postponed(let asked):
            metadata["error"] = "\(attempt.detail)"
            let policy = receivers[entry.draft.receiver]?.policy(over: policy) ?? policy
            let end = entry.draft.created.adding(policy.lifetime)
            let attempts = entry.attempts + 1
            guard now < end, attempts < policy.attempts ?? .max else {
                logger.warning("report not delivered, and given up", metadata: metadata)
                let detail = secrets.mask.apply(to: attempt.detail)
                try outbox.drop(number: entry.number, because: "After \(attempts) attempts: \(detail)")
                return
            }
            let due = min(end, now.adding(policy.pause(after: attempts, asked: asked)))
            metadata["next_attempt"] = "\(due)"
            logger.warning("report not delivered", metadata: metadata)
            try outbox.postpone(entry, until: due, because: secrets.mask.apply(to: attempt.detail))
            absent[entry.draft.receiver] = due
        }
    }
}

extension ReportMessage {
    /// A message that waited.
    init?(_ draft: OutboxDraft) {
        guard let envelope = try? JSONValue(parsing: draft.envelope) else { return nil }
        self.init(envelope: envelope, body: draft.body)
    }
}

extension Timestamp {
    /// So much later, to the nanosecond.
    func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int64(nanoseconds) + attoseconds / 1_000_000_000
        return Timestamp(
            seconds: self.seconds + seconds + nanoseconds / 1_000_000_000,
            nanoseconds: Int32(nanoseconds % 1_000_000_000))
    }
}
