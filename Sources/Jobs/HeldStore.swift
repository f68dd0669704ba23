public import Engine
internal import Logging

/// A store that may be changed: nobody else changes it, or its catalog, before this is released.
public final class HeldStore: Sendable {
    /// The open store, with its catalog in step and no interrupted run left in it.
    public let session: StoreSession
    private let lock: CatalogLock?
    private let isStateless: Bool
    private let logger: Logger

    init(_ session: StoreSession, lock: CatalogLock?, isStateless: Bool = false, logger: Logger) {
        self.session = session
        self.lock = lock
        self.isStateless = isStateless
        self.logger = logger
    }

    /// Puts a copy of the catalog as it is now in the place of the one at the destination, where there is one or a run
    /// without state would leave one; to be called after a change.
    ///
    /// A copy that cannot be stored only costs the next run time, so that is a warning in the log.
    public func renewCatalogCopy() { renewCatalogCopy(knowsMore: false) }

    /// Has the copy at the destination know what was examined, where no other catalog remembers it.
    func keepVerifications() {
        if isStateless { renewCatalogCopy(knowsMore: true) }
    }

    private func renewCatalogCopy(knowsMore: Bool) {
        do {
            let cost = try CatalogSnapshot.renew(after: session, isWanted: isStateless, knowsMore: knowsMore)
            guard let cost else { return }
            logger.info(
                "catalog kept at the destination",
                metadata: ["bytes": "\(cost.bytes)", "duration_seconds": "\(cost.duration.roundedSeconds)"])
        } catch {
            logger.warning("catalog not kept at the destination", metadata: ["error": "\(error)"])
        }
    }

    deinit { session.store.releaseLease() }
}
