import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Snapshots of a catalog that the store has outrun")
struct StaleSnapshotTests {
    /// What changes a store other than a backup.
    enum Change: String, CaseIterable {
        case delete, compact, repairIndex, repairList, purge
    }

    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(3)
        try fixture.spaceVersions()
        return fixture
    }

    private func store(_ fixture: BackupFixture) throws -> Store {
        Store(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path + "/temporary")
    }

    private func snapshots(_ fixture: BackupFixture) throws -> [SnapshotName] {
        try fixture.objects().keys.compactMap { SnapshotName(parsing: $0, prefix: "duplicati") }
    }

    /// A session as a command without state has it.
    private func session(_ fixture: BackupFixture, hasCatalog: Bool = false) throws -> StoreSession {
        try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            catalogPath: hasCatalog ? fixture.catalog : nil, temporaryFolder: fixture.folder.path,
            retry: RetryPolicy(attempts: 1), toleratesLostVersions: true)
    }

    /// - Returns: the session that made the change.
    private func carryOut(_ change: Change, _ fixture: BackupFixture, hasCatalog: Bool = false) throws -> StoreSession {
        switch change {
        case .delete:
            let session = try session(fixture, hasCatalog: hasCatalog)
            let versions = try session.catalog.read { try $0.versions() }
            _ = try DeleteRun(session).run(versions: [versions[0].id])
            return session
        case .compact:
            let session = try session(fixture, hasCatalog: hasCatalog)
            var options = CompactOptions()
            options.volumeSize = 256 << 10
            options.smallFileSize = 128 << 10
            options.smallFileMaxCount = 1
            #expect(try CompactRun(session, options: options).run().reason == .compacted)
            return session
        case .repairIndex:
            fixture.removeObject(try #require(try fixture.objects().keys.filter { $0.contains("dindex") }.min()))
            let session = try session(fixture, hasCatalog: hasCatalog)
            #expect(try !RepairRun(session).run().isEmpty)
            return session
        case .repairList:
            let path = URL(filePath: "\(fixture.remote)/\(try fixture.filelists()[1])")
            var bytes = try Data(contentsOf: path)
            bytes[bytes.count / 2] ^= 8
            try bytes.write(to: path)
            let session = try session(fixture, hasCatalog: hasCatalog)
            var options = RepairOptions()
            options.verifies = true
            options.removesDamaged = true
            _ = try RepairRun(session, options: options).run()
            return session
        case .purge:
            let session = try session(fixture, hasCatalog: hasCatalog)
            _ = try PurgeRun(session).run([try FilterExpression(argument: "\(fixture.source)/grows")])
            return session
        }
    }

    private func expectWhole(_ fixture: BackupFixture, _ change: Change) throws {
        FileTree.remove(fixture.folder.path + "/state")
        let versions = try fixture.filelists().count
        let problems = ProblemLog()
        let session = try session(fixture)
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.isIntact && summary.casualties == [], "\(change)")
        #expect(try session.catalog.read { try $0.versions() }.count == versions, "\(change)")
        // A backup that starts from it stores what is missing and nothing twice.
        try fixture.write("later", BackupFixture.noise(9000, seed: 77))
        #expect(try fixture.run().version != nil)
        FileTree.remove(fixture.folder.path + "/state")
        for snapshot in try snapshots(fixture) { fixture.removeObject(snapshot.text) }
        #expect(try fixture.restoreDifferences() == [], "\(change)")
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "", "\(change)") }
    }

    @Test("after each change the copy at the destination is one of now", arguments: Change.allCases)
    func renewed(change: Change) throws {
        let fixture = try fixture()
        #expect(try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture)) != nil)
        let before = try snapshots(fixture)
        #expect(before.count == 1)
        let session = try carryOut(change, fixture)
        let cost = try CatalogSnapshot.renew(after: session, isWanted: false)
        let after = try snapshots(fixture)
        #expect(after != before)
        #expect(cost != nil)
        #expect(after.map(\.contents) == [SnapshotName.Contents(try store(fixture).list())])
        // The next one who has no catalog needs nothing else.
        let destination = FaultyDestination(try fixture.destination())
        let next = try StoreSession.open(
            destination: destination, passphrase: fixture.passphrase, temporaryFolder: fixture.folder.path)
        #expect(next.outcome.action == .unchanged)
        #expect(destination.calls.count { $0.operation == .get } == 1)
        #expect(try CatalogSnapshot.renew(after: next, isWanted: true) == nil)
        try expectWhole(fixture, change)
    }

    @Test("a command makes no copy where none is wanted")
    func unwanted() throws {
        let fixture = try fixture()
        let session = try carryOut(.delete, fixture)
        #expect(try CatalogSnapshot.renew(after: session, isWanted: false) == nil)
        #expect(try snapshots(fixture) == [])
        #expect(try CatalogSnapshot.renew(after: session, isWanted: true) != nil)
        #expect(try snapshots(fixture).count == 1)
    }

    @Test("of a catalog that has to be built anew no copy is kept, and the older ones go")
    func outOfStep() throws {
        let fixture = try fixture()
        _ = try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture))
        fixture.removeObject(try fixture.filelists()[2])
        #expect(try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture)) == nil)
        #expect(try snapshots(fixture) == [])
    }

    @Test(
        "a copy from before a change does no harm, whatever its name says",
        arguments: Change.allCases, [false, true])
    func stale(change: Change, isLying: Bool) throws {
        let fixture = try fixture()
        _ = try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture))
        let old = try #require(try snapshots(fixture).first)
        // The change is made by somebody with a catalog of their own, who leaves the copy as it is.
        _ = try carryOut(change, fixture, hasCatalog: true)
        if isLying {
            let contents = SnapshotName.Contents(try store(fixture).list())
            let lie = SnapshotName(prefix: "duplicati", at: .now(), contents: contents, isEncrypted: true)
            try FileTree.rename("\(fixture.remote)/\(old.text)", to: "\(fixture.remote)/\(lie.text)")
        }
        try expectWhole(fixture, change)
    }
}
