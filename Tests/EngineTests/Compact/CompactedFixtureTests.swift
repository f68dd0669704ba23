import Catalog
import Foundation
import StoreFormat
import Support
import Testing

@testable import Engine

@Suite("Stores of Duplicati, compacted", .enabled(if: FixtureStore.isAvailable))
struct CompactedFixtureTests {
    @Test("a real store is rewritten whole, and every version stays what it was", arguments: FixtureStore.all)
    func rewritten(store: FixtureStore) throws {
        let backup = try BackupFixture(passphrase: store.passphrase?.reveal())
        try FileManager.default.copyItem(atPath: store.remote, toPath: backup.remote)
        let problems = ProblemLog()
        func session() throws -> StoreSession {
            try StoreSession.open(
                destination: try backup.destination(), passphrase: backup.passphrase, catalogPath: backup.catalog,
                temporaryFolder: backup.folder.path, problems: problems)
        }
        let opened = try session()
        let versions = try opened.catalog.read { try $0.versions() }
        // The oldest version goes, and what is left is packed anew: everything counts as small.
        let gone = try #require(versions.first)
        let isEmptied = versions.count > 1
        if isEmptied { _ = try DeleteRun(opened).run(versions: [gone.id]) }
        var options = CompactOptions()
        options.volumeSize = 10 << 20
        options.smallFileSize = 5 << 20
        options.smallFileMaxCount = 1
        let summary = try CompactRun(try session(), options: options, problems: problems).run()
        #expect(problems.problems == [])
        #expect(summary.reason == .compacted || opened.listing.dblocks.count == 1)
        for number in 0..<versions.count - (isEmptied ? 1 : 0) {
            let target = try TemporaryFolder()
            let fresh = try StoreSession.open(
                destination: try backup.destination(), passphrase: backup.passphrase, problems: problems)
            _ = try RestoreRun(
                RestoreRequest(version: .number(number), target: target.path + "/out"), session: fresh,
                problems: problems
            ).run()
            let manifest = try #require(try store.manifest(store.treeCount - number))
            #expect(try TreeComparison.differences(target.path + "/out", manifest) == [])
        }
        #expect(problems.problems == [])
        if let faults = try backup.faults(arguments: ["--lenient"]) { #expect(faults == "") }
        #expect(try session().outcome.action == .unchanged)
        #expect(try CompactRun(try session(), options: options).run().reason == .notNeeded)
    }
}
