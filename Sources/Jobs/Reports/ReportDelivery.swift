public import Configuration
internal import JSON
public import Ledger
public import Logging
public import Reporting
public import Secrets
public import Support
public import Transport

/// Puts reports into the outbox, and delivers what is there.
///
/// A report that cannot be delivered is a warning in the log and in the next report, and nothing else.
public struct ReportDelivery: Sendable {
    private let delivery: OutboxDelivery
    private let ledger: Ledger
    private let configuration: Configuration
    private let secrets: SecretStore
    private let transport: Transport
    private let policy: DeliveryPolicy
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// A delivery with what it needs.
    public init(
        ledger: Ledger, configuration: Configuration, secrets: SecretStore, transport: Transport,
        policy: DeliveryPolicy, logger: Logger, now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        delivery = OutboxDelivery(
            ledger: ledger, configuration: configuration, secrets: secrets, transport: transport, policy: policy,
            logger: logger)
        self.ledger = ledger
        self.configuration = configuration
        self.secrets = secrets
        self.transport = transport
        self.policy = policy
        self.logger = logger
        self.now = now
    }

    /// A delivery for a run; that the run is stopped does not stop it.
    public init(in context: RunContext, logger: Logger? = nil) {
        self.init(
            ledger: context.ledger, configuration: context.configuration, secrets: context.secrets.uninterrupted(),
            transport: context.transport, policy: context.deliveryPolicy, logger: logger ?? context.logger,
            now: context.now)
    }

    /// Sends a report to those of a job's receivers that are to be told of its event; blocks the calling thread for as
    /// long as the policy says.
    /// - Parameters:
    ///   - report: what to tell.
    ///   - names: the receivers' names in the configuration.
    ///   - isInterrupted: whether the process was asked to stop: then each receiver has one chance.
    /// - Returns: what came of it, for each receiver.
    @discardableResult
    public func send(_ report: RunReport, to names: [String], isInterrupted: Bool = false) -> [ReportReceipt] {
        send(report, to: receivers(names, of: report), isInterrupted: isInterrupted)
    }

    func send(
        _ report: RunReport, to receivers: [ReportSpecification], isInterrupted: Bool = false
    ) -> [ReportReceipt] {
        // Nobody to be told of a beginning is no reason to hold it up for older reports.
        if receivers.isEmpty, report.event == .start { return [] }
        do throws(LedgerError) {
            return deliver(try enqueue(report, for: receivers), of: report, to: receivers, isInterrupted: isInterrupted)
        } catch {
            return sendUnkept(report, to: receivers, because: error)
        }
    }

    /// Like ``send(_:to:isInterrupted:)``, with a fact of the ledger that is kept together with the report: both are, or
    /// neither, so that nothing is known of a run whose report was lost.
    /// - Parameters:
    ///   - report: what to tell.
    ///   - names: the receivers' names in the configuration.
    ///   - isInterrupted: whether the process was asked to stop: then each receiver has one chance.
    ///   - fact: changes the ledger.
    /// - Returns: what came of it, for each receiver.
    /// - Throws: what `fact` throws, or what keeps either from being kept; nothing was sent then.
    func send(
        _ report: RunReport, to names: [String], isInterrupted: Bool, keeping fact: () throws(LedgerError) -> Void
    ) throws(LedgerError) -> [ReportReceipt] {
        let receivers = receivers(names, of: report)
        let standings = try enqueue(report, for: receivers, keeping: fact)
        return deliver(standings, of: report, to: receivers, isInterrupted: isInterrupted)
    }

    private func receivers(_ names: [String], of report: RunReport) -> [ReportSpecification] {
        names.compactMap { configuration.reports[$0] }.filter { $0.tells(of: report.event) }
    }

    private func deliver(
        _ standings: [Standing], of report: RunReport, to receivers: [ReportSpecification], isInterrupted: Bool
    ) -> [ReportReceipt] {
        var results = standings
        do throws(LedgerError) {
            guard let stay = isInterrupted ? policy.stay.map({ _ in .zero }) : policy.stay else {
                return results.map(\.receipt)
            }
            for done in try deliver(for: stay) { results.take(done) }
        } catch {
            logger.error("reports wait", metadata: ["error": "\(error)"])
        }
        return results.map(\.receipt)
    }

    /// Delivers a report although the ledger cannot be used: from memory, in the time that there is.
    private func sendUnkept(
        _ report: RunReport, to receivers: [ReportSpecification], because error: LedgerError
    ) -> [ReportReceipt] {
        logger.error("reports are not kept", metadata: ["error": "\(error)"])
        var policy = policy
        policy.stay = policy.stay ?? .zero
        do throws(LedgerError) {
            let memory = try ReportDelivery(
                ledger: Ledger(path: nil), configuration: configuration, secrets: secrets, transport: transport,
                policy: policy, logger: logger, now: now)
            var results = try memory.enqueue(report, for: receivers)
            for done in try memory.deliver(for: policy.stay ?? .zero) { results.take(done) }
            return results.map(\.receipt)
        } catch {
            return receivers.map { .init(receiver: $0.name, isDelivered: false, detail: "\(error)") }
        }
    }

