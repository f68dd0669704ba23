import Destinations
import Foundation
import Support
import Testing

@testable import Engine

@Suite("Stores of Duplicati, continued", .enabled(if: FixtureStore.isAvailable))
struct ContinuedStoreTests {
    @Test("our incremental on top of a real store leaves every version whole", arguments: FixtureStore.all)
    func continued(store: FixtureStore) throws {
        let fixture = try BackupFixture(passphrase: store.passphrase?.reveal())
        try FileManager.default.copyItem(atPath: store.remote, toPath: fixture.remote)
        let before = try fixture.objects()
        try restoreNewest(of: fixture)
        try fixture.write("added by us", BackupFixture.noise(25_000, seed: 5))
        let summary = try fixture.run()
        #expect(summary.version != nil)
        let after = try fixture.objects()
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        #expect(try fixture.restoreDifferences() == [])
        for number in 1..<summary.versions {
            try restoreVersion(number, of: fixture, expecting: store)
        }
        // Duplicati's own objects deviate from the documented form in places; ours have to keep to it.
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "") }
        #expect(try fixture.run().version == nil)
    }

    private func restoreNewest(of fixture: BackupFixture) throws {
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase, problems: problems)
        FileTree.remove(fixture.source)
        _ = try RestoreRun(
            RestoreRequest(target: fixture.source), session: session, problems: problems
        ).run()
        #expect(problems.problems == [])
    }

    private func restoreVersion(_ number: Int, of fixture: BackupFixture, expecting store: FixtureStore) throws {
        let target = try TemporaryFolder()
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase, problems: problems)
        _ = try RestoreRun(
            RestoreRequest(version: .number(number), target: target.path + "/out"), session: session,
            problems: problems
        ).run()
        #expect(problems.problems == [])
        let manifest = try #require(try store.manifest(store.treeCount + 1 - number))
        #expect(try TreeComparison.differences(target.path + "/out", manifest) == [])
    }
}
