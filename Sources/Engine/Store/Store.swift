internal import Cryptography
public import Destinations
internal import Glibc
public import StoreFormat
public import Support
internal import Synchronization

/// The objects of one backup at a destination, with the passphrase that opens them.
///
/// Every call may come from any thread. Calls that fail for a reason that may pass are made again.
public final class Store: Sendable {
    /// Where the objects are.
    public let destination: any Destination
    /// What opens them, when they are encrypted.
    public let passphrase: Secret?
    /// Where fetched objects lie while they are read; what is left there after a crash may be deleted.
    public let temporaryFolder: String
    /// The prefix of the objects; nil takes what the destination holds.
    public let prefix: String?
    /// What is counted on the way.
    public let progress: RunProgress
    /// Ends every call early.
    public let cancellation: Cancellation
    let retry: RetryPolicy
    /// The clock that versions are named by.
    let now: @Sendable () -> Timestamp
    /// What the run that it is used by may take.
    public let limits: RunLimits
    private let passphraseState = Mutex(PassphraseState())
    private let heldLease = Mutex<Lease?>(nil)

    private struct PassphraseState {
        var isProven = false
        /// Encrypted objects of the last listing, small ones first.
        var candidates: [ObjectName] = []
    }

    /// Uses a store; nothing is done yet.
    public init(
        destination: any Destination, passphrase: Secret?, prefix: String? = nil, temporaryFolder: String,
        progress: RunProgress = RunProgress(), cancellation: Cancellation = Cancellation(),
        retry: RetryPolicy = RetryPolicy(), limits: RunLimits = RunLimits(),
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.destination = destination
        self.passphrase = passphrase
        self.prefix = prefix
        self.temporaryFolder = temporaryFolder
        self.progress = progress
        self.cancellation = cancellation
        self.retry = retry
        self.limits = limits
        self.now = now
    }

    // MARK: Lease

    /// Holds a lease for as long as the store is in use; versions are written and objects deleted only under it.
    public func hold(_ lease: Lease) { heldLease.withLock { $0 = lease } }

    /// Has another view of the same store hold the lease as well.
    public func shareLease(with other: Store) {
        if let lease = heldLease.withLock({ $0 }) { other.hold(lease) }
    }

    /// Gives the lease back, if there is one.
    public func releaseLease() { heldLease.withLock { $0.take() }?.release() }

    /// Makes sure, before what cannot be undone, that nobody has taken the lease; does nothing when there is none.
    /// - Throws: `.leaseLost`.
    public func confirmLease() throws(EngineError) { try heldLease.withLock { $0 }?.confirm() }

    // MARK: Listing

