import Destinations
import Glibc
import StoreFormat
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// What goes on while it is not certain yet whether a lease was had: two seconds where others may replace it.
@Suite("Copying while leases are verified")
struct SyncLeaseTests {
    private let source = AbleDestination("able://source")
    private let target = AbleDestination("able://target")
    private let names: [String]

    /// A store of two versions at the source.
    init() throws {
        let fixture = try BackupFixture()
        for round in 1...2 {
            try fixture.write("file \(round)", BackupFixture.noise(300_000, seed: UInt64(round)))
            fixture.now = { Timestamp(seconds: 1_800_000_000 + Int64(round) * 86_400) }
            _ = try fixture.run(source)
        }
        names = source.names.filter { ObjectName(parsing: $0) != nil }
        source.forgetCalls()
    }

    /// Copies; `whileVerified` is called instead of waiting for what others may post.
    private func sync(
        deletes: Bool = false, whileVerified: @escaping @Sendable (Cancellation) -> Void
    ) throws(EngineError) -> SyncSummary {
        var options = SyncOptions()
        options.deletes = deletes
        let retry = RetryPolicy(attempts: 2) { duration, cancellation in
            if duration == .seconds(2) { whileVerified(cancellation) }
        }
        return try SyncRun(from: source, to: target, options: options, retry: retry)
            .run(lease: LeaseRequest(activity: "sync"), passphrase: nil)
    }

    private static func kinds(_ names: [String]) -> Set<ObjectName.Kind> {
        Set(names.compactMap { ObjectName(parsing: $0)?.kind })
    }

    /// Waits until something happens that has to happen at once; then what must not happen has some time for it.
    private static func await(_ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(20)
        while !condition(), ContinuousClock.now < end { usleep(10_000) }
        let happened = condition()
        for _ in 0..<10 { usleep(10_000) }
        return happened
    }

    private static func lease(_ generation: Int64) -> (name: String, bytes: [UInt8]) {
        let record = LeaseRecord(
            token: String(repeating: "a", count: 32), instance: "other", host: "elsewhere", process: 1,
            activity: "run x", identity: nil, started: .now(), renewed: .now(), seconds: 600)
        return (LeaseName(prefix: "duplicati", generation: generation, isEncrypted: false).text, record.encoded())
    }

    private var leases: [String] { (source.names + target.names).filter { $0.hasPrefix("dunnage-lease-") } }

    @Test("data goes over before either lease is certain, and nothing that refers to it", arguments: [true, false])
    func data(atSource: Bool) throws {
        (atSource ? source : target).behaviour.createsExclusively = false
        let early = Mutex<Set<ObjectName.Kind>>([])
        let data = names.filter { ObjectName(parsing: $0)?.kind == .dblock }
        let summary = try sync { [target] _ in
            _ = Self.await { Set(data).isSubset(of: target.names) }
            early.withLock { $0 = Self.kinds(target.puts) }
        }
        #expect(early.withLock { $0 } == [.dblock])
        #expect(summary.copied == names.count && target.names == names && leases == [])
    }

    @Test("the lease at the target is that of the store that comes, not of another one that is there")
    func otherStore() throws {
        target["photos-20260101T000000Z.dlist.zip"] = [1]
        target.behaviour.createsExclusively = false
        let data = names.filter { ObjectName(parsing: $0)?.kind == .dblock }
        let posted = Mutex<[String]>([])
        let summary = try sync { [target] _ in
            // Then there is more of the new store than of the other one.
            _ = Self.await { Set(data).isSubset(of: target.names) }
            posted.withLock { $0 = target.names.filter { $0.hasPrefix("dunnage-lease-") } }
        }
        #expect(summary.copied == names.count && leases == [])
        #expect(posted.withLock { $0 }.allSatisfy { LeaseName(parsing: $0, prefix: "duplicati") != nil })
        #expect(posted.withLock { $0 }.count == 1)
    }

    @Test("nothing is deleted before either lease is certain", arguments: [true, false])
    func deletion(atSource: Bool) throws {
        for name in names { target[name] = source[name] }
        let gone = try #require(names.first { ObjectName(parsing: $0)?.kind == .dlist })
        source[gone] = nil
        (atSource ? source : target).behaviour.createsExclusively = false
        let early = Mutex<[String]>([])
        let summary = try sync(deletes: true) { [target] _ in
            _ = Self.await { true }
            early.withLock { $0 = target.names }
        }
        #expect(summary.deleted == 1 && target[gone] == nil)
        #expect(early.withLock { $0 }.contains(gone))
    }

    @Test("a lease that somebody else replaced meanwhile is asked for again, and everything is looked at again")
    func contested() throws {
        for end in [source, target] {
            end.behaviour.createsExclusively = false
            let count = Mutex(0)
            _ = try sync { _ in
                let number = count.withLock {
                    $0 += 1
                    return $0
                }
                guard number == 1 else { return }
                end[Self.lease(1).name] = Self.lease(1).bytes
            }
            #expect(count.withLock { $0 } == 2)
            #expect(target.names == names && leases == [])
            end.behaviour.createsExclusively = true
            for name in names { target[name] = nil }
        }
    }

    @Test("a lease that somebody else gets meanwhile is respected", arguments: [true, false])
    func lost(atSource: Bool) throws {
        let end = atSource ? source : target
        end.behaviour.createsExclusively = false
        let other = Self.lease(7)
        let error = #expect(throws: EngineError.self) { try sync { _ in end[other.name] = other.bytes } }
        guard case .leased? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        // What came by then is data that nothing refers to.
        #expect(Self.kinds(target.names).isSubset(of: [.dblock]))
        #expect(leases == [other.name])
    }

    @Test("where there is nothing to be done nobody waits")
    func nothing() throws {
        for name in names { target[name] = source[name] }
        source.behaviour.createsExclusively = false
        target.behaviour.createsExclusively = false
        let waited = Mutex(false)
        let summary = try sync { cancellation in
            let end = ContinuousClock.now + .seconds(20)
            while !cancellation.isCancelled, ContinuousClock.now < end { usleep(10_000) }
            if !cancellation.isCancelled { waited.withLock { $0 = true } }
        }
        #expect(summary.copied == 0 && !waited.withLock { $0 } && leases == [])
    }
}
