internal import Cryptography
public import Destinations
internal import Glibc
public import Support
internal import Synchronization

/// The right to change a store, held by one run at a time on whatever machine.
///
/// It is an object at the destination that names its holder and ends by itself unless it is renewed, which a thread of
/// its own does. Objects are never replaced: each renewal and each new holder posts the next number, and of two who
/// want the same number only one succeeds. Whoever has posted looks again before it believes that it holds the lease;
/// only then it removes what was there before. So a holder has lost its lease exactly when its object is gone.
public final class Lease: Sendable {
    private let keeper: LeaseKeeper

    private init(_ keeper: LeaseKeeper) {
        self.keeper = keeper
    }

    deinit { keeper.release() }

    /// Takes the lease, or fails when somebody else has it.
    ///
    /// - Parameters:
    ///   - destination: where the store is.
    ///   - prefix: the prefix of the store's objects; nil takes what is there.
    ///   - passphrase: encrypts the lease, when the store is encrypted.
    ///   - request: who asks.
    ///   - retry: what to do about failures that may pass.
    ///   - cancellation: ends the attempt.
    /// - Returns: the lease, which is renewed until it is released.
    /// - Throws: `.leased` with the holder, `.destination`, `.system`, `.cancelled`.
    public static func acquire(
        at destination: any Destination, prefix: String? = nil, passphrase: Secret?, _ request: LeaseRequest,
        retry: RetryPolicy = RetryPolicy(), cancellation: Cancellation = Cancellation()
    ) throws(EngineError) -> Lease {
        do {
            let folder = try TemporaryFolder()
            let board = LeaseBoard(
                objects: SmallObject(destination: destination, passphrase: passphrase, folder: folder.path),
                prefix: prefix, retry: retry, cancellation: cancellation)
            let keeper = try LeaseKeeper.take(on: board, request, retry, folder)
            try keeper.startRenewing()
            return Lease(keeper)
        } catch {
            throw EngineError(error, doing: "take the lease on the store")
        }
    }

    /// Makes sure that the lease is still held; to be called before what cannot be undone.
    /// - Throws: `.leaseLost`, or what keeps the destination from answering.
    public func confirm() throws(EngineError) {
        do {
            try keeper.confirm()
        } catch {
            throw EngineError(error, doing: "confirm the lease on the store")
        }
    }

    /// Gives the lease back; further calls do nothing.
    ///
    /// A lease that cannot be removed now ends by itself, and does not hinder the next run of this machine.
    public func release() { keeper.release() }

    /// All leases on a store, oldest first: more than one only while somebody takes over.
    public static func holders(
        at destination: any Destination, prefix: String? = nil, passphrase: Secret?, now: Timestamp = .now()
    ) throws(EngineError) -> [LeaseHolder] {
        do {
            let folder = try TemporaryFolder()
            let board = LeaseBoard(
                objects: SmallObject(destination: destination, passphrase: passphrase, folder: folder.path),
                prefix: prefix, retry: RetryPolicy(), cancellation: Cancellation())
            var request = LeaseRequest(activity: "unlock")
            request.now = { now }
            return try board.view().leases.compactMap { lease in
                try board.read(lease).map { posted in
                    board.holder(posted, isLive: board.isLive(posted, request, remembered: []))
                }
            }
        } catch {
            throw EngineError(error, doing: "read the lease on the store")
        }
    }

    /// Removes a lease, whoever holds it: a run that still goes on notices before it writes a version or deletes.
    public static func remove(_ holder: LeaseHolder, at destination: any Destination) throws(EngineError) {
        do throws(DestinationError) {
            try destination.delete(holder.object)
        } catch {
            throw .destination(error)
        }
    }
}

/// What holds a lease: the thread that renews it outlives nobody who needs it.
final class LeaseKeeper: Sendable {
    private struct State {
        var name: LeaseName
        var record: LeaseRecord
        var isReleased = false
        var confirmed = ContinuousClock.now
    }

