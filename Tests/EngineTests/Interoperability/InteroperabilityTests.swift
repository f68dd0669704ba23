import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import Testing

@testable import Engine

/// Every store that Duplicati wrote, after everything that can be done to a store.
///
/// The stores and the independent checker are not part of this repository; without them the suite is skipped, and says so.
@Suite(
    "Stores of Duplicati after each operation",
    .enabled(if: FixtureStore.isAvailable, "the stores that Duplicati wrote are not on this machine"))
struct InteroperabilityTests {
    @Test(
        "what is left of a real store is in the documented form, and restores exactly",
        arguments: FixtureStore.all, StoreOperation.allCases)
    func survives(store: FixtureStore, operation: StoreOperation) throws {
        let fixture = try BackupFixture(passphrase: store.passphrase?.reveal())
        try store.copy(to: fixture.remote)
        let count = try fixture.session().listing.dlists.count
        let before = try fixture.objects()
        let effect = try operation.carryOut(on: fixture, versions: count)
        if effect.isRefused {
            // All that is gone is what the test took away.
            #expect(try fixture.objects().count == before.count - 1)
            return
        }
        #expect(try fixture.filelists().count == count - effect.gone + effect.added)
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "") }
        try expectWhole(fixture, isComplete: !effect.hasLosses)
        for number in effect.added..<(count - effect.gone + effect.added) {
            let manifest = try #require(try store.manifest(store.treeCount + effect.added - number))
            try compare(try restore(fixture, number), manifest, effect)
        }
        // And a further backup on top of it is as good.
        try fixture.write("further", "content")
        #expect(try fixture.run().version != nil)
        #expect(try fixture.restoreDifferences() == [])
    }

    private func expectWhole(_ fixture: BackupFixture, isComplete: Bool) throws {
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems, hasCatalog: false)
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.isIntact && summary.casualties == [])
        #expect(problems.problems == [])
        // The catalog that made the change knows the same as one that is built from the store, from its next opening on.
        _ = try fixture.session()
        let known = try fixture.session()
        #expect(known.outcome.action == .unchanged)
        #expect(try known.catalog.read { try $0.versions().map(\.time) } == versions(session))
    }

    private func versions(_ session: StoreSession) throws -> [Timestamp] {
        try session.catalog.read { try $0.versions().map(\.time) }
    }

    /// Restores what a version has of the tree that Duplicati backed up.
    private func restore(_ fixture: BackupFixture, _ number: Int) throws -> TemporaryFolder {
        let target = try TemporaryFolder(in: fixture.folder.path)
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems, hasCatalog: false)
        let pattern = try FilterExpression(argument: StoreOperation.root + "*")
        _ = try RestoreRun(
            RestoreRequest(version: .number(number), patterns: [pattern], target: target.path, keepsWholePaths: true),
            session: session, problems: problems
        ).run()
        #expect(problems.problems == [])
        return target
    }

    private func compare(
        _ target: TemporaryFolder, _ manifest: [FixtureStore.ManifestEntry], _ effect: StoreOperation.Effect
    ) throws {
        let expected = manifest.filter { entry in
            guard let purged = effect.purged else { return true }
            return entry.path != purged && !entry.path.hasPrefix(purged + "/")
        }
        #expect(effect.purged == nil || expected.count < manifest.count)
        let differences = try TreeComparison.differences(target.path + StoreOperation.root.dropLast(), expected)
        guard effect.hasLosses else { return #expect(differences == []) }
        // What was lost is gone altogether, or has lost its metadata; nothing has another content.
        let words = [" is missing", " has mode ", " has time ", " belongs to "]
        #expect(differences.filter { line in !words.contains { line.contains($0) } } == [])
        #expect(differences.count < 4 * expected.count)
    }
}
