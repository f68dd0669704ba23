import Catalog
import Destinations
import Foundation
import Glibc
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Repairing stores")
struct RepairTests {
    /// Three versions of a small tree with files of several blocks.
    private func fixture(passphrase: String? = "correct horse") throws -> BackupFixture {
        let fixture = try BackupFixture(passphrase: passphrase)
        fixture.options.blockSize = 16 << 10
        fixture.options.volumeSize = 256 << 10
        try fixture.write("small", "small")
        try fixture.write("folder/big", BackupFixture.noise(1 << 20, seed: 3))
        try fixture.run()
        try fixture.write("second", "second")
        try fixture.run()
        try fixture.write("third", "third")
        try fixture.run()
        try fixture.spaceVersions()
        return fixture
    }

    private func session(_ fixture: BackupFixture, _ destination: (any Destination)? = nil) throws -> StoreSession {
        try StoreSession.open(
            destination: try destination ?? fixture.destination(), passphrase: fixture.passphrase,
            catalogPath: fixture.catalog, retry: RetryPolicy(attempts: 1), toleratesLostVersions: true)
    }

    @discardableResult
    private func repair(
        _ fixture: BackupFixture, _ destination: (any Destination)? = nil,
        change: (inout RepairOptions) -> Void = { _ in }
    ) throws -> RepairSummary {
        var options = RepairOptions()
        options.volumeSize = fixture.options.volumeSize
        change(&options)
        return try RepairRun(try session(fixture, destination), options: options).run()
    }

    private func names(_ fixture: BackupFixture, _ kind: String) throws -> [String] {
        try fixture.objects().keys.filter { $0.contains(kind) }.sorted()
    }

    /// The data volume with the most in it: of these tests', one with whole blocks of the large file.
    private func largestVolume(_ fixture: BackupFixture) throws -> String {
        let sizes = try fixture.objects().filter { $0.key.contains("dblock") }
        return try #require(sizes.max { ($0.value, $0.key) < ($1.value, $1.key) }).key
    }