    private let board: LeaseBoard
    private let request: LeaseRequest
    private let folder: TemporaryFolder
    private let state: Mutex<State>
    private let renewal = Mutex<WorkerThread?>(nil)
    private let isReleased = Atomic<Bool>(false)

    private init(_ board: LeaseBoard, _ request: LeaseRequest, _ folder: TemporaryFolder, _ state: State) {
        self.board = board
        self.request = request
        self.folder = folder
        self.state = Mutex(state)
    }

    // MARK: Taking

    static func take(
        on board: LeaseBoard, _ request: LeaseRequest, _ retry: RetryPolicy, _ folder: TemporaryFolder
    ) throws -> LeaseKeeper {
        var wait = Duration.milliseconds(Int64.random(in: 100...400))
        for attempt in 1... {
            do {
                return try takeOnce(on: board, request, retry, folder)
            } catch let contest as Contest {
                // Two looked at the same time, and both stepped back.
                guard attempt < 4 else {
                    throw EngineError.leased(contest.holder, destination: board.objects.destination.label)
                }
                retry.pause(wait, board.cancellation)
                wait = wait * 2 + .milliseconds(Int64.random(in: 0...200))
            }
        }
        throw EngineError.cancelled
    }

    /// Somebody else asked at the same time.
    private struct Contest: Error {
        let holder: LeaseHolder
    }

    private static func takeOnce(
        on board: LeaseBoard, _ request: LeaseRequest, _ retry: RetryPolicy, _ folder: TemporaryFolder
    ) throws -> LeaseKeeper {
        let remembered = request.memory.map(Self.recall) ?? []
        let view = try board.view()
        var stale: [LeaseBoard.Posted] = []
        for lease in view.leases {
            guard let posted = try board.read(lease) else { continue }
            guard !board.isLive(posted, request, remembered: remembered) else {
                throw EngineError.leased(
                    board.holder(posted, isLive: true), destination: board.objects.destination.label)
            }
            stale.append(posted)
        }
        let own = LeaseName(
            prefix: view.prefix, generation: view.nextGeneration, isEncrypted: board.objects.passphrase != nil)
        let record = newRecord(request)
        // First remembered, then posted: whenever the process dies, what it leaves is known.
        if let memory = request.memory { try remember([record.token] + remembered.sorted(), at: memory) }
        do {
            try board.put(own, record)
        } catch let error as DestinationError where error.kind == .exists {
            throw Contest(holder: try someHolder(of: own, board))
        }
        do {
            try verify(own, record, stale, remembered, on: board, request, retry)
        } catch {
            try? board.delete(own)
            throw error
        }
        // Where nothing may be deleted they stay, and are known to be over.
        for old in stale { try? board.delete(old.name) }
        return LeaseKeeper(board, request, folder, State(name: own, record: record))
    }

    /// Looks again: nobody else may have posted meanwhile, and what was taken for stale must be so by the
    /// destination's clock as well.
    private static func verify(
        _ own: LeaseName, _ record: LeaseRecord, _ stale: [LeaseBoard.Posted], _ remembered: Set<String>,
        on board: LeaseBoard, _ request: LeaseRequest, _ retry: RetryPolicy
    ) throws {
        if !board.objects.destination.createsExclusively {
            // Another writer of the same name may have come last; what is there after a while counts.
            retry.pause(.seconds(2), board.cancellation)
            guard try board.read((own, nil))?.record?.token == record.token else {
                throw Contest(holder: try someHolder(of: own, board))
            }
        }
        let view = try board.view()
        guard let posted = view.leases.first(where: { $0.name == own }) else {
            throw EngineError.leaseLost(destination: board.objects.destination.label)
        }
        for lease in view.leases where lease.name != own {
            guard let other = try board.read(lease) else { continue }
            let isKnown = stale.contains { $0.name == other.name && $0.record == other.record }
            let remoteNow = isKnown ? posted.modified : nil
            if board.isLive(other, request, remembered: remembered, remoteNow: remoteNow) {
                throw Contest(holder: board.holder(other, isLive: true))
            }
        }
    }