    /// Lists the objects of the store, and what else is there.
    public func list() throws(EngineError) -> StoreListing {
        let objects = try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.list() }
        let listing = StoreListing(
            objects.map {
                ListedObject(name: $0.name, size: $0.size, isArchived: $0.isArchived, lockedUntil: $0.lockedUntil)
            }, prefix: prefix)
        let encrypted = listing.items.filter { $0.name.encryption != .none }
        let candidates = encrypted.sorted { ($0.size ?? .max, $0.name) < ($1.size ?? .max, $1.name) }.map(\.name)
        passphraseState.withLock { $0.candidates = candidates }
        return listing
    }

    // MARK: Fetching

    /// Fetches and opens an object, after its size and hash were checked.
    ///
    /// An object that is not as expected is fetched once more, since the fault may be on the way.
    /// - Parameters:
    ///   - name: the object.
    ///   - expectation: what is known of it.
    ///   - settings: the settings of the store, when known: an object with others is refused.
    ///   - tolerant: opens it, if that is possible, even though it is not as expected.
    /// - Returns: the opened object.
    /// - Throws: `.damagedObject`, `.wrongPassphrase`, `.missingPassphrase`, `.destination`, `.format`, `.cancelled`.
    public func fetch(
        _ name: ObjectName, expecting expectation: ObjectExpectation = ObjectExpectation(),
        settings: StoreSettings? = nil, tolerant: Bool = false
    ) throws(EngineError) -> FetchedVolume {
        do throws(EngineError) {
            return try fetchOnce(name, expectation, settings, tolerant: false)
        } catch {
            guard case .damagedObject = error else { throw error }
            return try fetchOnce(name, expectation, settings, tolerant: tolerant)
        }
    }

    private func fetchOnce(
        _ name: ObjectName, _ expectation: ObjectExpectation, _ settings: StoreSettings?, tolerant: Bool
    ) throws(EngineError) -> FetchedVolume {
        let path = "\(temporaryFolder)/fetch-\(Hex.encode(RandomBytes.make(12)))"
        // The reader keeps its mapping; the name is not needed any longer.
        defer { unlink(path) }
        let size = try retry.run(cancellation, progress) { () throws(DestinationError) in
            try destination.get(name.text, to: path)
        }
        progress.addTransferred(Int(size))
        var fault: String?
        if let expected = expectation.size, expected >= 0, expected != size {
            fault = "it has \(size) bytes instead of \(expected)"
        }
        let algorithm = expectation.hash.flatMap { HashAlgorithm(digestLength: $0.count) }
        var hash = try Self.hash(path, algorithm ?? settings?.fileHash ?? .sha256)
        if let expected = expectation.hash, expected != hash { fault = fault ?? "its hash is not the recorded one" }
        if let fault, !tolerant { throw .damagedObject(name.text, detail: fault) }
        let reader = try open(name, path: path, settings: settings, fault: fault)
        if algorithm == nil, settings == nil, reader.settings.fileHash != .sha256 {
            hash = try Self.hash(path, reader.settings.fileHash)
        }
        return FetchedVolume(reader: reader, size: size, hash: hash, fault: fault)
    }

    private func open(
        _ name: ObjectName, path: String, settings: StoreSettings?, fault: String?
    ) throws(EngineError) -> VolumeReader {
        do throws(StoreFormatError) {
            let reader = try VolumeReader(
                path: path, name: name, passphrase: passphrase, settings: settings, folder: temporaryFolder)
            if name.encryption != .none { passphraseState.withLock { $0.isProven = true } }
            return reader
        } catch {
            switch error.kind {
            case .passphraseMissing: throw .missingPassphrase(destination: destination.label)
            case .wrongPassphrase:
                guard try isPassphraseRight(otherThan: name) else {
                    throw .wrongPassphrase(object: name.text, destination: destination.label)
                }
                throw .damagedObject(name.text, detail: fault ?? "its encryption header is not the one written")
            case .damaged, .manifestMissing, .entryMissing:
                let detail = error.detail.isEmpty ? "it has no manifest" : error.detail
                throw .damagedObject(name.text, detail: fault ?? detail)
            default:
                // A stop also reaches the programs that help.
                try cancellation.check()
                throw .format(error)
            }
        }
    }

    /// Whether some other object opens: then it is not the passphrase's fault.
    private func isPassphraseRight(otherThan name: ObjectName) throws(EngineError) -> Bool {
        let state = passphraseState.withLock { $0 }
        if state.isProven { return true }
        for candidate in state.candidates.filter({ $0 != name }).prefix(3) where try opens(candidate) { return true }
        return false
    }

    private func opens(_ name: ObjectName) throws(EngineError) -> Bool {
        let path = "\(temporaryFolder)/fetch-\(Hex.encode(RandomBytes.make(12)))"
        defer { unlink(path) }
        do throws(EngineError) {
            _ = try retry.run(cancellation, progress) { () throws(DestinationError) in
                try destination.get(name.text, to: path)
            }
        } catch {
            guard error.concernsOneObject else { throw error }
            return false
        }
        do throws(StoreFormatError) {
            _ = try VolumeReader(path: path, name: name, passphrase: passphrase, folder: temporaryFolder)
        } catch {
            guard error.kind.concernsThisMachine else { return false }
            try cancellation.check()
            throw .format(error)
        }
        passphraseState.withLock { $0.isProven = true }
        return true
    }

    /// Proves the passphrase by opening the smallest encrypted object of the last listing.
    ///
    /// - Throws: `.wrongPassphrase` or `.missingPassphrase` when nothing opens.
    func provePassphrase() throws(EngineError) {
        let state = passphraseState.withLock { $0 }
        guard !state.isProven, let first = state.candidates.first else { return }
        guard passphrase != nil else { throw .missingPassphrase(destination: destination.label) }
        for candidate in state.candidates.prefix(3) where try opens(candidate) { return }
        throw .wrongPassphrase(object: first.text, destination: destination.label)
    }

    /// The hash of a local file.
    static func hash(_ path: String, _ algorithm: HashAlgorithm) throws(EngineError) -> Digest {
        do {
            let file = try FileDescriptor.open(path)
            let context = HashContext(algorithm)
            return try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 64) { buffer in
                while true {
                    let count = try file.read(into: buffer)
                    if count > 0 { context.update(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
                    if count < buffer.count { return context.finish() }
                }
            }
        } catch {
            throw EngineError(error, doing: "read a fetched object")
        }
    }

    // MARK: Uploading

    /// Stores an object; when it returns, the object is complete and durable at the destination.
    public func upload(_ volume: SealedVolume) throws(EngineError) {
        if volume.name.kind == .dlist { try confirmLease() }
        let file = LocalFile(
            path: volume.path, size: volume.size, sha256: volume.sha256.hex,
            role: volume.name.kind == .dblock ? .data : .metadata,
            // Nobody may have taken the lease before the list is there.
            patience: volume.name.kind == .dlist ? .seconds(240) : nil)
        try limits.uploads?.enter(cancellation)
        defer { limits.uploads?.leave() }
        try retry.run(cancellation, progress) { () throws(DestinationError) in
            try destination.put(volume.name.text, from: file)
        }
        progress.addTransferred(Int(volume.size))
    }

    // MARK: Deleting

    /// Removes objects; those that are gone already count as removed.
    ///
    /// What replaces them must be listed before. It stops at the first that cannot be removed.
    /// - Parameters:
    ///   - names: the objects, removed in this order but for those of one kind that follow each other, which may go
    ///     together.
    ///   - removed: told of each.
    ///   - locked: told of each that the destination keeps locked, which then stays; nil makes that an error.
    /// - Throws: `.destination`, `.cancelled`.
    public func delete(
        _ names: [ObjectName], removed: (ObjectName) -> Void = { _ in }, locked: ((ObjectName) -> Void)? = nil
    ) throws(EngineError) {
        var rest = names[...]
        while let first = rest.first {
            try confirmLease()
            let batch = rest.prefix(Self.deletedTogether).prefix { $0.kind == first.kind }
            rest = rest.dropFirst(batch.count)
            let failures = try retry.run(cancellation, progress) { () throws(DestinationError) in
                try destination.delete(batch.map(\.text))
            }
            var failure: EngineError?
            for name in batch {
                do throws(EngineError) {
                    if let error = failures[name.text] { try deleteAgain(name, after: error) }
                    removed(name)
                } catch {
                    if error.isOfLock, let locked {
                        locked(name)
                    } else {
                        failure = failure ?? error
                    }
                }
            }
            if let failure { throw failure }
        }
    }

    /// As many objects as the lease is confirmed for at once.
    private static let deletedTogether = 100

    /// Removes an object whose removal together with others failed, if that may pass.
    private func deleteAgain(_ name: ObjectName, after error: DestinationError) throws(EngineError) {
        guard error.isRetryable else { throw .destination(error) }
        try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.delete(name.text) }
    }

    // MARK: Objects beside the backup

    /// Stores a local file under a name that no program takes for a part of the backup.
    ///
    /// - Throws: `.destination` with `.exists` when the name has other content.
    func put(_ name: String, from path: String, size: Int64) throws(EngineError) {
        let file = LocalFile(path: path, size: size, sha256: try Self.hash(path, .sha256).hex)
        try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.put(name, from: file) }
        progress.addTransferred(Int(size))
    }

    /// Fetches such an object into a local file.
    func get(_ name: String, to path: String) throws(EngineError) -> Int64 {
        let size = try retry.run(cancellation, progress) { () throws(DestinationError) in
            try destination.get(name, to: path)
        }
        progress.addTransferred(Int(size))
        return size
    }

    /// Removes such an object; a missing one is success.
    func remove(_ name: String) throws(EngineError) {
        try retry.run(cancellation, progress) { () throws(DestinationError) in try destination.delete(name) }
    }
}
