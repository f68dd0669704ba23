internal import Cryptography
internal import Destinations
internal import Glibc
internal import Support
internal import Synchronization

/// What holds a lease: the thread that renews it outlives nobody who needs it.
final class LeaseKeeper: Sendable {
    private struct State {
        var name: LeaseName
        var record: LeaseRecord
        var isVerified = false
        var isReleased = false
        var confirmed = ContinuousClock.now
    }

    private let board: LeaseBoard
    private let request: LeaseRequest
    private let folder: TemporaryFolder
    /// Leases that were there before, and are over.
    private let stale: [LeaseBoard.Posted]
    /// Tokens of leases whose processes are known to be dead.
    private let remembered: Set<String>
    private let state: Mutex<State>
    private let verification = Mutex<WorkerThread?>(nil)
    private let failure = Mutex<EngineError?>(nil)
    private let renewal = Mutex<WorkerThread?>(nil)
    private let isReleased = Atomic<Bool>(false)
    /// Cancelled by the release, which need not wait for what nobody wants to know any more.
    private let abandonment = Cancellation()

    private init(
        _ board: LeaseBoard, _ request: LeaseRequest, _ folder: TemporaryFolder, stale: [LeaseBoard.Posted],
        remembered: Set<String>, _ state: State
    ) {
        self.board = board
        self.request = request
        self.folder = folder
        self.stale = stale
        self.remembered = remembered
        self.state = Mutex(state)
    }

    /// The prefix of the store that the lease is on.
    var prefix: String { state.withLock { $0.name.prefix } }

    // MARK: Taking

    static func take(
        on board: LeaseBoard, _ request: LeaseRequest, _ folder: TemporaryFolder, awaitsVerification: Bool
    ) throws -> LeaseKeeper {
        var wait = Duration.milliseconds(Int64.random(in: 100...400))
        for attempt in 1... {
            do {
                let keeper = try post(on: board, request, folder)
                if awaitsVerification {
                    try keeper.verify()
                    try keeper.startRenewing()
                } else {
                    try keeper.startVerifying()
                }
                return keeper
            } catch let contest as Contest {
                // Two looked at the same time, and both stepped back.
                guard attempt < 4 else { throw contest.refusal(at: board) }
                board.retry.pause(wait, board.cancellation)
                wait = wait * 2 + .milliseconds(Int64.random(in: 0...200))
            }
        }
        throw EngineError.cancelled
    }

    /// Somebody else asked at the same time.
    private struct Contest: Error {
        let holder: LeaseHolder

        func refusal(at board: LeaseBoard) -> EngineError {
            .leased(holder, destination: board.objects.destination.label)
        }
    }

    /// Posts a lease where nobody has one; whether that was in time shows the verification.
    private static func post(
        on board: LeaseBoard, _ request: LeaseRequest, _ folder: TemporaryFolder
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
        return LeaseKeeper(
            board.settled(on: own.prefix), request, folder, stale: stale, remembered: remembered,
            State(name: own, record: record))
    }

    /// Makes sure that the lease was had, or takes it back.
    private func verify() throws {
        let (own, record) = state.withLock { ($0.name, $0.record) }
        do {
            try lookAgain(own, record)
        } catch {
            // Only once, as the name may be another one's soon; and also when the run was cancelled.
            state.withLock { $0.isReleased = true }
            try? board.objects.destination.delete(own.text)
            throw error
        }
        state.withLock {
            $0.isVerified = true
            $0.confirmed = .now
        }
        // Where nothing may be deleted they stay, and are known to be over.
        for old in stale { try? board.delete(old.name) }
    }

    /// Nobody else may have posted meanwhile, and what was taken for stale must be so by the destination's clock as
    /// well.
    private func lookAgain(_ own: LeaseName, _ record: LeaseRecord) throws {
        if !board.objects.destination.createsExclusively {
            // Another writer of the same name may have come last; what is there after a while counts.
            let abandon: @Sendable () -> Void = { [abandonment] in abandonment.cancel() }
            board.cancellation.whileWatching(abandon) {
                board.retry.pause(.seconds(2), abandonment)
            }
            try abandonment.check()
            guard try board.read((own, nil))?.record?.token == record.token else {
                throw Contest(holder: try Self.someHolder(of: own, board))
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

    /// Verifies on a thread of its own, and renews from then on.
    private func startVerifying() throws {
        let thread: WorkerThread
        do {
            thread = try WorkerThread("lease check") { [self] in
                do {
                    try verify()
                    try startRenewing()
                } catch {
                    let cause = (error as? Contest)?.refusal(at: board)
                    failure.withLock { $0 = cause ?? EngineError(error, doing: "take the lease on the store") }
                }
            }
        } catch {
            release()
            throw error
        }
        verification.withLock { $0 = thread }
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

    private func startRenewing() throws(SystemError) {
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

    func confirm(awaitsVerification: Bool) throws {
        if awaitsVerification { awaitVerification() }
        if let failure = failure.withLock({ $0 }) { throw failure }
        guard state.withLock({ $0.isVerified }) else { return }
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

    /// Whoever comes while another one waits waits for the lock.
    private func awaitVerification() {
        verification.withLock { thread in
            thread?.join()
            thread = nil
        }
    }

    func release() {
        guard !isReleased.exchange(true, ordering: .acquiringAndReleasing) else { return }
        abandonment.cancel()
        awaitVerification()
        renewal.withLock { $0?.join() }
        let isGone = state.withLock { state in
            guard !state.isReleased else { return false }
            state.isReleased = true
            do throws(DestinationError) {
                try board.objects.destination.delete(state.name.text)
                return true
            } catch {
                // It ends by itself, and whoever has the memory knows until then that nobody holds it.
                return false
            }
        }
        // What was there before a lease that was never verified is there still, and may only be known from the memory.
        if isGone, state.withLock({ $0.isVerified }), let memory = request.memory { unlink(memory) }
    }
}