    private func expectWhole(_ fixture: BackupFixture, versions: Int = 3, allowsCopies: Bool = false) throws {
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults(), !faults.isEmpty {
            // What a repair that was broken off had sent is there twice; the next compaction sees to that.
            let lines = faults.split(separator: "\n").filter { $0.hasPrefix("store:") || $0.hasPrefix("duplicati") }
            #expect(lines.filter { !allowsCopies || !$0.contains("stands in 2 dblocks") } == [])
        }
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase, problems: problems)
        #expect(try VerifyRun(.full, session: session, problems: problems).run().isIntact)
        #expect(problems.problems == [])
        #expect(try StoreView(session.catalog).versions().count == versions)
        #expect(try repair(fixture).isEmpty)
    }

    @Test("a store in order is left alone")
    func nothingToDo() throws {
        let fixture = try fixture()
        let before = try fixture.objects()
        #expect(try repair(fixture).isEmpty)
        #expect(try repair(fixture) { $0.verifies = true }.isEmpty)
        #expect(try fixture.objects() == before)
    }

    @Test("a missing index volume is written again from the catalog, without reading the data volume")
    func missingIndex() throws {
        let fixture = try fixture()
        for name in try names(fixture, "dindex") { FileTree.remove("\(fixture.remote)/\(name)") }
        let destination = FaultyDestination(try fixture.destination())
        let summary = try repair(fixture, destination)
        #expect(summary.steps.allSatisfy { $0.action == .indexWritten })
        #expect(summary.steps.count == (try names(fixture, "dblock")).count)
        #expect(!destination.calls.contains { $0.operation == .get && $0.object?.contains("dblock") == true })
        try expectWhole(fixture)
    }

    @Test("a damaged index volume is written again and then removed", arguments: [false, true])
    func damagedIndex(isShort: Bool) throws {
        let fixture = try fixture()
        let name = try #require(try names(fixture, "dindex").first)
        try damage("\(fixture.remote)/\(name)", isShort: isShort)
        let summary = try repair(fixture) { $0.verifies = !isShort }
        #expect(summary.steps.contains { $0.action == .removed && $0.object == name })
        #expect(summary.steps.contains { $0.action == .indexWritten })
        try expectWhole(fixture)
    }

    private func damage(_ path: String, isShort: Bool) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        if isShort { bytes.removeLast(40) } else { bytes[bytes.count / 2] ^= 8 }
        try Data(bytes).write(to: URL(filePath: path))
    }

    @Test("a lost data volume comes back from the files that it held, for every version that had them so")
    func lostData() throws {
        let fixture = try fixture()
        // Older states of what has changed since are nowhere else; this leaves one version.
        for name in try names(fixture, "dlist").dropLast() { FileTree.remove("\(fixture.remote)/\(name)") }
        FileTree.remove(fixture.folder.path + "/state")
        for name in try names(fixture, "dblock") { FileTree.remove("\(fixture.remote)/\(name)") }
        let summary = try repair(fixture)
        #expect(summary.blocksLost == 0)
        #expect(summary.blocksRebuilt == summary.blocksMissing)
        #expect(summary.steps.contains { $0.action == .removed && $0.detail.contains("missing") })
        try expectWhole(fixture, versions: 1)
    }

    @Test(
        "what is intact in a damaged data volume is salvaged, the rest found in files, and the volume removed",
        arguments: [false, true])
    func damagedData(isEncrypted: Bool) throws {
        let fixture = try fixture(passphrase: isEncrypted ? "correct horse" : nil)
        let name = try largestVolume(fixture)
        try damage("\(fixture.remote)/\(name)", isShort: true)
        let summary = try repair(fixture)
        #expect(summary.blocksMissing > 0 && summary.blocksLost == 0)
        #expect(isEncrypted || summary.blocksSalvaged > 0)
        #expect(!(try names(fixture, "dblock")).contains(name))
        try expectWhole(fixture)
    }

    @Test("damage that no listing shows is found when asked for")
    func silentDamage() throws {
        let fixture = try fixture(passphrase: nil)
        let name = try largestVolume(fixture)
        try damage("\(fixture.remote)/\(name)", isShort: false)
        #expect(try repair(fixture).isEmpty)
        let summary = try repair(fixture) { $0.verifies = true }
        #expect(summary.blocksSalvaged > 0 && summary.blocksRebuilt > 0 && summary.blocksLost == 0)
        try expectWhole(fixture)
    }

    @Test("a damaged volume with something that is nowhere else stays, unless its removal is asked for")
    func partlyLost() throws {
        let fixture = try fixture(passphrase: nil)
        let name = try largestVolume(fixture)
        try damage("\(fixture.remote)/\(name)", isShort: false)
        fixture.remove("folder/big")
        fixture.remove("small")
        try fixture.write("folder/other", "other")
        let summary = try repair(fixture) { $0.verifies = true }
        #expect(summary.blocksLost > 0)
        #expect(summary.steps.contains { $0.action == .left && $0.object == name })
        #expect(try names(fixture, "dblock").contains(name))
        let again = try repair(fixture) {
            $0.verifies = true
            $0.removesDamaged = true
        }
        #expect(again.steps.contains { $0.action == .removed && $0.object == name })
        // What is lost is known as lost, and can be taken out.
        let broken = try BrokenRun(try session(fixture)).run(isDryRun: true)
        #expect(broken.pathCount == 1)
    }

    @Test("a missing filelist is written again from the catalog that knew it", arguments: [0, 1, 2])
    func missingList(position: Int) throws {
        let fixture = try fixture()
        let lists = try names(fixture, "dlist")
        FileTree.remove("\(fixture.remote)/\(lists[position])")
        // A backup comes by first: it goes on without the version, and keeps what it knew.
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(problems.problems.contains { $0.message.contains("dunnage repair") })
        let count = try names(fixture, "dlist").count
        let summary = try repair(fixture)
        #expect(summary.versions.count == 1)
        #expect(try names(fixture, "dlist").count == count + 1)
        try expectWhole(fixture, versions: count + 1)
    }

    @Test("all filelists gone are written again, where a backup refuses to go on")
    func missingLists() throws {
        let fixture = try fixture()
        for name in try names(fixture, "dlist") { FileTree.remove("\(fixture.remote)/\(name)") }
        #expect(throws: EngineError.self) { try fixture.run() }
        #expect(try repair(fixture).versions.count == 3)
        try expectWhole(fixture)
    }

    @Test("a damaged filelist is written again a second later, and the damaged one removed", arguments: [false, true])
    func damagedList(isShort: Bool) throws {
        let fixture = try fixture()
        let name = try #require(try names(fixture, "dlist").dropFirst().first)
        try damage("\(fixture.remote)/\(name)", isShort: isShort)
        let summary = try repair(fixture) { $0.verifies = !isShort }
        #expect(summary.versions.count == 1)
        #expect(!(try names(fixture, "dlist")).contains(name))
        try expectWhole(fixture)
    }

    @Test("a rehearsal changes nothing at the destination")
    func dryRun() throws {
        let fixture = try fixture(passphrase: nil)
        for kind in ["dindex", "dlist"] {
            FileTree.remove("\(fixture.remote)/\(try #require(try names(fixture, kind).first))")
        }
        try damage("\(fixture.remote)/\(try largestVolume(fixture))", isShort: true)
        let before = try fixture.objects()
        let summary = try repair(fixture) { $0.isDryRun = true }
        #expect(summary.steps.contains { $0.action == .dataWritten })
        #expect(summary.steps.contains { $0.action == .filelistWritten })
        #expect(try fixture.objects() == before)
        try repair(fixture)
        try expectWhole(fixture)
    }

    @Test("leftovers that cannot be read are named, and only removed when asked for")
    func leftovers() throws {
        let fixture = try fixture()
        let name = "duplicati-b00000000000000000000000000000001.dblock.zip.aes"
        #expect(FileManager.default.createFile(atPath: "\(fixture.remote)/\(name)", contents: nil))
        #expect(try repair(fixture).steps.contains { $0.action == .left && $0.object == name })
        #expect(try names(fixture, "dblock").contains(name))
        try repair(fixture) { $0.removesDamaged = true }
        #expect(!(try names(fixture, "dblock")).contains(name))
        try expectWhole(fixture)
    }

    @Test("a repair that fails at any call is completed by the next one")
    func crashes() throws {
        for ordinal in 1... {
            let fixture = try fixture(passphrase: nil)
            FileTree.remove("\(fixture.remote)/\(try names(fixture, "dlist")[1])")
            try damage("\(fixture.remote)/\(try largestVolume(fixture))", isShort: true)
            let operation: DestinationError.Operation = ordinal.isMultiple(of: 2) ? .put : .delete
            let fault = FaultyDestination.Fault(
                operation, ordinals: (ordinal + 1) / 2...1_000,
                ordinal % 4 < 2 ? .failBefore(.permission) : .failAfter(.permission))
            let failed = (try? repair(fixture, FaultyDestination(try fixture.destination(), faults: [fault]))) == nil
            try repair(fixture)
            _ = try session(fixture)
            try expectWhole(fixture, allowsCopies: true)
            if !failed, ordinal > 4 { break }
        }
    }

    @Test("stores of Duplicati are repaired, and stay what they were", .enabled(if: FixtureStore.isAvailable))
    func fixtures() throws {
        for store in FixtureStore.all {
            let folder = try TemporaryFolder()
            let remote = folder.path + "/remote"
            try store.copy(to: remote)
            let catalog = folder.path + "/catalog.sqlite"
            _ = try store.session(remote: remote, catalogPath: catalog)
            let objects = try FileManager.default.contentsOfDirectory(atPath: remote).sorted()
            let lists = objects.filter { $0.contains(".dlist.") }
            for name in objects.filter({ $0.contains(".dindex.") }) + lists.dropFirst().prefix(1) {
                FileTree.remove("\(remote)/\(name)")
            }
            _ = try RepairRun(try store.session(remote: remote, catalogPath: catalog)).run()
            let problems = ProblemLog()
            let session = try store.session(remote: remote, problems: problems)
            #expect(try VerifyRun(.full, session: session, problems: problems).run().isIntact, "\(store)")
            #expect(problems.problems == [], "\(store)")
            #expect(try StoreView(session.catalog).versions().count == lists.count, "\(store)")
            if let faults = try IndependentChecker.faults(
                remote, passphrase: store.passphrase?.reveal(), arguments: ["--lenient"])
            {
                #expect(faults == "", "\(store)")
            }
        }
    }
}
