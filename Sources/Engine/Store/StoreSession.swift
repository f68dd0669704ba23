public import Catalog
public import Destinations
public import StoreFormat
public import Support

/// A store opened for reading, or under a lease for changing, with a catalog of it: a local one, or one built just now from the destination alone.
public final class StoreSession: Sendable {
    /// The objects.
    public let store: Store
    /// What is in them.
    public let catalog: Catalog
    /// The settings.
    public let properties: StoreProperties
    /// What the destination holds; without unencrypted objects if the store is encrypted.
    public let listing: StoreListing
    /// What had to be done to the catalog.
    public let outcome: CatalogSync.Outcome
    /// Holds fetched objects, and the catalog when there is no local one; removed with the session.
    private let folder: TemporaryFolder

    private init(
        store: Store, catalog: Catalog, properties: StoreProperties, listing: StoreListing,
        outcome: CatalogSync.Outcome, folder: TemporaryFolder
    ) {
        self.store = store
        self.catalog = catalog
        self.properties = properties
        self.listing = listing
        self.outcome = outcome
        self.folder = folder
    }

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - destination: where it is.
    ///   - passphrase: what opens it, when it is encrypted.
    ///   - prefix: the prefix of its objects; nil takes what is there.
    ///   - catalogPath: a local catalog, which is brought up to date or built there; nil builds one for this session.
    ///   - lease: who wants to change the store; nil for reading alone. The lease is held as long as the session.
    ///   - temporaryFolder: where the session's folder is made; nil takes the system's.
    ///   - problems: gets damaged and missing objects.
    ///   - progress: is counted into.
    ///   - cancellation: ends it early.
    ///   - retry: what to do about failures that may pass.
    ///   - limits: what the run that it is opened for may take.
    ///   - now: the clock that versions are named by.
    ///   - toleratesLostVersions: opens it also when all versions of a known store are gone, as a repair has to; what is
    ///     missing must be missing twice then.
    /// - Returns: the open store.
    /// - Throws: `.emptyStore` when there is no object at all, `.missingPassphrase`, `.wrongPassphrase`,
    ///   `.listingUnsteady`, and whatever keeps the destination or the catalog from being read.
    public static func open(
        destination: any Destination, passphrase: Secret?, prefix: String? = nil, catalogPath: String? = nil,
        lease: LeaseRequest? = nil, temporaryFolder: String? = nil, problems: ProblemLog = ProblemLog(),
        progress: RunProgress = RunProgress(), cancellation: Cancellation = Cancellation(),
        retry: RetryPolicy = RetryPolicy(), limits: RunLimits = RunLimits(),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        toleratesLostVersions: Bool = false
    ) throws(EngineError) -> StoreSession {
        progress.phase = .preparing
        let folder: TemporaryFolder
        do {
            folder = try TemporaryFolder(in: temporaryFolder)
        } catch {
            throw .system(error, doing: "create a temporary folder")
        }
        let store = Store(
            destination: destination, passphrase: passphrase, prefix: prefix, temporaryFolder: folder.path,
            progress: progress, cancellation: cancellation, retry: retry, limits: limits, now: now)
        if let lease {
            store.hold(
                try Lease.acquire(
                    at: destination, prefix: prefix, passphrase: passphrase, lease, retry: retry,
                    cancellation: cancellation))
        }
        let listing = try store.list()
        if toleratesLostVersions { try listing.expect(same: store.list(), at: destination.label) }
        guard !listing.isEmpty else {
            throw .emptyStore(destination: destination.label, otherPrefixes: listing.otherPrefixes.keys.sorted())
        }
        if listing.encryption != Encryption.none, passphrase == nil {
            throw .missingPassphrase(destination: destination.label)
        }
        let path = catalogPath ?? "\(folder.path)/catalog.sqlite"
        _ = try CatalogSnapshot.fetch(to: path, from: store, listing: listing, problems: problems)
        let (catalog, outcome) = try CatalogSync.bringUpToDate(
            path: path, store: store, listing: listing, problems: problems,
            toleratesLostVersions: toleratesLostVersions)
        let properties: StoreProperties?
        do {
            properties = try catalog.read { reader in try StoreProperties(from: reader) }
        } catch {
            throw EngineError(error, doing: "read the catalog \(catalog.path)")
        }
        guard let properties else {
            throw .catalog(.inconsistent(path: catalog.path, detail: "the settings of the store are missing"))
        }
        // Whoever changes the store must not meet the rows of a run that was cut off.
        let current = lease == nil ? nil : try publish(catalog, store, properties, outcome.listing)
        return StoreSession(
            store: store, catalog: catalog, properties: properties, listing: current ?? outcome.listing,
            outcome: outcome, folder: folder)
    }

    private static func publish(
        _ catalog: Catalog, _ store: Store, _ properties: StoreProperties, _ listing: StoreListing
    ) throws(EngineError) -> StoreListing? {
        do {
            return try InterruptedVersion.publish(
                from: catalog, store: store, settings: properties.settings,
                encryption: listing.encryption == Encryption.none ? .none : .aes, prefix: properties.prefix,
                listing: listing)?.listing
        } catch {
            throw EngineError(error, doing: "make a version of an interrupted run")
        }
    }

    /// The same store after a change, with what it holds now.
    public func relisted(_ listing: StoreListing) -> StoreSession {
        StoreSession(
            store: store, catalog: catalog, properties: properties, listing: listing, outcome: outcome, folder: folder)
    }
}

extension StoreListing {
    /// Refuses a destination that lists other objects a moment later: nobody can tell what is missing there.
    fileprivate func expect(same other: StoreListing, at destination: String) throws(EngineError) {
        let differing = Set(items.lazy.map(\.name.text)).symmetricDifference(other.items.lazy.map(\.name.text))
        guard differing.isEmpty else { throw .listingUnsteady(differing.sorted(), destination: destination) }
    }
}
