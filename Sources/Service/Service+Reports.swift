internal import Configuration
internal import Jobs
internal import Ledger
internal import Logging
internal import Reporting
internal import Secrets
internal import Support
internal import Synchronization
internal import Transport

/// Reports: one thread delivers what the runs have left in the outbox, so that no run waits for a receiver.
extension Service {
    /// Milliseconds after which the outbox is looked at although nothing is due: another program may have left something.
    private static let longestPause: Int64 = 60_000

    /// Starts the thread; what is in the outbox stays there when it cannot be had.
    func startDelivery() -> WorkerThread? {
        do throws(SystemError) {
            return try WorkerThread("reports") { [self] in deliver() }
        } catch {
            setting.logger.error("reports are not delivered", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Delivers until the service has ended, and then once more what is due.
    private func deliver() {
        while true {
            let isLast = state.withLock { $0.isEnding }
            let pause = deliverDue()
            if isLast { return }
            post.wait(milliseconds: Int(pause))
        }
    }

    /// Makes an attempt for everything that is due.
    /// - Returns: how long there is nothing to do, in milliseconds.
    private func deliverDue() -> Int64 {
        let (configuration, secrets) = state.withLock { ($0.configuration, $0.secrets) }
        let delivery = OutboxDelivery(
            ledger: setting.ledger, configuration: configuration,
            secrets: secrets.refreshed(endedBy: abandonment), transport: setting.transport,
            policy: DeliveryPolicy(), logger: setting.logger, cancellation: abandonment)
        do throws(LedgerError) {
            guard let due = try delivery.nextDue() else { return Self.longestPause }
            if due <= setting.now() { try delivery.deliverDue(now: setting.now(), clock: setting.now) }
            guard let next = try delivery.nextDue() else { return Self.longestPause }
            let pause = (next.unixNanoseconds - setting.now().unixNanoseconds) / 1_000_000
            return min(max(pause, 50), Self.longestPause)
        } catch {
            setting.logger.error("ledger not usable", metadata: ["error": "\(error)"])
            return 10_000
        }
    }
}
