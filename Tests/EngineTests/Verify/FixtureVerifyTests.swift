import Engine
import StoreFormat
import Support
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
}
