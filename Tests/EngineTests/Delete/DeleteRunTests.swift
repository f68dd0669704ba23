import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Deleting versions")
struct DeleteRunTests {
    @Test("filelists go, data stays, and what is left is whole", arguments: ["correct horse", nil])
    func middle(passphrase: String?) throws {
        let fixture = try BackupFixture(passphrase: passphrase)
        let trees = try fixture.makeVersions(4)
        let before = try fixture.objects()
        let versions = try fixture.knownVersions()
        let summary = try DeleteRun(try fixture.session()).run(versions: [versions[1].id, versions[3].id])
        #expect(summary.deleted == [versions[1].time, versions[3].time])
        #expect(summary.remaining == 2 && summary.held.isEmpty && summary.locked.isEmpty)
        let after = try fixture.objects()
        let gone = before.filter { after[$0.key] == nil }
        #expect(gone.count == 2 && gone.keys.allSatisfy { $0.contains(".dlist.") })
        #expect(summary.freedBytes == gone.values.reduce(0) { $0 + Int64($1) })
        #expect(summary.listing?.dlists.count == 2)
        #expect(try fixture.restoreDifferences(.number(0), from: trees[3]) == [])
        #expect(try fixture.restoreDifferences(.number(1), from: trees[1]) == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
        // The catalog knows it too: nothing is read again, and nothing is new.
        let problems = ProblemLog()
        let next = try fixture.run(problems: problems)
        #expect(!next.catalogWasRebuilt && next.version == nil && next.versions == 2)
        #expect(problems.problems == [])
    }

    @Test("after the newest version went, the next backup compares with the one before it")
    func newest() throws {
        let fixture = try BackupFixture()
        let trees = try fixture.makeVersions(3)
        let versions = try fixture.knownVersions()
        _ = try DeleteRun(try fixture.session()).run(versions: [versions[0].id])
        #expect(try fixture.restoreDifferences(.newest, from: trees[1]) == [])
        let summary = try fixture.run()
        // Its data is still there, so the same version is made again without sending any of it.
        #expect(summary.version != nil && summary.uploadedObjects == 1)
        #expect(try fixture.restoreDifferences(.newest, from: trees[2]) == [])
        #expect(try fixture.restoreDifferences(.number(1), from: trees[1]) == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("the last complete version only goes when that is allowed")
    func last() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(2)
        let before = try fixture.objects()
        let all = try fixture.knownVersions().map(\.id)
        do {
            _ = try DeleteRun(try fixture.session()).run(versions: all)
            Issue.record("it was deleted")
        } catch {
            guard case EngineError.refused = error else { throw error }
        }
        #expect(try fixture.objects() == before)
        let summary = try DeleteRun(try fixture.session()).run(versions: all, allowsLast: true)
        #expect(summary.remaining == 0)
        #expect(try fixture.filelists() == [])
        let next = try fixture.run()
        #expect(next.version != nil && next.versions == 1 && !next.catalogWasRebuilt)
        #expect(next.uploadedObjects == 1)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a version does not count as left when its filelist is not there in full size")
    func damagedRest() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(2)
        let session = try fixture.session()
        var listing = session.listing
        listing.remove([try fixture.filelists()[0]])
        let oldest = try fixture.knownVersions()[1].id
        #expect(throws: EngineError.self) { try DeleteRun(session.relisted(listing)).run(versions: [oldest]) }
        #expect(try fixture.filelists().count == 2)
    }

