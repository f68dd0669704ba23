import Destinations
import Foundation
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

@Suite("Leases")
struct LeaseTests {
    private let folder: TemporaryFolder
    private let destination: any Destination

    init() throws {
        folder = try TemporaryFolder()
        try FileTree.createFolder(folder.path + "/store")
        destination = try DestinationRegistry.open(url: "file://\(folder.path)/store")
    }

    private static let retry = RetryPolicy(attempts: 2, pause: { _, _ in })

    private func acquire(
        _ request: LeaseRequest = LeaseRequest(activity: "test"), passphrase: Secret? = nil,
        at other: (any Destination)? = nil
    ) throws -> Lease {
        try Lease.acquire(at: other ?? destination, passphrase: passphrase, request, retry: Self.retry)
    }

    private func objects() throws -> [String] { try destination.list().map(\.name) }

    /// A lease as a process of another machine would have left it.
    private func plant(
        _ generation: Int64 = 1, renewed: Timestamp, stored: Timestamp? = nil,
        token: String = String(repeating: "a", count: 32)
    ) throws {
        let record = LeaseRecord(
            token: token, instance: "other", host: "elsewhere", process: 1, activity: "run x", identity: nil,
            started: renewed, renewed: renewed, seconds: 600)
        let name = LeaseName(prefix: "duplicati", generation: generation, isEncrypted: false).text
        let path = "\(folder.path)/store/\(name)"
        try Data(record.encoded()).write(to: URL(filePath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double((stored ?? renewed).seconds))], ofItemAtPath: path)
    }

    @Test("one holds it, the other is told who, and may have it afterwards")
    func exclusive() throws {
        let first = try acquire()
        do {
            _ = try acquire()
            Issue.record("two hold the lease")
        } catch EngineError.leased(let holder, _) {
            #expect(holder.activity == "test")
            #expect(holder.process == Int64(ProcessInfo.processInfo.processIdentifier))
        }
        first.release()
        #expect(try objects() == [])
        try acquire().release()
    }

    @Test("of many who ask at the same time at most one gets it", arguments: 0..<5)
    func race(round: Int) throws {
        let holders = Mutex<[Lease]>([])
        let threads = try (0..<6).map { number in
            try WorkerThread("racer \(number)") { [self] in
                if let lease = try? acquire() { holders.withLock { $0.append(lease) } }
            }
        }
        for thread in threads { thread.join() }
        #expect(holders.withLock { $0.count } <= 1)
        holders.withLock { $0.removeAll() }
        #expect(try objects() == [])
        try acquire().release()
    }

    @Test("a lease that has ended is taken over, one that may be live is not")
    func expiry() throws {
        let now = Timestamp.now()
        try plant(renewed: Timestamp(seconds: now.seconds - 800))
        #expect(throws: EngineError.self) { try acquire() }
        FileTree.remove("\(folder.path)/store/\(try objects()[0])")
        try plant(7, renewed: Timestamp(seconds: now.seconds - 1000))
        let lease = try acquire()
        #expect(try objects() == [LeaseName(prefix: "duplicati", generation: 8, isEncrypted: false).text])
        lease.release()
    }

    @Test("a clock that runs ahead does not take a lease away that is live by the destination's clock")
    func skew() throws {
        try plant(renewed: .now())
        var request = LeaseRequest(activity: "test")
        request.now = { Timestamp(seconds: Timestamp.now().seconds + 7200) }
        #expect(throws: EngineError.self) { try acquire(request) }
        #expect(try objects().count == 1)
    }

    @Test("a lease from a clock hours ahead ends by the destination's clock, and so does one seen by a clock behind")
    func steppedClocks() throws {
        let now = Timestamp.now()
        let ahead = Timestamp(seconds: now.seconds + 5 * 3600)
        // Its holder died an hour ago, in whose opinion it is five hours later.
        try plant(renewed: ahead, stored: Timestamp(seconds: now.seconds - 3600))
        try acquire().release()
        // It is at work.
        try plant(renewed: ahead, stored: now)
        #expect(throws: EngineError.self) { try acquire() }
        FileTree.remove("\(folder.path)/store/\(try objects()[0])")
        // It is at work with the right clock, and the one who asks is five hours behind.
        try plant(renewed: now)
        var request = LeaseRequest(activity: "test")
        request.now = { Timestamp(seconds: Timestamp.now().seconds - 5 * 3600) }
        #expect(throws: EngineError.self) { try acquire(request) }
        #expect(try objects().count == 1)
    }

    @Test("a clock that steps while a lease is held does not lose it", arguments: [-5, 5] as [Int64])
    func step(hours: Int64) throws {
        let clock = SteppingClock()
        var request = LeaseRequest(activity: "test")
        request.now = { clock.now }
        request.renewal = .milliseconds(100)
        let lease = try acquire(request)
        clock.step(hours * 3600)
        try lease.confirm()
        #expect(throws: EngineError.self) { try acquire() }
        try lease.confirm()
        lease.release()
        #expect(try objects() == [])
    }

    private final class SteppingClock: Sendable {
        private let error = Atomic<Int64>(0)
        var now: Timestamp { Timestamp(seconds: Timestamp.now().seconds + error.load(ordering: .relaxed)) }
        func step(_ seconds: Int64) { error.store(seconds, ordering: .relaxed) }
    }

    @Test("what a dead process of this catalog, or of this machine, has left is taken over at once")
    func dead() throws {
        let token = String(repeating: "b", count: 32)
        try plant(renewed: .now(), token: token)
        var request = LeaseRequest(activity: "test", memory: folder.path + "/memory")
        #expect(throws: EngineError.self) { try acquire(request) }
        try Data(token.utf8).write(to: URL(filePath: folder.path + "/memory"))
        try acquire(request).release()
        #expect(try objects() == [])
        // The same by number and beginning of the process.
        let own = try #require(ProcessIdentity.current)
        let record = LeaseRecord(
            token: token, instance: "", host: "here", process: own.number, activity: "run x",
            identity: ProcessIdentity(boot: own.boot, namespace: own.namespace, number: own.number, start: "1"),
            started: .now(), renewed: .now(), seconds: 600)
        let name = LeaseName(prefix: "duplicati", generation: 3, isEncrypted: false).text
        try Data(record.encoded()).write(to: URL(filePath: "\(folder.path)/store/\(name)"))
        request.memory = nil
        try acquire(request).release()
    }

    @Test("whoever lost the lease notices before it matters")
    func lost() throws {
        let store = Store(destination: destination, passphrase: nil, temporaryFolder: folder.path, retry: Self.retry)
        let lease = try acquire()
        store.hold(lease)
        let holder = try #require(try Lease.holders(at: destination, passphrase: nil).first)
        #expect(holder.isLive)
        try Lease.remove(holder, at: destination)
        usleep(5_100_000)
        #expect {
            try store.delete([])
            try store.confirmLease()
        } throws: { error in
            guard case .leaseLost? = error as? EngineError else { return false }
            return true
        }
    }

    @Test("a lease is renewed under rising numbers, and stays held")
    func renewal() throws {
        var request = LeaseRequest(activity: "test")
        request.renewal = .milliseconds(100)
        let lease = try acquire(request)
        let first = try objects()
        let limit = ContinuousClock.now + .seconds(20)
        while try objects() == first || objects().count != 1, ContinuousClock.now < limit { usleep(10_000) }
        #expect(try objects() != first)
        #expect(throws: EngineError.self) { try acquire() }
        try lease.confirm()
        lease.release()
        #expect(try objects() == [])
    }

    @Test("an encrypted lease tells nothing to those without the passphrase, and holds against them")
    func encrypted() throws {
        let lease = try acquire(passphrase: Secret("correct horse"))
        #expect(try objects()[0].hasSuffix(".json.aes"))
        #expect(throws: EngineError.self) { try acquire(passphrase: Secret("another")) }
        #expect(throws: EngineError.self) { try acquire() }
        lease.release()
    }

    @Test("an answer that is lost does not lose the lease")
    func lostAnswer() throws {
        let faulty = FaultyDestination(
            destination, faults: [.init(.put, .failAfter(.transient)), .init(.list, .failBefore(.transient))])
        let lease = try acquire(passphrase: Secret("correct horse"), at: faulty)
        try lease.confirm()
        lease.release()
        #expect(try objects() == [])
    }

    @Test("a lease that is not waited for is posted at once, holds against others, and can be given back at once")
    func unawaited() throws {
        let able = AbleDestination()
        able.behaviour.createsExclusively = false
        let isWaiting = Mutex(true)
        let retry = RetryPolicy(attempts: 2) { duration, cancellation in
            let end = ContinuousClock.now + .seconds(20)
            while isWaiting.withLock({ $0 }), !cancellation.isCancelled, ContinuousClock.now < end { usleep(10_000) }
        }
        func post() throws -> Lease {
            try Lease.acquire(
                at: able, passphrase: nil, LeaseRequest(activity: "test"), retry: retry, awaitsVerification: false)
        }
        let abandoned = try post()
        #expect(able.names.count == 1)
        #expect(throws: EngineError.self) { try post() }
        try abandoned.confirm(awaitsVerification: false)
        abandoned.release()
        #expect(able.names.isEmpty && isWaiting.withLock { $0 })
        let lease = try post()
        isWaiting.withLock { $0 = false }
        try lease.confirm()
        #expect(throws: EngineError.self) { try post() }
        lease.release()
        #expect(able.names.isEmpty)
        isWaiting.withLock { $0 = true }
        let lost = try post()
        able[able.names[0]] = nil
        isWaiting.withLock { $0 = false }
        _ = #expect(throws: EngineError.self) { try lost.confirm() }
    }

    @Test("a store with another prefix has a lease of its own")
    func prefixes() throws {
        let one = try Lease.acquire(at: destination, prefix: "one", passphrase: nil, LeaseRequest(activity: "a"))
        let two = try Lease.acquire(at: destination, prefix: "two", passphrase: nil, LeaseRequest(activity: "b"))
        #expect(throws: EngineError.self) {
            try Lease.acquire(at: destination, prefix: "two", passphrase: nil, LeaseRequest(activity: "c"))
        }
        one.release()
        two.release()
    }
}
