import Catalog
import Destinations
import Glibc
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Copying a store to another destination")
struct SyncTests {
    private let fixture: BackupFixture
    private let source: any Destination
    private let target = AbleDestination("able://target")

    /// A store of three versions at a folder, and nothing at the target.
    init() throws {
        fixture = try BackupFixture()
        source = try fixture.destination()
        for round in 1...3 {
            try fixture.write("file \(round)", BackupFixture.noise(300_000, seed: UInt64(round)))
            fixture.now = { Timestamp(seconds: 1_800_000_000 + Int64(round) * 86_400) }
            _ = try fixture.run()
        }
    }

    @discardableResult
    private func sync(
        from source: (any Destination)? = nil, to target: (any Destination)? = nil,
        problems: ProblemLog = ProblemLog(), _ change: (inout SyncOptions) -> Void = { _ in }
    ) throws(EngineError) -> SyncSummary {
        var options = SyncOptions()
        change(&options)
        return try run(source, target, problems, options).run(
            lease: LeaseRequest(activity: "sync"), passphrase: fixture.passphrase)
    }

    private func run(
        _ source: (any Destination)? = nil, _ target: (any Destination)? = nil, _ problems: ProblemLog = ProblemLog(),
        _ options: SyncOptions = SyncOptions()
    ) -> SyncRun {
        SyncRun(
            from: source ?? self.source, to: target ?? self.target, options: options, problems: problems,
            retry: RetryPolicy(attempts: 2, pause: { _, _ in }))
    }

    private func storeNames(_ destination: any Destination) throws -> [String] {
        try destination.list().map(\.name).filter { ObjectName(parsing: $0) != nil }
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        try SmallFile.read("\(fixture.remote)/\(name)", limit: 1 << 26)
    }

    @Test("the target then holds every object, byte by byte, and none of our own")
    func complete() throws {
        try SmallFiles.write("dunnage-holds-x.json", in: fixture.remote)
        try SmallFiles.write("somebody's notes.txt", in: fixture.remote)
        let summary = try sync()
        let names = try storeNames(source)
        #expect(summary.objects == names.count && summary.copied == names.count && summary.present == 0)
        #expect(target.names == names)
        for name in names { #expect(target[name] == (try bytes(name))) }
        #expect(summary.copiedBytes == summary.bytes && summary.bytes > 900_000)
    }

    @Test("the copy can be restored")
    func restorable() throws {
        try sync()
        let folder = try TemporaryFolder()
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: target, passphrase: fixture.passphrase, temporaryFolder: folder.path, problems: problems)
        _ = try RestoreRun(
            RestoreRequest(target: folder.path + "/out"), session: session, problems: problems
        ).run()
        #expect(try TreeSnapshot(folder.path + "/out").differences(from: try TreeSnapshot(fixture.source)).isEmpty)
        #expect(problems.problems.isEmpty)
    }

    @Test("data goes first, then indexes, then lists from old to new")
    func order() throws {
        try sync { $0.threads = 1 }
        let kinds = target.puts.compactMap { ObjectName(parsing: $0)?.kind }
        let ranks = kinds.map { $0 == .dblock ? 0 : $0 == .dindex ? 1 : 2 }
        #expect(ranks == ranks.sorted())
        let lists = target.puts.filter { ObjectName(parsing: $0)?.kind == .dlist }
        #expect(lists == lists.sorted() && lists.count == 3)
    }

    @Test("however often it is broken off, no list is ever there without its data, and nothing is sent twice")
    func interrupted() throws {
        let total = try storeNames(source).count
        var rounds = 0
        while try storeNames(target).count < total {
            rounds += 1
            // The lease, and two objects more.
            let broken = FaultyDestination(
                target,
                faults: [
                    .init(.put, object: { ObjectName(parsing: $0) != nil }, ordinals: 3...99, .failBefore(.permission))
                ])
            _ = try? sync(to: broken) { $0.threads = 1 }
            #expect(rounds <= total)
            let names = target.names.compactMap { ObjectName(parsing: $0) }
            if names.contains(where: { $0.kind == .dlist }) {
                let data = try storeNames(source).filter { ObjectName(parsing: $0)?.kind != .dlist }
                #expect(Set(data).isSubset(of: Set(names.map(\.text))))
            }
        }
        #expect(rounds > 2)
        let sent = target.puts.filter { ObjectName(parsing: $0) != nil }
        #expect(sent.count == total && Set(sent).count == total)
        let summary = try sync()
        #expect(summary.copied == 0 && summary.present == total)
    }

