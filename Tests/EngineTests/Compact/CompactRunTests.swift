import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Compaction")
struct CompactRunTests {
    private func fixture() throws -> CompactFixture { try CompactFixture(copyOf: try CompactFixture.churned.get()) }

    @Test("what no version needs is given back, and every version stays whole")
    func compacts() throws {
        let fixture = try fixture()
        let before = try fixture.backup.objects()
        let planned = try fixture.plan()
        #expect(planned.reason == .compacted)
        let problems = ProblemLog()
        let summary = try fixture.compact(problems: problems)
        #expect(problems.problems == [])
        #expect(summary.reason == .compacted)
        #expect(summary.volumesRewritten > 0)
        #expect(summary.volumesDeleted + summary.volumesRewritten == planned.volumes.count)
        let after = try fixture.backup.objects()
        let freed = Int64(before.values.reduce(0, +)) - Int64(after.values.reduce(0, +))
        #expect(summary.bytesFreed == freed)
        #expect(summary.bytesAfter == Int64(after.values.reduce(0, +)))
        #expect(freed > 0)
        #expect(before.keys.filter { $0.contains("dlist") }.allSatisfy { after[$0] == before[$0] })
        #expect(try fixture.faults() == [])
        #expect(try fixture.plan().reason == .notNeeded)
        #expect(try fixture.compact().reason == .notNeeded)
    }

    @Test("a store without encryption is compacted as well")
    func plain() throws {
        let fixture = try CompactFixture(passphrase: nil).churn()
        #expect(try fixture.compact().reason == .compacted)
        #expect(try fixture.faults() == [])
    }

    @Test("backups go on after a compaction, and find what is stored")
    func continued() throws {
        let fixture = try fixture()
        try fixture.compact()
        try fixture.backup.write("copy", BackupFixture.noise(30_000, seed: 900))
        let summary = try fixture.backup.run()
        #expect(summary.uploadedObjects == 3, "the new metadata and the filelist, but no block of the copy")
        #expect(summary.catalogWasRebuilt == false)
        #expect(try fixture.backup.restoreDifferences() == [])
        #expect(try fixture.faults() == [])
    }

    @Test("without deleted versions nothing is to be done")
    func notNeeded() throws {
        let fixture = try CompactFixture()
        try fixture.backup.write("file", BackupFixture.noise(200_000, seed: 1))
        try fixture.backUp()
        let before = try fixture.backup.objects()
        #expect(try fixture.compact().reason == .notNeeded)
        #expect(try fixture.backup.objects() == before)
    }

    @Test("many small volumes become few")
    func small() throws {
        let fixture = try CompactFixture()
        for number in 0..<4 {
            try fixture.backup.write("file \(number)", BackupFixture.noise(5_000, seed: UInt64(number + 1)))
            try fixture.backUp()
        }
        fixture.options.smallFileMaxCount = 3
        let summary = try fixture.compact()
        #expect(summary.volumesRewritten == 4)
        #expect(summary.volumesUploaded == 1)
        #expect(try fixture.faults() == [])
        #expect(try fixture.compact().reason == .notNeeded)
    }

    @Test("volumes that are locked or archived stay, and are counted")
    func hindered() throws {
        let fixture = try fixture()
        let planned = try fixture.plan().volumes
        let locked = try #require(planned.first).name
        let archived = try #require(planned.last).name
        let destination = RemarkingDestination(inner: try fixture.backup.destination()) { object in
            RemoteObject(
                name: object.name, size: object.size, modified: object.modified, isArchived: object.name == archived,
                lockedUntil: object.name == locked ? Timestamp(seconds: Timestamp.now().seconds + 1000) : nil)
        }
        let summary = try fixture.compact(destination)
        #expect(summary.volumesLocked == 1)
        #expect(summary.volumesArchived == 1)
        let after = try fixture.backup.objects()
        #expect(after[locked] != nil)
        #expect(after[archived] != nil)
        #expect(try fixture.faults() == [])
    }

    @Test("an index volume that is locked keeps what it describes")
    func lockedIndex() throws {
        let fixture = try fixture()
        let destination = RemarkingDestination(inner: try fixture.backup.destination()) { object in
            let isIndex = object.name.contains("dindex")
            let later = Timestamp(seconds: Timestamp.now().seconds + 1000)
            return RemoteObject(
                name: object.name, size: object.size, modified: object.modified, lockedUntil: isIndex ? later : nil)
        }
        let before = try fixture.backup.objects()
        let summary = try fixture.compact(destination)
        #expect(summary.reason == .notNeeded)
        #expect(summary.volumesLocked > 0)
        #expect(try fixture.backup.objects() == before)
    }

