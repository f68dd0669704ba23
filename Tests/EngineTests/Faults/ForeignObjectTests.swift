import Destinations
import Foundation
import Support
import TestSupport
import Testing

@testable import Engine

/// What else is at a destination, and what it says of its objects; the rows of the specification's tables are in
/// `ListingFaultTests` and `ContentFaultTests`.
@Suite("Objects of others, and odd listings")
struct ForeignObjectTests {
    /// A destination that changes what it lists.
    private struct Relisting: Destination {
        let inner: any Destination
        let change: @Sendable ([RemoteObject]) -> [RemoteObject]

        var label: String { inner.label }
        func list() throws(DestinationError) -> [RemoteObject] { change(try inner.list()) }
        func put(_ name: String, from file: LocalFile) throws(DestinationError) { try inner.put(name, from: file) }
        func get(_ name: String, to path: String) throws(DestinationError) -> Int64 { try inner.get(name, to: path) }
        func delete(_ name: String) throws(DestinationError) { try inner.delete(name) }
        func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }
        func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
    }

    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        try fixture.write("file", BackupFixture.noise(60_000, seed: 4))
        try fixture.run()
        return fixture
    }

    @Test("an object that is listed twice counts once, and nothing is lost by it")
    func listedTwice() throws {
        let fixture = try fixture()
        try fixture.write("new", "new")
        try fixture.run(Relisting(inner: try fixture.destination()) { $0 + $0 })
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("objects of other stores and foreign files are neither read nor removed, by no operation")
    func foreign() throws {
        let fixture = try fixture()
        let names = [
            "other-20200101T000000Z.dlist.zip.aes", "other-b00.dblock.zip", "holiday.jpg", "duplicati-x.dblock.zip",
            "duplicati-20200101T000000Z.dlist.zip.aes.tmp",
        ]
        for name in names {
            #expect(FileManager.default.createFile(atPath: "\(fixture.remote)/\(name)", contents: Data("x".utf8)))
        }
        try fixture.write("new", "new")
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        var options = RepairOptions()
        options.removesDamaged = true
        _ = try RepairRun(try fixture.session(), options: options).run()
        #expect(problems.problems == [])
        #expect(try names.allSatisfy { try fixture.objects()[$0] == 1 })
    }

    @Test("archived objects that are listed without a size are not damaged")
    func archived() throws {
        let fixture = try fixture()
        let destination = Relisting(inner: try fixture.destination()) { objects in
            objects.map { object in
                guard object.name.contains(".dblock.") else { return object }
                return RemoteObject(name: object.name, size: 0, modified: object.modified, isArchived: true)
            }
        }
        let problems = ProblemLog()
        let session = try fixture.session(destination, problems: problems)
        #expect(session.outcome.action == .unchanged)
        #expect(try RepairRun(session).run().isEmpty)
        #expect(problems.problems == [])
    }

    @Test(
        "an object that arrives damaged is fetched once more before anybody calls it damaged", arguments: [true, false])
    func damagedOnTheWay(isShort: Bool) throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(
            .get, object: { $0.contains(".dblock.") }, isShort ? .truncate(to: 500) : .flipBit(atByte: 30_000))
        let problems = ProblemLog()
        let session = try fixture.session(
            FaultyDestination(try fixture.destination(), faults: [fault]), problems: problems, hasCatalog: false)
        let target = try TemporaryFolder()
        _ = try RestoreRun(RestoreRequest(target: target.path + "/out"), session: session, problems: problems).run()
        #expect(problems.problems == [])
        #expect(try TreeSnapshot(target.path + "/out").differences(from: TreeSnapshot(fixture.source)) == [])
    }

    @Test("a version that another program has added is read and taken in, never removed")
    func foreignVersion() throws {
        let fixture = try fixture()
        let old = try Data(contentsOf: URL(filePath: fixture.catalog))
        try fixture.write("file", "changed elsewhere")
        try fixture.run()
        let after = try fixture.objects()
        // As if the second run had been another machine's.
        for ending in ["-wal", "-shm"] { FileTree.remove(fixture.catalog + ending) }
        try old.write(to: URL(filePath: fixture.catalog))
        var options = RepairOptions()
        options.removesDamaged = true
        let session = try fixture.session()
        #expect(session.outcome.action == .rebuilt)
        #expect(try RepairRun(session, options: options).run().isEmpty)
        #expect(try fixture.objects() == after)
        #expect(try fixture.restoreDifferences() == [])
    }
}