    @Test("only what is new goes over the next time")
    func incremental() throws {
        try sync()
        try fixture.write("file 4", BackupFixture.noise(300_000, seed: 4))
        fixture.now = { Timestamp(seconds: 1_800_900_000) }
        _ = try fixture.run()
        target.forgetCalls()
        let summary = try sync()
        #expect(summary.copied == 3)
        #expect(target.puts.count { ObjectName(parsing: $0) != nil } == 3)
        #expect(target.names == (try storeNames(source)))
    }

    @Test("a preview changes nothing, and tells what would be done")
    func preview() throws {
        target.behaviour.hasContainer = false
        let summary = try run().preview()
        #expect(summary.copied == summary.objects && summary.objects > 0)
        #expect(!target.behaviour.hasContainer)
        #expect(try source.list().allSatisfy { !$0.name.hasPrefix("dunnage-") })
    }

    @Test("a name that is there in another size is refused before anything is copied")
    func otherSize() throws {
        let name = try #require(try storeNames(source).last)
        target[name] = [1, 2, 3]
        let error = #expect(throws: EngineError.self) { try sync() }
        guard case .destination(let cause)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(cause.kind == .exists && cause.object == name)
        #expect(target.names == [name])
    }

    @Test("with a comparison, a name that is there with other content is refused; without, it is taken as it is")
    func otherContent() throws {
        try sync()
        let name = try #require(try storeNames(source).first)
        var content = try bytes(name)
        content[100] ^= 1
        target[name] = content
        #expect(try sync().copied == 0)
        let error = #expect(throws: EngineError.self) { try sync { $0.comparesContent = true } }
        guard case .destination(let cause)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(cause.kind == .exists && cause.object == name)
        target[name] = try bytes(name)
        let summary = try sync { $0.comparesContent = true }
        #expect(summary.compared == summary.objects)
    }

    @Test("another store at the target is refused, one with another prefix is not")
    func otherStore() throws {
        let foreign = "duplicati-b0123456789abcdef0123456789abcdef.dblock.zip.aes"
        target[foreign] = [1]
        let error = #expect(throws: EngineError.self) { try sync() }
        guard case .refused? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(target.names == [foreign])
        #expect(try sync { $0.isForced = true }.copied > 0)
        let other = AbleDestination("able://other")
        other["photos-20260101T000000Z.dlist.zip"] = [1]
        #expect(try sync(to: other).copied > 0)
    }