    private static func someHolder(of name: LeaseName, _ board: LeaseBoard) throws -> LeaseHolder {
        let posted = try board.read((name, nil)) ?? LeaseBoard.Posted(name: name, modified: nil, record: nil)
        return board.holder(posted, isLive: true)
    }

    private static func newRecord(_ request: LeaseRequest) -> LeaseRecord {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Whole seconds, as they are written.
        let now = Timestamp(seconds: request.now().seconds)
        return LeaseRecord(
            token: Hex.encode(RandomBytes.make(16)), instance: request.instance, host: host.isEmpty ? "?" : host,
            process: Int64(getpid()), activity: request.activity, identity: ProcessIdentity.current, started: now,
            renewed: now, seconds: request.term)
    }

    // MARK: Memory

    /// Keeps the tokens of this lease and of those that may still be posted.
    private static func remember(_ tokens: [String], at path: String) throws {
        let fresh = "\(path).new"
        let text = tokens.prefix(30).joined(separator: "\n")
        try write(Array(text.utf8), to: fresh)
        try FileTree.rename(fresh, to: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try bytes.withUnsafeBytes { try file.write(all: $0) }
        try file.synchronize()
    }

    private static func recall(_ path: String) -> Set<String> {
        guard let file = try? FileDescriptor.open(path) else { return [] }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        return Set(lines.lazy.filter { $0.utf8.count == 32 }.map(String.init))
    }

    // MARK: Keeping

    func startRenewing() throws(SystemError) {
        let thread = try WorkerThread("lease") { [self] in
            var next = ContinuousClock.now + request.renewal
            while !isReleased.load(ordering: .acquiring) {
                usleep(50_000)
                guard ContinuousClock.now >= next else { continue }
                // What fails now is tried again long before the lease ends; if it ends, confirm() says so.
                try? renew()
                next = ContinuousClock.now + request.renewal
            }
        }
        renewal.withLock { $0 = thread }
    }

    /// Posts the next number, then removes the one before.
    private func renew() throws {
        try state.withLock { state in
            guard !state.isReleased else { return }
            let view = try board.view()
            guard view.leases.contains(where: { $0.name == state.name }) else {
                throw EngineError.leaseLost(destination: board.objects.destination.label)
            }
            var record = state.record
            record.renewed = Timestamp(seconds: request.now().seconds)
            let next = LeaseName(
                prefix: state.name.prefix, generation: view.nextGeneration, isEncrypted: state.name.isEncrypted)
            try board.put(next, record)
            let old = state.name
            state.name = next
            state.record = record
            try? board.delete(old)
        }
    }

    func confirm() throws {
        let isFresh = state.withLock { ContinuousClock.now - $0.confirmed < .seconds(5) }
        if isFresh { return }
        // A machine that slept may have missed the end of its lease: it must not go on before it has a new one.
        let isOver = state.withLock { request.now().seconds > $0.record.expires.seconds - 60 }
        if isOver { try renew() }
        try state.withLock { state in
            guard !state.isReleased, let posted = try board.read((state.name, nil)),
                posted.record?.token == state.record.token
            else { throw EngineError.leaseLost(destination: board.objects.destination.label) }
            state.confirmed = .now
        }
    }

    func release() {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        renewal.withLock { $0?.join() }
        let isGone = state.withLock { state in
            state.isReleased = true
            do throws(DestinationError) {
                try board.objects.destination.delete(state.name.text)
                return true
            } catch {
                // It ends by itself, and whoever has the memory knows until then that nobody holds it.
                return false
            }
        }
        if isGone, let memory = request.memory { unlink(memory) }
    }
}