    /// Puts a report into the outbox for those of these receivers that are to be told of its event, together with a fact
    /// of the ledger, and delivers nothing.
    /// - Parameters:
    ///   - report: what to tell.
    ///   - names: the receivers' names in the configuration.
    ///   - fact: changes the ledger.
    /// - Throws: what `fact` throws, or what keeps either from being kept.
    public func enqueue(
        _ report: RunReport, to names: [String], keeping fact: () throws(LedgerError) -> Void = {}
    ) throws(LedgerError) {
        _ = try enqueue(report, for: receivers(names, of: report), keeping: fact)
    }

    /// Puts a report into the outbox for these receivers, whatever their events are.
    func enqueue(_ report: RunReport, to receivers: [ReportSpecification]) throws(LedgerError) {
        _ = try enqueue(report, for: receivers, keeping: {})
    }

    /// Delivers what waits, for as long as the policy says; blocks the calling thread.
    public func deliverWaiting() throws(LedgerError) {
        if let stay = policy.stay { _ = try deliver(for: stay) }
    }

    /// Delivers what is due, and what becomes due within a while.
    private func deliver(for stay: Duration) throws(LedgerError) -> [OutboxDelivery.Result] {
        let end = ContinuousClock.now + stay
        var results: [OutboxDelivery.Result] = []
        while true {
            results += try delivery.deliverDue(now: now(), clock: now)
            guard let due = try delivery.nextDue() else { return results }
            let pause = Duration.nanoseconds(max(0, due.unixNanoseconds - now().unixNanoseconds))
            guard ContinuousClock.now + pause < end else { return results }
            Patience.wait(max(pause, .milliseconds(10)))
        }
    }

    private func enqueue(
        _ report: RunReport, for receivers: [ReportSpecification],
        keeping fact: () throws(LedgerError) -> Void = {}
    ) throws(LedgerError) -> [Standing] {
        // A secret may take its time, which nobody else who writes should wait for.
        for receiver in receivers { learn(receiver, report) }
        let troubles = receivers.isEmpty ? [] : try delivery.outbox.tallies().filter(\.isTrouble)
        return try ledger.together { () throws(LedgerError) in
            try fact()
            return try add(report, for: receivers, troubles)
        }
    }

    private func add(
        _ report: RunReport, for receivers: [ReportSpecification], _ troubles: [OutboxTally]
    ) throws(LedgerError) -> [Standing] {
        guard !receivers.isEmpty else { return [] }
        var told = report
        if report.event.isEnd { told.problems += troubles.map { UndeliveredReports($0).problem } }
        var drafts: [OutboxDraft] = []
        var standings: [Standing] = []
        for receiver in receivers {
            var standing = Standing(receiver: receiver.name)
            if receiver.collects(report.event) {
                let item = DigestItem(told.limited(to: receiver.reportedDetail), masking: secrets.mask.apply)
                try delivery.outbox.collect(
                    item.json.serialized(), named: report.id, for: receiver.name, at: now())
                standing.latest = "The next digest tells of it."
                standings.append(standing)
                continue
            }
            do throws(ReportingError) {
                guard let form = try receiver.form() else {
                    standing.failures.append("This kind of receiver is not built yet.")
                    standings.append(standing)
                    continue
                }
                let messages = form.messages(
                    for: told.limited(to: receiver.reportedDetail), masking: secrets.mask.apply)
                standing.messages = Set(messages.map(\.id))
                drafts += messages.map {
                    OutboxDraft($0, receiver, report, at: now(), masking: secrets.mask.apply)
                }
            } catch {
                standing.failures.append("\(error)")
                logger.warning("report not made", metadata: ["report": "\(receiver.name)", "error": "\(error)"])
            }
            standings.append(standing)
        }
        let counts = report.event.isEnd && !drafts.isEmpty ? troubles : []
        try delivery.outbox.add(
            drafts, telling: Dictionary(counts.map { ($0.receiver, $0.untold) }) { $1 })
        return standings
    }

    /// Has the mask know the secrets of a receiver before anything is written down.
    private func learn(_ receiver: ReportSpecification, _ report: RunReport) {
        do {
            _ = try receiver.endpoint(for: report.job?.name ?? report.instance.name, secrets, now: now)
        } catch {
            // The attempt to deliver meets it again, and tells of it.
            logger.debug(
                "a receiver's secrets cannot be had yet",
                metadata: ["report": "\(receiver.name)", "error": "\(Failure(error).message)"])
        }
    }

    /// How far one receiver's messages about a report have come.
    struct Standing {
        let receiver: String
        var messages: Set<String> = []
        var failures: [String] = []
        var latest: String?

        var receipt: ReportReceipt {
            let isDelivered = messages.isEmpty && failures.isEmpty
            let detail = failures.last ?? latest ?? (isDelivered ? "There was nothing to tell." : "It waits.")
            return ReportReceipt(receiver: receiver, isDelivered: isDelivered, detail: detail)
        }
    }
}

extension [ReportDelivery.Standing] {
    /// Counts what came of a message.
    fileprivate mutating func take(_ result: OutboxDelivery.Result) {
        guard let index = firstIndex(where: { $0.receiver == result.entry.draft.receiver }),
            self[index].messages.contains(result.entry.draft.message)
        else { return }
        self[index].latest = result.attempt.detail
        switch result.attempt.outcome {
        case .delivered: self[index].messages.remove(result.entry.draft.message)
        case .refused: self[index].failures.append(result.attempt.detail)
        case .postponed, .cancelled: break
        }
    }
}