    @Test("a target that has a newer version of its own is another store")
    func divergedStore() throws {
        try sync()
        target["duplicati-20991231T000000Z.dlist.zip.aes"] = [1]
        let error = #expect(throws: EngineError.self) { try sync() }
        guard case .refused? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("what the store no longer has is deleted on request, lists first, after everything was copied")
    func deletion() throws {
        try sync()
        let list = try #require(try storeNames(source).first { ObjectName(parsing: $0)?.kind == .dlist })
        unlink("\(fixture.remote)/\(list)")
        let stray = "duplicati-b0123456789abcdef0123456789abcdef.dblock.zip.aes"
        target[stray] = [1]
        target["duplicati-verification.json"] = [1]
        let kept = try sync()
        #expect(kept.surplus == 2 && kept.deleted == 0)
        let recorder = FaultyDestination(target)
        let summary = try sync(to: recorder) { $0.deletes = true }
        #expect(summary.deleted == 2)
        let deleted = recorder.calls.filter { $0.operation == .delete }.compactMap(\.object)
            .filter { ObjectName(parsing: $0) != nil }
        #expect(deleted == [list, stray])
        #expect(target["duplicati-verification.json"] != nil)
    }

    @Test("more than half is only deleted by force, and locked objects stay")
    func deletionGuard() throws {
        try sync()
        let total = target.names.count
        for number in 0..<(total + 2) {
            let digits = String(number + 10)
            target["duplicati-b\(digits)23456789abcdef0123456789abcdef.dblock.zip.aes"] = [1]
        }
        let error = #expect(throws: EngineError.self) { try sync { $0.deletes = true } }
        guard case .refused? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(target.names.count == 2 * total + 2)
        let locked = "duplicati-b1023456789abcdef0123456789abcdef.dblock.zip.aes"
        try target.lock(locked, until: target.now + .seconds(1000), mode: .governance)
        let summary = try sync {
            $0.deletes = true
            $0.isForced = true
        }
        #expect(summary.deleted == total + 1 && summary.locked == 1)
        #expect(target[locked] != nil)
    }

    @Test("an object that arrives cut off or changed in size is an error, and the next run goes on")
    func damage() throws {
        let broken = FaultyDestination(
            target, faults: [.init(.put, object: { $0.contains(".dindex.") }, .truncate(to: 10))])
        #expect(throws: EngineError.self) { try sync(to: broken) { $0.threads = 1 } }
        #expect(target.names.allSatisfy { ObjectName(parsing: $0)?.kind != .dlist })
        let short = FaultyDestination(
            source, faults: [.init(.get, object: { $0.contains(".dblock.") }, ordinals: 1...2, .truncate(to: 10))])
        let fresh = AbleDestination("able://fresh")
        #expect(throws: EngineError.self) { try sync(from: short, to: fresh) { $0.threads = 1 } }
        #expect(fresh.names.allSatisfy { !$0.contains(".dlist.") })
    }

    @Test("what did not arrive is noticed before anything is sent that refers to it")
    func lost() throws {
        let data = try storeNames(source).filter { ObjectName(parsing: $0)?.kind == .dblock }
        let error = #expect(throws: EngineError.self) { try sync(to: ForgetfulTarget(inner: target, loses: data[1])) }
        guard case .uploadNotListed([data[1]], _)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(try storeNames(target) == data.filter { $0 != data[1] })
        #expect(try sync().copied == 1 + storeNames(source).count - data.count)
    }

    @Test("what a late listing lacks is asked for by name")
    func lateListing() throws {
        let names = try storeNames(source)
        #expect(try sync(to: ForgetfulTarget(inner: target, hides: Set(names))).copied == names.count)
        #expect(target.names == names)
    }

    @Test("somebody else's lease at either end is respected")
    func leases() throws {
        for held in [source, target as any Destination] {
            let lease = try Lease.acquire(
                at: held, prefix: "duplicati", passphrase: fixture.passphrase, LeaseRequest(activity: "run home"))
            let error = #expect(throws: EngineError.self) { try sync() }
            guard case .leased? = error else { return #expect(Bool(false), "\(String(describing: error))") }
            #expect(try storeNames(target) == [])
            lease.release()
            #expect(try (source.list() + target.list()).allSatisfy { !$0.name.hasPrefix("dunnage-") })
        }
        try sync()
        #expect(target.names.allSatisfy { !$0.hasPrefix("dunnage-") })
    }

    @Test("a source where nothing may be stored is read without a lease, and says so")
    func readOnlySource() throws {
        let able = AbleDestination("able://source")
        for name in try storeNames(source) { able[name] = try bytes(name) }
        able.behaviour.rights = [.list, .get]
        let problems = ProblemLog()
        let summary = try sync(from: able, problems: problems)
        #expect(summary.copied == summary.objects)
        #expect(problems.problems.map(\.code) == [.remoteObject])
    }

    @Test("what lies in an archive is named before anything is copied")
    func archived() throws {
        let able = AbleDestination("able://source")
        able.behaviour.archivesData = true
        let other = try BackupFixture()
        try other.write("file", BackupFixture.noise(100_000, seed: 1))
        _ = try other.run(able)
        let error = #expect(throws: EngineError.self) { try sync(from: able) }
        guard case .destination(let cause)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(cause.kind == .archived)
        #expect(target.names.isEmpty)
    }

    @Test("nothing at the source is an error, not an empty copy")
    func emptySource() throws {
        let error = #expect(throws: EngineError.self) { try sync(from: AbleDestination()) { $0.deletes = true } }
        guard case .emptyStore? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("a stop ends it, and the copy is still a store")
    func cancellation() throws {
        let cancellation = Cancellation()
        let stopping = FaultyDestination(
            target,
            faults: [.init(.put, object: { $0.contains(".dblock.") }, ordinals: 2...2, .run { cancellation.cancel() })])
        var options = SyncOptions()
        options.threads = 1
        let run = SyncRun(
            from: source, to: stopping, options: options, cancellation: cancellation,
            retry: RetryPolicy(attempts: 2, pause: { _, _ in }))
        let error = #expect(throws: EngineError.self) {
            try run.run(lease: LeaseRequest(activity: "sync"), passphrase: nil)
        }
        guard case .cancelled? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(target.names.allSatisfy { !$0.contains(".dlist.") })
    }
}

/// Small files beside a store.
private enum SmallFiles {
    static func write(_ name: String, in folder: String) throws {
        let file = try FileDescriptor.open("\(folder)/\(name)", flags: O_WRONLY | O_CREAT)
        try [UInt8](name.utf8).withUnsafeBytes { try file.write(all: $0) }
    }
}

/// A target that does not have, or does not list, what was sent there.
private struct ForgetfulTarget: Destination {
    let inner: AbleDestination
    /// What is not stored, although nothing was said.
    var loses: String?
    /// What no listing shows.
    var hides: Set<String> = []

    var label: String { inner.label }

    func list() throws(DestinationError) -> [RemoteObject] { try inner.list().filter { !hides.contains($0.name) } }
    func stat(_ name: String) throws(DestinationError) -> RemoteObject { try inner.stat(name) }
    func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        if name != loses { try inner.put(name, from: file) }
    }
    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 { try inner.get(name, to: path) }
    func delete(_ name: String) throws(DestinationError) { try inner.delete(name) }
    func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }
    func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
}
