import Destinations
import Glibc
import StoreFormat
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

@Suite("Ordering from an archive what a restore needs")
struct ThawTests {
    private let fixture: BackupFixture
    private let able = AbleDestination()

    /// Two versions, each with a file and data volumes of its own, whose data lies in an archive.
    init() throws {
        fixture = try BackupFixture()
        able.behaviour.archivesData = true
        for round in 1...2 {
            try fixture.write("file \(round)", BackupFixture.noise(200_000, seed: UInt64(round)))
            fixture.now = { Timestamp(seconds: 1_800_000_000 + Int64(round) * 86_400) }
            _ = try fixture.run(able)
        }
    }

    private func open() throws -> StoreSession {
        try StoreSession.open(
            destination: able, passphrase: fixture.passphrase, temporaryFolder: fixture.folder.path + "/temporary")
    }

    private func run(
        _ session: StoreSession, patterns: [String] = [], version: VersionSelector = .newest, target: String = "out"
    ) throws -> RestoreRun {
        let request = RestoreRequest(
            version: version, patterns: try patterns.map { try FilterExpression(argument: $0) },
            target: "\(fixture.folder.path)/\(target)")
        return RestoreRun(request, session: session, problems: ProblemLog())
    }

    private func order(_ needed: NeededVolumes) -> ThawOrder {
        ThawOrder(needed.volumes.map { ($0.name, $0.size) }, at: able)
    }

    @Test("the volumes of a restore are known without fetching one, and are those that it reads")
    func exactVolumes() throws {
        able.forgetCalls()
        let session = try open()
        #expect(able.gets.allSatisfy { !$0.contains(".dblock.") })
        let whole = try run(session).neededVolumes()
        let first = try run(session, patterns: ["file 1"]).neededVolumes()
        let second = try run(session, patterns: ["file 2"]).neededVolumes()
        #expect(!first.volumes.isEmpty && !second.volumes.isEmpty)
        #expect(Set(first.volumes).isDisjoint(with: Set(second.volumes)))
        #expect(Set(whole.volumes) == Set(first.volumes).union(second.volumes))
        #expect(whole.lostBlocks == 0)
        let old = try run(session, version: .number(1)).neededVolumes()
        #expect(Set(old.volumes).isSubset(of: Set(whole.volumes)) && old.version < whole.version)

        let found = order(second)
        _ = try found.order(found.look(), days: 3, speed: .bulk)
        #expect(able.orders.sorted() == second.volumes.map(\.name))
        able.now = able.now + .seconds(7200)
        able.forgetCalls()
        _ = try run(try open(), patterns: ["file 2"], target: "two").run()
        #expect(able.gets.filter { $0.contains(".dblock.") }.sorted() == second.volumes.map(\.name))
    }

    @Test("a restore of archived volumes ends before anything is fetched or written, and says how many")
    func earlyRefusal() throws {
        let session = try open()
        able.forgetCalls()
        let error = #expect(throws: EngineError.self) { try run(session).run() }
        guard case .archivedVolumes(let count, let bytes, let version, let destination)? = error else {
            return #expect(Bool(false), "\(String(describing: error))")
        }
        #expect(count == 2 && bytes > 400_000 && destination == able.label)
        #expect(version == Timestamp(seconds: 1_800_172_800))
        #expect(able.gets.isEmpty)
        #expect(access("\(fixture.folder.path)/out", F_OK) != 0)
        #expect(
            "\(EngineError.archivedVolumes(count: 1, bytes: 5, version: version, destination: "x"))"
                .contains("dunnage thaw"))
    }

    @Test("a restore of what has come works, although the rest lies in the archive")
    func partlyThawed() throws {
        let session = try open()
        let found = order(try run(session, patterns: ["file 1"]).neededVolumes())
        _ = try found.order(found.look(), days: 1, speed: .standard)
        #expect(throws: EngineError.self) { try run(session, patterns: ["file 1"]).run() }
        able.now = able.now + .seconds(3601)
        // The listing of the open session still calls it archived.
        #expect(try run(session, patterns: ["file 1"]).run().restoredFiles == 1)
        #expect(throws: EngineError.self) { try run(session, patterns: ["file 2"], target: "other").run() }
    }

    @Test("nothing is ordered twice, and whoever asks again goes on where the last one ended")
    func resumable() throws {
        let needed = try run(try open()).neededVolumes()
        let first = order(needed)
        #expect(try first.look().map(\.state) == [.archived, .archived])
        #expect(try first.order(Array(first.look().prefix(1)), days: 2, speed: .bulk) == 1)
        let second = order(needed)
        #expect(try second.look().count { $0 == .ordered } == 1)
        #expect(try second.order(second.look(), days: 2, speed: .bulk) == 1)
        #expect(Set(able.orders) == Set(needed.volumes.map(\.name)) && able.orders.count == 2)
        able.now = able.now + .seconds(3601)
        let items = try second.look()
        #expect(items.allSatisfy { $0.state.isReadable })
        #expect(items.readableUntil != nil)
        #expect(try second.order(items, days: 2, speed: .bulk) == 0)
        able.now = able.now + .seconds(3 * 86_400)
        #expect(try second.look().map(\.state) == [.archived, .archived])
    }

    @Test("waiting asks after a minute and then ever more seldom, down to every quarter of an hour")
    func waiting() throws {
        able.behaviour.thawing = .seconds(3 * 3600)
        let found = order(try run(try open()).neededVolumes())
        _ = try found.order(found.look(), days: 2, speed: .standard)
        var pauses: [Duration] = []
        var looks = 0
        let items = try found.wait(
            pause: { duration, _ in
                pauses.append(duration)
                able.now = able.now + duration
            }, telling: { _ in looks += 1 })
        #expect(items.allSatisfy { $0.state.isReadable })
        #expect(pauses.first == .seconds(60) && pauses.last == .seconds(900))
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(looks == pauses.count + 1)
        #expect(pauses.reduce(.zero, +) >= .seconds(3 * 3600))
    }

    @Test("waiting ends with a stop")
    func stopped() throws {
        let cancellation = Cancellation()
        let needed = try run(try open()).neededVolumes()
        let order = ThawOrder(needed.volumes.map { ($0.name, $0.size) }, at: able, cancellation: cancellation)
        let error = #expect(throws: EngineError.self) {
            try order.wait(pause: { _, cancellation in cancellation.cancel() })
        }
        guard case .cancelled? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("where there is no archive, everything can be read")
    func noArchive() throws {
        let folder = try fixture.destination()
        let items = try ThawOrder([("a", 1), ("b", nil)], at: folder).look()
        #expect(items.map(\.state) == [.readable, .readable])
        #expect(items.bytes == 1 && items.readableUntil == nil)
    }
}
