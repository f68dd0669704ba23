import Engine
import StoreFormat
import Support
import Testing

@Suite("Restores of real stores", .enabled(if: FixtureStore.isAvailable))
struct FixtureRestoreTests {
    @Test("every version comes back exactly", arguments: FixtureStore.all)
    func everyVersion(fixture: FixtureStore) throws {
        let session = try fixture.session()
        let count = session.listing.dlists.count
        for number in 0..<count {
            let folder = try TemporaryFolder()
            let problems = ProblemLog()
            let request = RestoreRequest(version: .number(number), target: folder.path + "/out")
            let summary = try RestoreRun(request, session: session, problems: problems).run()
            #expect(problems.problems == [])
            #expect(summary.isComplete)
            #expect(summary.restoredFiles > 20)
            let manifest = try #require(try fixture.manifest(fixture.treeCount - number))
            #expect(try TreeComparison.differences(folder.path + "/out", manifest) == [])
        }
    }
}
