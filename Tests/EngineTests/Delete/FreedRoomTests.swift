import Catalog
import Support
import Testing

@testable import Engine

@Suite("How much room a deletion gives back")
struct FreedRoomTests {
    private func usage(_ fixture: BackupFixture) throws -> [Int64: BlockUsage.Volume] {
        try fixture.session().catalog.read { try BlockUsage($0).volumes }
    }

    @Test(
        "what is foretold is needed and not needed is what is so after the deletion",
        arguments: [[0], [1], [3], [1, 2], [0, 2, 4]])
    func foretold(_ numbers: [Int]) throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(5)
        let versions = try fixture.knownVersions()
        let leaving = Set(numbers.map { versions[$0].id })
        let before = try fixture.objects()
        let kept = versions.map(\.id).filter { !leaving.contains($0) }
        let foretold = try fixture.session().catalog.read { try BlockUsage($0, ofVersions: kept).volumes }
        let freed = try FreedRoom.bytes(deleting: leaving, from: try fixture.session())
        #expect(try fixture.objects() == before)
        _ = try DeleteRun(try fixture.session()).run(versions: Array(leaving))
        let after = try usage(fixture)
        #expect(foretold.mapValues(\.usedBytes) == after.mapValues(\.usedBytes))
        #expect(foretold.mapValues(\.wastedBytes) == after.mapValues(\.wastedBytes))
        // Every version has 20,000 bytes of noise of its own, which no compression makes smaller.
        #expect(freed > Int64(20_000 * numbers.count) && freed < Int64(32_000 * numbers.count), "\(freed)")
    }

    @Test("nothing is given back when nothing goes, and all of it when everything does")
    func ends() throws {
        let fixture = try BackupFixture()
        _ = try fixture.makeVersions(3)
        let session = try fixture.session()
        #expect(try FreedRoom.bytes(deleting: [], from: session) == 0)
        let all = Set(try fixture.knownVersions().map(\.id))
        let freed = try FreedRoom.bytes(deleting: all, from: session)
        let objects = try fixture.objects().filter { !$0.key.contains(".dindex.") }
        let stored = objects.values.reduce(0) { $0 + Int64($1) }
        #expect(freed == stored, "\(freed) of \(stored)")
    }
}
