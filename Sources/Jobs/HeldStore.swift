public import Engine

/// A store that may be changed: nobody else changes it, or its catalog, before this is released.
public final class HeldStore: Sendable {
    /// The open store, with its catalog in step and no interrupted run left in it.
    public let session: StoreSession
    private let lock: CatalogLock?

    init(_ session: StoreSession, lock: CatalogLock?) {
        self.session = session
        self.lock = lock
    }

    deinit { session.store.releaseLease() }
}
