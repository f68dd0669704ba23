import Catalog
import Destinations
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Locking what versions need")
struct LockTests {
    private let fixture: BackupFixture
    private let able = AbleDestination()

    init() throws {
        fixture = try BackupFixture()
        for round in 1...2 {
            fixture.remove("file \(round - 1)")
            try fixture.write("file \(round)", BackupFixture.noise(200_000, seed: UInt64(round)))
            fixture.now = { Timestamp(seconds: 1_800_000_000 + Int64(round) * 86_400) }
            _ = try fixture.run(able)
        }
    }

    private func open() throws -> StoreSession {
        try StoreSession.open(
            destination: able, passphrase: fixture.passphrase, catalogPath: fixture.catalog,
            temporaryFolder: fixture.folder.path + "/temporary")
    }

    private func later(_ days: Int64) -> Timestamp { able.now + .seconds(days * 86_400) }

    @Test("all objects of a store whose versions need everything are locked, and the survey tells so")
    func everything() throws {
        let before = try LockSurvey(of: able)
        #expect(before.unlocked == before.items.count && before.items.count == 6)
        #expect(before.soonest == nil && before.latest == nil)
        let summary = try LockRun(open(), until: later(30), mode: .governance).run()
        #expect(summary.locked == 6 && summary.extended == 0 && summary.kept == 0 && summary.unneeded == 0)
        let after = try LockSurvey(of: able)
        #expect(after.unlocked == 0 && after.locked(.governance) == 6)
        #expect(after.soonest == later(30) && after.latest == later(30))
        #expect(throws: DestinationError.self) { try able.delete(after.items[0].name) }
    }

    @Test("what no version needs is left alone")
    func unneeded() throws {
        let session = try open()
        let oldest = try #require(try session.catalog.read { try $0.versions().first?.id })
        _ = try DeleteRun(session).run(versions: [oldest])
        let summary = try LockRun(open(), until: later(30), mode: .governance).run()
        #expect(summary.objects == 3 && summary.locked == 3 && summary.unneeded == 2)
        let survey = try LockSurvey(of: able)
        #expect(survey.unlocked == 2)
        #expect(Set(survey.items.filter { $0.lock == nil }.map(\.kind)) == ["dblock", "dindex"])
    }

    @Test("locks are prolonged and never shortened")
    func growing() throws {
        _ = try LockRun(open(), until: later(30), mode: .governance).run()
        let longer = try LockRun(open(), until: later(60), mode: .governance).run()
        #expect(longer.extended == 6)
        let shorter = try LockRun(open(), until: later(10), mode: .governance).run()
        #expect(shorter.kept == 6 && shorter.extended == 0)
        #expect(try LockSurvey(of: able).soonest == later(60))
    }

    @Test("a preview locks nothing")
    func preview() throws {
        let summary = try LockRun(open(), until: later(30), mode: .compliance).run(isDryRun: true)
        #expect(summary.locked == 6)
        #expect(try LockSurvey(of: able).unlocked == 6)
    }

    @Test("a destination without locks says so by its kind of error")
    func unsupported() throws {
        for destination in [FileDestination(folder: fixture.folder.path) as any Destination, unlocking] {
            let error = #expect(throws: EngineError.self) {
                _ = try LockSurvey(of: destination)
                let session = try open(destination)
                _ = try LockRun(session, until: later(1), mode: .governance).run()
            }
            guard case .destination(let cause)? = error else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(cause.kind == .unsupported)
        }
    }

    private var unlocking: any Destination {
        able.behaviour.locks = false
        return able
    }

    private func open(_ destination: any Destination) throws -> StoreSession {
        try StoreSession.open(
            destination: destination, passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path + "/temporary")
    }
}