    @Test("held and locked versions stay with a warning, the others go")
    func protected() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(4)
        let versions = try fixture.knownVersions()
        let lists = try fixture.filelists()
        let until = Timestamp(seconds: Timestamp.now().seconds + 1000)
        let destination = LockingDestination(try fixture.destination(), locks: [lists[2]: until])
        try HoldBook.change(try fixture.session(), holding: [Hold(version: versions[3].time, since: .now())])
        let problems = ProblemLog()
        let summary = try DeleteRun(try fixture.session(destination), problems: problems)
            .run(versions: versions[1...].map(\.id))
        #expect(summary.deleted == [versions[1].time])
        #expect(summary.locked == [versions[2].time] && summary.held == [versions[3].time])
        #expect(problems.problems.map(\.code) == [.remoteObject, .remoteObject])
        #expect(try fixture.filelists() == [lists[0], lists[2], lists[3]])
    }

    // MARK: Faults

    @Test("whichever deletion fails, the catalog is in step and the next try ends it", arguments: 1...3, [false, true])
    func faults(ordinal: Int, isCarriedOut: Bool) throws {
        let fixture = try BackupFixture()
        let trees = try fixture.makeVersions(4)
        let versions = try fixture.knownVersions()
        let fault = FaultyDestination.Fault(
            .delete, ordinals: ordinal...ordinal, isCarriedOut ? .failAfter(.permission) : .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) {
            try DeleteRun(try fixture.session(destination)).run(versions: versions[1...].map(\.id))
        }
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems)
        #expect(session.outcome.action == .unchanged)
        #expect(problems.problems == [])
        #expect(try fixture.knownVersions().count == (try fixture.filelists().count))
        let left = try fixture.knownVersions().dropFirst().map(\.id)
        _ = try DeleteRun(session).run(versions: left)
        #expect(try fixture.filelists().count == 1)
        #expect(try fixture.restoreDifferences(.newest, from: trees[3]) == [])
        #expect(try fixture.run().catalogWasRebuilt == false)
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a process that died in between leaves a deletion that the next one understands")
    func death() throws {
        let fixture = try BackupFixture()
        let trees = try fixture.makeVersions(4)
        let lists = try fixture.filelists()
        // It had written down three names and deleted one object.
        try Catalog(path: fixture.catalog).write { writer in
            var pending = PendingDeletions()
            pending.intended = Set(lists[1...])
            try pending.write(to: writer)
        }
        fixture.removeObject(lists[3])
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems)
        #expect(session.outcome.action == .unchanged)
        #expect(problems.problems == [])
        #expect(try fixture.knownVersions().count == 3)
        let pending = try session.catalog.read { try PendingDeletions(from: $0) }
        #expect(pending == PendingDeletions())
        #expect(try fixture.restoreDifferences(.number(2), from: trees[1]) == [])
        #expect(try fixture.run().catalogWasRebuilt == false)
    }

    @Test("a filelist that is still listed after it was deleted is no new version")
    func slowListing() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(3)
        let lists = try fixture.filelists()
        let stale = StaleListing(try fixture.destination())
        let session = try fixture.session(stale)
        stale.freeze()
        let summary = try DeleteRun(session).run(versions: [try fixture.knownVersions()[2].id])
        #expect(summary.listing?.dlists.map(\.name.text) == Array(lists[..<2]))
        let problems = ProblemLog()
        let again = try fixture.session(stale, problems: problems)
        #expect(again.outcome.action == .unchanged && again.listing.dlists.count == 2)
        #expect(problems.problems == [])
        // Once a listing is without it, it is forgotten: then such a name would be a version.
        let settled = try fixture.session()
        #expect(try settled.catalog.read { try PendingDeletions(from: $0) } == PendingDeletions())
    }

    @Test("a listing without anything proves no deletion")
    func emptyListing() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(2)
        let catalog = try Catalog(path: fixture.catalog)
        try catalog.write { writer in
            var pending = PendingDeletions()
            pending.intended = [try fixture.filelists()[1]]
            try pending.write(to: writer)
        }
        var empty = StoreListing([])
        try PendingDeletions.settle(catalog, with: &empty)
        #expect(try fixture.knownVersions().count == 2)
    }

    // MARK: Stores of Duplicati

    @Test(
        "versions of real stores can be deleted, and the others stay exact", .enabled(if: FixtureStore.isAvailable),
        arguments: FixtureStore.all)
    func duplicati(store: FixtureStore) throws {
        let fixture = try BackupFixture(passphrase: store.passphrase?.reveal())
        try FileManager.default.copyItem(atPath: store.remote, toPath: fixture.remote)
        try fixture.write("added by us", BackupFixture.noise(25_000, seed: 5))
        try fixture.run()
        let versions = try fixture.knownVersions()
        // Every second one of the old versions goes.
        let leaving = versions.enumerated().filter { $0.offset % 2 == 1 && $0.offset > 0 }.map { $0.element }
        try #require(!leaving.isEmpty)
        let summary = try DeleteRun(try fixture.session()).run(versions: leaving.map(\.id))
        #expect(summary.deleted == leaving.map(\.time))
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "") }
        #expect(try fixture.restoreDifferences() == [])
        let staying = versions.enumerated().filter { $0.offset % 2 == 0 }
        for (number, version) in staying.enumerated() where number > 0 {
            let target = try TemporaryFolder()
            let problems = ProblemLog()
            _ = try RestoreRun(
                RestoreRequest(version: .number(number), target: target.path + "/out"),
                session: try fixture.session(problems: problems, hasCatalog: false), problems: problems
            ).run()
            #expect(problems.problems == [])
            let manifest = try #require(try store.manifest(store.treeCount + 1 - version.offset))
            #expect(try TreeComparison.differences(target.path + "/out", manifest) == [])
        }
        #expect(try fixture.run().version == nil)
    }
}

extension BackupFixture {
    /// Removes an object behind the program's back.
    func removeObject(_ name: String) {
        FileTree.remove("\(remote)/\(name)")
    }
}
