import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

/// What the page on security says of destinations where objects can be added and not removed.
@Suite("Destinations that let nothing be deleted")
struct AppendOnlyTests {
    private func appendOnly(_ fixture: BackupFixture) throws -> FaultyDestination {
        let refusal = FaultyDestination.Fault(.delete, ordinals: 1...100_000, .failBefore(.permission))
        return FaultyDestination(try fixture.destination(), faults: [refusal])
    }

    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(3)
        return fixture
    }

    private func isRefusal(_ error: any Error) -> Bool {
        guard case EngineError.destination(let cause) = error else { return false }
        return cause.kind == .permission
    }

    private func expectWhole(_ fixture: BackupFixture, versions: Int) throws {
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems, hasCatalog: false)
        #expect(try VerifyRun(.full, session: session, problems: problems).run().isIntact)
        #expect(problems.problems == [])
        #expect(try session.catalog.read { try $0.versions() }.count == versions)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("backups, verifications and restores do without deleting")
    func backups() throws {
        let fixture = try fixture()
        let destination = try appendOnly(fixture)
        try fixture.write("new", "new")
        #expect(try fixture.run(destination).version != nil)
        let session = try fixture.session(destination)
        #expect(try VerifyRun(.full, session: session, problems: ProblemLog()).run().isIntact)
        try expectWhole(fixture, versions: 4)
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("leases stay where they are, and keep out nobody who knows that their holder is gone")
    func leases() throws {
        let fixture = try fixture()
        let destination = try appendOnly(fixture)
        let request = LeaseRequest(activity: "run", memory: fixture.folder.path + "/lease")
        for round in 1...3 {
            let lease = try Lease.acquire(at: destination, passphrase: fixture.passphrase, request)
            try lease.confirm()
            withExtendedLifetime(lease) {}
            #expect(try fixture.objects().keys.count { $0.hasPrefix("dunnage-lease-") } >= round)
        }
    }

    @Test("retention fails by name and takes nothing away, run after run")
    func retention() throws {
        let fixture = try fixture()
        let destination = try appendOnly(fixture)
        for _ in 0..<2 {
            let run = RetentionRun(try fixture.session(destination), policy: RetentionPolicy(keepVersions: 1))
            let decision = try run.decide()
            #expect(decision.deleted.count == 2)
            #expect {
                try run.carryOut(decision)
            } throws: {
                isRefusal($0)
            }
            try expectWhole(fixture, versions: 3)
        }
    }

    @Test("a compaction fails by name after it has stored volumes again, and the next one stores no more")
    func compaction() throws {
        let fixture = try fixture()
        var options = CompactOptions()
        options.volumeSize = 256 << 10
        options.smallFileSize = 128 << 10
        options.smallFileMaxCount = 1
        var counts: [Int] = []
        for _ in 0..<3 {
            let session = try fixture.session(try appendOnly(fixture))
            #expect {
                try CompactRun(session, options: options).run()
            } throws: {
                isRefusal($0)
            }
            counts.append(try fixture.objects().count)
            try expectWhole(fixture, versions: 3)
        }
        #expect(Set(counts).count == 1)
    }

    @Test("holds count as soon as they are stored; what they replace stays and counts no more")
    func holds() throws {
        let fixture = try fixture()
        let destination = try appendOnly(fixture)
        let times = try fixture.knownVersions().map(\.time)
        for time in times {
            try HoldBook.change(try fixture.session(destination), holding: [Hold(version: time, since: .now())])
        }
        try HoldBook.change(try fixture.session(destination), releasing: [times[0]])
        let book = try HoldBook(reading: try fixture.session(destination))
        #expect(book.holds.map(\.version) == Array(times.dropFirst()))
        #expect(try fixture.objects().keys.count { $0.hasPrefix("dunnage-holds-") } == 4)
    }
}