    @Test("a full destination is compacted volume by volume")
    func portions() throws {
        let fixture = try fixture()
        let destination = FaultyDestination(
            RemarkingDestination(inner: try fixture.backup.destination(), remark: { $0 }, free: 1))
        let summary = try fixture.compact(destination)
        // Never more than one new volume before the next deletions, as far as a source was used up by then.
        let lists = destination.calls.count { $0.operation == .list }
        #expect(lists >= summary.volumesUploaded)
        var ahead = 0
        var most = 0
        for call in destination.calls where call.object?.contains("dblock") == true {
            if call.operation == .put { ahead += 1 }
            if call.operation == .delete { ahead -= 1 }
            most = max(most, ahead)
        }
        #expect(most <= 1)
        #expect(try fixture.faults() == [])
    }

    @Test("a run that is cancelled stops, and the next one goes on")
    func cancelled() throws {
        let fixture = try fixture()
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dblock") }, ordinals: 3...3, .run { cancellation.cancel() })
        let destination = FaultyDestination(try fixture.backup.destination(), faults: [fault])
        #expect {
            try fixture.compact(destination, cancellation: cancellation)
        } throws: { error in
            guard case .cancelled? = error as? EngineError else { return false }
            return true
        }
        #expect(try fixture.differences() == [])
        try fixture.compact()
        #expect(try fixture.faults(isStrict: false) == [])
    }

    // MARK: Damage

    @Test("a damaged block is not copied: its volume stays as it is and is named")
    func damaged() throws {
        let fixture = try fixture()
        let victim = try #require(try fixture.plan().volumes.first { $0.kind != .deletable }).name
        let fault = FaultyDestination.Fault(
            .get, object: { $0 == victim }, ordinals: 1...99, .flipBit(atByte: 20_000))
        let problems = ProblemLog()
        let summary = try fixture.compact(
            FaultyDestination(try fixture.backup.destination(), faults: [fault]), problems: problems)
        #expect(summary.volumesDamaged == 1)
        #expect(problems.problems.contains { $0.subject == victim && $0.isError })
        #expect(try fixture.backup.objects()[victim] != nil)
        #expect(try fixture.faults() == [])
    }

    @Test("a volume that has vanished in between stays in the catalog's books and is named")
    func missing() throws {
        let fixture = try fixture()
        let victim = try #require(try fixture.plan().volumes.first { $0.kind != .deletable }).name
        let fault = FaultyDestination.Fault(
            .get, object: { $0 == victim }, ordinals: 1...99, .failBefore(.missingObject))
        let problems = ProblemLog()
        let summary = try fixture.compact(
            FaultyDestination(try fixture.backup.destination(), faults: [fault]), problems: problems)
        #expect(summary.volumesDamaged == 1)
        #expect(problems.problems.contains { $0.subject == victim })
        #expect(try fixture.faults() == [])
    }

    @Test("as long as a filelist cannot be read, nothing is deleted")
    func unreadableVersion() throws {
        let fixture = try fixture()
        let name = try #require(try fixture.session().listing.dlists.first).name.text
        let path = "\(fixture.backup.remote)/\(name)"
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        FileTree.remove(fixture.backup.folder.path + "/state")
        let before = try fixture.backup.objects()
        let problems = ProblemLog()
        #expect(try fixture.compact(problems: problems).reason == .incompleteStore)
        #expect(problems.problems.contains { $0.message.contains(name) })
        #expect(try fixture.backup.objects() == before)
    }

    @Test("without any version nothing is deleted: an unfinished first backup will need it")
    func noVersions() throws {
        let fixture = try CompactFixture()
        try fixture.backup.write("file", BackupFixture.noise(200_000, seed: 1))
        let fault = FaultyDestination.Fault(.put, object: { $0.contains("dlist") }, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.backup.run(FaultyDestination(try fixture.backup.destination(), faults: [fault]))
        }
        let before = try fixture.backup.objects()
        #expect(try fixture.compact().reason == .noVersions)
        #expect(try fixture.backup.objects() == before)
    }

    // MARK: After a backup

    @Test("after a backup it is compacted when versions were deleted, not when nothing happened")
    func afterBackup() throws {
        let fixture = try fixture()
        func run(_ deleted: Int, _ uploaded: Int) throws -> CompactSummary {
            try CompactRun(try fixture.session(), options: fixture.options)
                .runAfterBackup(versionsDeleted: deleted, objectsUploaded: uploaded)
        }
        #expect(try run(0, 0).reason == .nothingChanged)
        #expect(try run(0, 3).reason == .nothingChanged)
        fixture.options.mode = .off
        #expect(try run(2, 3).reason == .off)
        fixture.options.mode = .auto
        #expect(try run(0, 0).reason == .compacted, "what was left while it was off is made up for")
        #expect(try run(0, 0).reason == .nothingChanged)
        fixture.options.minimumInterval = 3600
        #expect(try run(1, 0).reason == .tooSoon)
        fixture.options.now = { Timestamp(seconds: Timestamp.now().seconds + 3600) }
        #expect(try run(0, 0).reason == .notNeeded)
        #expect(try fixture.faults() == [])
    }
}
