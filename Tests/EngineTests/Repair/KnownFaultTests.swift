import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Repairing what was found before")
struct KnownFaultTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture(passphrase: nil)
        fixture.options.blockSize = 4096
        try fixture.write("large", BackupFixture.noise(200_000, seed: 7))
        try fixture.run()
        try fixture.write("more", BackupFixture.noise(9000, seed: 8))
        try fixture.run()
        try fixture.spaceVersions()
        return fixture
    }

    private func repair(_ fixture: BackupFixture, _ problems: ProblemLog = ProblemLog()) throws -> RepairSummary {
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: nil, catalogPath: fixture.catalog,
            problems: problems, retry: RetryPolicy(attempts: 1), toleratesLostVersions: true)
        return try RepairRun(session, problems: problems).run()
    }

    private func expectWhole(_ fixture: BackupFixture) throws {
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
        #expect(try VerifyRun(.full, session: try fixture.session(), problems: ProblemLog()).run().isIntact)
        #expect(try repair(fixture).isEmpty)
    }

    @Test("what a verification has found is repaired without reading everything again", arguments: ["dblock", "dlist"])
    func verified(kind: String) throws {
        let fixture = try fixture()
        let objects = try fixture.objects().filter { $0.key.contains(kind) }
        let name = try #require(objects.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key)
        let path = URL(filePath: "\(fixture.remote)/\(name)")
        let intact = try Data(contentsOf: path)
        var damaged = intact
        damaged[damaged.count / 3] ^= 4
        try damaged.write(to: path)
        let summary = try VerifyRun(.full, session: try fixture.session(), problems: ProblemLog()).run()
        #expect(Set(summary.faults.map(\.object)) == [name])
        // A good copy that somebody put back is left alone.
        try intact.write(to: path)
        #expect(try repair(fixture).isEmpty)
        try damaged.write(to: path)
        #expect(try repair(fixture).steps.contains { $0.action == .removed && $0.object == name })
        try expectWhole(fixture)
    }

    @Test("a filelist that only reads because the directory of its archive is not needed is written again")
    func mended() throws {
        let fixture = try fixture()
        let name = try #require(try fixture.filelists().last)
        let path = URL(filePath: "\(fixture.remote)/\(name)")
        try Data(try Data(contentsOf: path).dropLast(40)).write(to: path)
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(problems.problems.contains { $0.subject == name && $0.message.contains("dunnage repair") })
        let summary = try repair(fixture)
        #expect(summary.steps.contains { $0.action == .removed && $0.object == name })
        #expect(summary.versions.count == 1)
        try expectWhole(fixture)
    }

    @Test("a kept catalog that cannot be read is named and set aside, and not removed with what it knew")
    func keptCatalog() throws {
        let fixture = try fixture()
        fixture.removeObject(try #require(try fixture.filelists().last))
        try fixture.run()
        let kept = try #require(KeptCatalog.all(beside: fixture.catalog).first)
        try Data("no database at all, and long enough to be looked at".utf8).write(to: URL(filePath: kept))
        let problems = ProblemLog()
        let summary = try repair(fixture, problems)
        #expect(summary.versions == [])
        #expect(summary.steps.contains { $0.action == .left && $0.object == kept })
        #expect(problems.problems.contains { $0.code == .damaged && $0.subject == kept })
        let folder = fixture.folder.path + "/state"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains { $0.contains(".before-") && $0.contains(".damaged-") })
        #expect(KeptCatalog.all(beside: fixture.catalog) == [])
        #expect(try repair(fixture).isEmpty)
    }

    @Test("a version that was missed for a while and then deleted on purpose does not come back")
    func deletedAfterReturn() throws {
        let fixture = try fixture()
        let list = "\(fixture.remote)/\(try #require(try fixture.filelists().last))"
        let aside = fixture.folder.path + "/aside"
        try FileTree.rename(list, to: aside)
        try fixture.run()
        #expect(KeptCatalog.all(beside: fixture.catalog).count == 1)
        try FileTree.rename(aside, to: list)
        try fixture.run()
        #expect(KeptCatalog.all(beside: fixture.catalog) == [])
        let session = try fixture.session()
        let oldest = try #require(try session.catalog.read { try $0.versions().first })
        #expect(try DeleteRun(session).run(versions: [oldest.id]).deleted == [oldest.time])
        #expect(try repair(fixture).isEmpty)
    }

    @Test("a log that could not be folded into a kept catalog is kept with it")
    func keptLog() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/catalog.sqlite"
        for ending in ["", "-wal"] { try Data(ending.utf8).write(to: URL(filePath: path + ending)) }
        let version = CatalogVersion(id: 1, time: Timestamp(seconds: 1_790_000_000), volume: 1, isFull: true)
        _ = try KeptCatalog.keep(path, versions: [version], lostIn: [], ProblemLog())
        let kept = KeptCatalog.all(beside: path)
        #expect(kept.count == 1)
        #expect(FileManager.default.fileExists(atPath: kept[0] + "-wal"))
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
        KeptCatalog.removeAll(beside: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("a verification that cannot be written down says so, and still tells what it found")
    func unwritable() throws {
        let fixture = try fixture()
        let session = try fixture.session()
        try Database(fixture.catalog).execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON verification BEGIN SELECT RAISE(ABORT, 'not now'); END")
        let problems = ProblemLog()
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.isIntact && summary.objects > 3)
        #expect(problems.problems.count == 1)
        #expect(problems.problems.first?.subject == fixture.catalog)
        #expect(problems.problems.first?.message.contains("not now") == true)
    }
}

/// A catalog's database, changed behind the catalog's back.
private struct Database {
    private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Execute =
        @convention(c) (OpaquePointer?, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?, OpaquePointer?) -> Int32
    private typealias Close = @convention(c) (OpaquePointer?) -> Int32

    private let path: String

    init(_ path: String) { self.path = path }

    func execute(_ statement: String) throws {
        // Tests see no module of SQLite, but the library is there.
        let open = unsafeBitCast(try #require(dlsym(nil, "sqlite3_open")), to: Open.self)
        let execute = unsafeBitCast(try #require(dlsym(nil, "sqlite3_exec")), to: Execute.self)
        let close = unsafeBitCast(try #require(dlsym(nil, "sqlite3_close")), to: Close.self)
        var database: OpaquePointer?
        try #require(open(path, &database) == 0)
        defer { _ = close(database) }
        try #require(execute(database, statement, nil, nil, nil) == 0)
    }
}
