import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

/// The specification's table of errors that a listing shows (14.1), row by row: what the catalog knows of an object, what
/// the destination lists, what is done.
///
/// | catalog | listing | done | proven by |
/// |---|---|---|---|
/// | stored | absent | named; data that the sources have is stored again, versions and indexes are written again by a repair; all versions absent is an error | `absent` here, `LostDataTests`, `CatalogSyncTests.emptied`, `RepairTests` |
/// | stored | right size | nothing is fetched | `CatalogSyncTests` |
/// | stored | other size | named; the run goes on, and nothing new relies on it | `otherSize` here, `LostDataTests.damagedVolume` |
/// | being stored | right size | taken as stored | `arrived` here, `PartialVersionTests.announced` |
/// | being stored | absent | forgotten, and what needs it is read again | `neverArrived` here, `PartialVersionTests.lostVolume` |
/// | being stored | other size | forgotten, named, left alone, and removed by a repair that is told to | `arrivedInPart` here |
/// | being deleted | present | data volumes are deleted, a version stays until somebody decides again | `InterruptedCompactTests`, `DeleteRunTests` |
/// | being deleted | absent | forgotten | `DeleteRunTests` |
/// | deleted | present | no new version | `DeleteRunTests` |
/// | nothing | ours | taken in, never removed; what cannot be read is named | `extra` here, `ForeignObjectTests.foreignVersion` |
/// | – | twice | counts once | `ForeignObjectTests.listedTwice` |
/// | – | another prefix, or no name of ours | neither read nor removed | `ForeignObjectTests.foreign` |
/// | stored | archived, size 0 | accepted | `ForeignObjectTests.archived` |
@Suite("14.1 What a listing shows")
struct ListingFaultTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 4096
        fixture.options.volumeSize = 64 << 10
        try fixture.write("file", BackupFixture.noise(150_000, seed: 4))
        try fixture.run()
        try fixture.write("later", BackupFixture.noise(30_000, seed: 5))
        try fixture.run()
        return fixture
    }

    private func first(_ kind: String, _ fixture: BackupFixture) throws -> String {
        try #require(try fixture.objects().keys.sorted().first { $0.contains(".\(kind).") })
    }

    /// A data volume of nothing but whole blocks of the file, so that no metadata is lost with it.
    private func dataVolume(_ fixture: BackupFixture) throws -> String {
        let found = try fixture.objects().keys.sorted().first { text in
            guard let name = ObjectName(parsing: text), name.kind == .dblock else { return false }
            let reader = try VolumeReader(
                path: "\(fixture.remote)/\(text)", name: name, passphrase: fixture.passphrase,
                folder: fixture.folder.path)
            return reader.blocks.allSatisfy { $0.size == 4096 }
        }
        return try #require(found)
    }

    @Test(
        "stored, absent: it is named once as what it is, nothing else is removed, and everything comes back",
        arguments: ["dblock", "dindex", "dlist"])
    func absent(kind: String) throws {
        let fixture = try fixture()
        let lost = try kind == "dblock" ? dataVolume(fixture) : first(kind, fixture)
        let time = ObjectName(parsing: lost)?.time
        FileTree.remove("\(fixture.remote)/\(lost)")
        let before = try Set(fixture.objects().keys)
        try fixture.write("later", "changed")
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        let named = problems.problems.filter { problem in
            problem.subject == lost || time.map { problem.subject.contains("\($0)") } ?? false
        }
        #expect(named.map(\.code) == [kind == "dblock" ? .damaged : .remoteObject])
        #expect(try before.isSubset(of: Set(fixture.objects().keys)))
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix("duplicati-") } == [])
        _ = try RepairRun(try fixture.session()).run()
        let later = ProblemLog()
        _ = try fixture.session(problems: later)
        #expect(later.problems == [])
        #expect(try fixture.knownVersions().count == 3)
    }

    @Test(
        "stored, other size: it is named, the run goes on, and nothing relies on it", arguments: ["dblock", "dindex"])
    func otherSize(kind: String) throws {
        let fixture = try fixture()
        let name = try first(kind, fixture)
        let handle = try FileHandle(forWritingTo: URL(filePath: "\(fixture.remote)/\(name)"))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([0]))
        try handle.close()
        try fixture.write("later", "changed")
        let problems = ProblemLog()
        let summary = try fixture.run(problems: problems)
        #expect(summary.version != nil)
        #expect(
            problems.problems.filter { $0.subject == name }.map(\.code) == [kind == "dblock" ? .damaged : .remoteObject]
        )
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix("duplicati-") } == [])
        #expect(try fixture.objects()[name] != nil)
    }

    /// Runs with a fault and returns what it left at the destination.
    private func interrupt(_ fixture: BackupFixture, _ faults: [FaultyDestination.Fault]) throws -> Set<String> {
        let before = try Set(fixture.objects().keys)
        try fixture.write("new", BackupFixture.noise(150_000, seed: 6))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: faults))
        }
        return try Set(fixture.objects().keys).subtracting(before)
    }

    @Test("being stored, right size: it counts as stored, and is not sent again")
    func arrived() throws {
        let fixture = try fixture()
        let left = try interrupt(
            fixture,
            [.init(.put, object: { $0.contains("dblock") }, ordinals: 2...99, .failAfter(.permission))])
        let data = left.filter { $0.contains("dblock") }
        try #require(data.count >= 2)
        try fixture.run()
        let known = try fixture.session().catalog.read { Set(try $0.volumes().map(\.name)) }
        #expect(data.isSubset(of: known))
        // 150,000 bytes that do not compress, and little else, are not there twice.
        let size = try fixture.objects().filter { $0.key.contains("dblock") }.values.reduce(0, +)
        #expect(size < 150_000 + 180_000 + 60_000)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("being stored, absent: it is forgotten, and what needs it is stored again")
    func neverArrived() throws {
        let fixture = try fixture()
        let left = try interrupt(
            fixture, [.init(.put, object: { $0.contains("dlist") }, ordinals: 1...9, .failBefore(.permission))])
        try #require(left.contains { $0.contains("dblock") })
        for name in left { FileTree.remove("\(fixture.remote)/\(name)") }
        let problems = ProblemLog()
        #expect(try fixture.run(problems: problems).version != nil)
        #expect(problems.problems == [])
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("being stored, other size: it is forgotten and named, and only a repair that is told to removes it")
    func arrivedInPart() throws {
        let fixture = try fixture()
        let left = try interrupt(
            fixture,
            [
                .init(.put, object: { $0.contains("dblock") }, .truncate(to: 5000)),
                .init(.put, object: { $0.contains("dlist") }, ordinals: 1...9, .failBefore(.permission)),
            ])
        let half = try #require(try left.first { try fixture.objects()[$0] == 5000 })
        let problems = ProblemLog()
        #expect(try fixture.run(problems: problems).version != nil)
        #expect(problems.problems.contains { $0.subject == half })
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix(half) } == [])
        #expect(try fixture.objects()[half] == 5000)
        var options = RepairOptions()
        options.removesDamaged = true
        _ = try RepairRun(try fixture.session(), options: options).run()
        #expect(try fixture.objects()[half] == nil)
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix(half) } == [])
    }

    @Test("unknown, ours: what can be read is taken in, what cannot is named, and nothing is removed")
    func extra() throws {
        let fixture = try fixture()
        let source = try first("dblock", fixture)
        let name = try #require(ObjectName(parsing: source))
        let copy = ObjectName.dblock(prefix: name.prefix, encryption: name.encryption).text
        let garbage = ObjectName.dblock(prefix: name.prefix, encryption: name.encryption).text
        try FileManager.default.copyItem(
            atPath: "\(fixture.remote)/\(source)", toPath: "\(fixture.remote)/\(copy)")
        try Data("no volume".utf8).write(to: URL(filePath: "\(fixture.remote)/\(garbage)"))
        let before = try Set(fixture.objects().keys)
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems)
        #expect(session.outcome.action == .adopted)
        #expect(Set(problems.problems.map(\.subject)) == [garbage])
        try fixture.run()
        #expect(try before.isSubset(of: Set(fixture.objects().keys)))
        let known = try fixture.session().catalog.read { Set(try $0.volumes().map(\.name)) }
        #expect(known.contains(copy))
    }
}
