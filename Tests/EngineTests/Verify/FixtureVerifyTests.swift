import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Verification of real stores", .enabled(if: FixtureStore.isAvailable))
struct FixtureVerifyTests {
    @Test("an intact store has no fault", arguments: FixtureStore.all)
    func intact(fixture: FixtureStore) throws {
        let session = try fixture.session()
        let problems = ProblemLog()
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.faults == [])
        #expect(summary.casualties == [])
        #expect(problems.problems == [])
        #expect(summary.objects == session.listing.items.count)
        #expect(summary.blocks > 100)
    }

    @Test("a listing alone is enough to miss an object", arguments: FixtureStore.all)
    func listing(fixture: FixtureStore) throws {
        let session = try fixture.session()
        let summary = try VerifyRun(.listing, session: session, problems: ProblemLog()).run()
        #expect(summary.isIntact)
        #expect(summary.bytesFetched == 0)
    }

    @Test("damage of a real store is named", arguments: ["a-aes-10kb", "b-plain-10kb"])
    func damage(name: String) throws {
        let fixture = try FixtureStore.named(name)
        let folder = try TemporaryFolder()
        let remote = folder.path + "/remote"
        try fixture.copy(to: remote)
        let catalog = folder.path + "/catalog.sqlite"
        let listing = try fixture.session(remote: remote, catalogPath: catalog).listing
        var random = SeededGenerator(seed: 5)
        for items in [listing.dblocks, listing.dindexes, listing.dlists] {
            let object = try #require(items.randomElement(using: &random)).name.text
            let path = URL(filePath: "\(remote)/\(object)")
            let intact = try Data(contentsOf: path)
            var damaged = intact
            damaged[Int.random(in: 0..<intact.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try damaged.write(to: path)
            let session = try fixture.session(remote: remote, catalogPath: catalog)
            let summary = try VerifyRun(.full, session: session, problems: ProblemLog()).run()
            #expect(Set(summary.faults.map(\.object)) == [object])
            try intact.write(to: path)
        }
    }
}
