import Catalog
import Destinations
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Destinations without room")
struct FullDestinationTests {
    private func isFull(_ error: any Error) -> Bool {
        guard case .destination(let cause)? = error as? EngineError else { return false }
        return cause.kind == .quota && cause.description.contains("Free some space")
    }

    @Test(
        "wherever a backup runs out of room, nothing goes, and the next one with room goes on from there",
        arguments: [0, 1000, 70_000, 140_000, 400_000] as [Int64])
    func backup(room: Int64) throws {
        let fixture = try BackupFixture()
        let trees = try fixture.makeVersions(2)
        let before = try fixture.objects()
        try fixture.write("new", BackupFixture.noise(500_000, seed: 77))
        #expect {
            try fixture.run(FullDestination(try fixture.destination(), room: room))
        } throws: { isFull($0) }
        let left = try fixture.objects()
        #expect(before.allSatisfy { left[$0.key] == $0.value })
        #expect(left.values.reduce(0, +) <= before.values.reduce(0, +) + UInt64(room))
        // What is there can be read meanwhile.
        #expect(try fixture.restoreDifferences(.newest, from: trees[1]) == [])
        let progress = RunProgress()
        try fixture.run(progress: progress)
        #expect(try fixture.restoreDifferences() == [])
        #expect(try fixture.restoreDifferences(.number(fixture.knownVersions().count - 1), from: trees[0]) == [])
        // Nothing that had been stored was stored again.
        let data = try fixture.objects().filter { $0.key.contains("dblock") }.values.reduce(0, +)
        #expect(data < 500_000 + 120_000)
    }

    @Test("a quota holds for all of a store's data, and what was stored up to it is of use")
    func quota() throws {
        let fixture = try BackupFixture()
        let trees = try fixture.makeVersions(2)
        let before = try fixture.objects().values.reduce(0, +)
        try fixture.write("new", BackupFixture.noise(500_000, seed: 77))
        fixture.options.quota = Int64(before) + 250_000
        let error = #expect(throws: EngineError.self) { try fixture.run() }
        #expect("\(try #require(error))".contains("Raise `quota`"))
        let size = try fixture.objects().values.reduce(0, +)
        #expect(size > before + 100_000 && size < before + 260_000)
        #expect(try fixture.restoreDifferences(.newest, from: trees[1]) == [])
        fixture.options.quota = Int64(before) + 600_000
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
        #expect(try fixture.objects().values.reduce(0, +) < before + 600_000)
        // Without new data there is nothing to refuse.
        fixture.options.quota = 1
        try fixture.run()
    }

    @Test("versions can be deleted where there is no room at all, and their data goes with the next compaction")
    func delete() throws {
        let fixture = try CompactFixture(copyOf: CompactFixture.churned.get())
        let full = FullDestination(try fixture.backup.destination(), room: 0)
        let before = try fixture.backup.objects()
        let session = try fixture.backup.session(full)
        let oldest = try #require(try session.catalog.read { try $0.versions() }.first)
        #expect(try DeleteRun(session).run(versions: [oldest.id]).deleted == [oldest.time])
        let size = try fixture.backup.objects().values.reduce(0, +)
        #expect(size < before.values.reduce(0, +))
    }

    @Test(
        "a compaction without room deletes what nothing needs, then stops before anything that is needed",
        arguments: [false, true])
    func compact(tellsSpace: Bool) throws {
        let fixture = try CompactFixture()
        // Volumes that nothing will need, and then some that are needed for half of what they hold.
        for number in 0..<6 {
            try fixture.backup.write("a\(number) goes", BackupFixture.noise(40_000, seed: UInt64(number + 1)))
        }
        for number in 0..<10 {
            try fixture.backup.write("b\(number) goes", BackupFixture.noise(12_000, seed: UInt64(number + 50)))
            try fixture.backup.write("b\(number) stays", BackupFixture.noise(12_000, seed: UInt64(number + 90)))
        }
        try fixture.backUp()
        for number in 0..<6 { fixture.backup.remove("a\(number) goes") }
        for number in 0..<10 { fixture.backup.remove("b\(number) goes") }
        try fixture.backUp()
        try fixture.deleteVersions(1)
        let plan = try fixture.plan()
        let deletable = plan.volumes.filter { $0.kind == .deletable }.map(\.name)
        try #require(!deletable.isEmpty && plan.volumes.count > deletable.count)
        let full = FullDestination(try fixture.backup.destination(), room: 0, tellsSpace: tellsSpace)
        let before = try fixture.backup.objects()
        // What is given back first may be room enough: then it comes to its end.
        do { try fixture.compact(full) } catch { #expect(isFull(error)) }
        let after = try fixture.backup.objects()
        #expect(deletable.allSatisfy { after[$0] == nil })
        #expect(after.values.reduce(0, +) < before.values.reduce(0, +))
        #expect(try fixture.differences() == [])
        #expect(try fixture.faults() == [])
        try fixture.compact()
        #expect(try fixture.differences() == [])
        #expect(try fixture.faults() == [])
    }

    @Test("a compaction that has to write and cannot deletes nothing that is needed, and a later one ends it")
    func rewriteOnly() throws {
        let fixture = try CompactFixture(copyOf: CompactFixture.churned.get())
        // What nothing needs goes first, as long as there is room to write it down.
        let needed = Set(try fixture.plan().volumes.filter { $0.kind != .deletable }.map(\.name))
        let faults = [
            FaultyDestination.Fault(.put, object: { $0.contains("dblock") }, ordinals: 1...999, .failBefore(.quota))
        ]
        #expect {
            try fixture.compact(FaultyDestination(try fixture.backup.destination(), faults: faults))
        } throws: { isFull($0) }
        let left = try fixture.backup.objects()
        #expect(needed.allSatisfy { left[$0] != nil })
        #expect(try fixture.differences() == [])
        try fixture.compact()
        #expect(try fixture.faults() == [])
    }
}
