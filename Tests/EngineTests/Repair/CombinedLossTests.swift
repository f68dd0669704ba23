import CPosix
import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Repairing losses that come together")
struct CombinedLossTests {
    /// Three versions of a tree with a file of several lists.
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture(passphrase: nil)
        fixture.options.blockSize = 2048
        fixture.options.volumeSize = 64 << 10
        try fixture.write("folder/big", BackupFixture.noise(500_000, seed: 11))
        try fixture.write("small", "small")
        for round in 1...3 {
            try fixture.write("file \(round)", BackupFixture.noise(5000, seed: UInt64(round)))
            // Else the folder's older times would be nowhere but in the store.
            cposix_set_modified(fixture.source, 1_790_000_000, 0)
            try fixture.run()
        }
        try fixture.spaceVersions()
        return fixture
    }

    private func session(_ fixture: BackupFixture) throws -> StoreSession {
        try StoreSession.open(
            destination: try fixture.destination(), passphrase: nil, catalogPath: fixture.catalog,
            retry: RetryPolicy(attempts: 1), toleratesLostVersions: true)
    }

    private func repair(_ fixture: BackupFixture) throws -> RepairSummary {
        var options = RepairOptions()
        options.volumeSize = fixture.options.volumeSize
        return try RepairRun(try session(fixture), options: options).run()
    }

    private func names(_ fixture: BackupFixture, _ kind: String) throws -> [String] {
        try fixture.objects().keys.filter { $0.contains(kind) }.sorted()
    }

    /// The index volumes that hold lists, with the data volumes that they describe.
    private func listed(_ fixture: BackupFixture) throws -> [(dindex: String, dblocks: [String])] {
        try names(fixture, "dindex").compactMap { text in
            let name = try #require(ObjectName(parsing: text))
            let reader = try VolumeReader(path: "\(fixture.remote)/\(text)", name: name, passphrase: nil)
            guard !reader.blocks.isEmpty else { return nil }
            return (text, try reader.volumeDescriptions().map(\.dblockName))
        }
    }

    private func forgetCatalog(_ fixture: BackupFixture) { FileTree.remove(fixture.folder.path + "/state") }

    private func expectWhole(_ fixture: BackupFixture, versions: Int = 3) throws {
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
        let problems = ProblemLog()
        let fresh = try StoreSession.open(
            destination: try fixture.destination(), passphrase: nil, problems: problems)
        let summary = try VerifyRun(.full, session: fresh, problems: problems).run()
        #expect(summary.isIntact && summary.casualties == [])
        #expect(problems.problems == [])
        #expect(try StoreView(fresh.catalog).versions().count == versions)
        #expect(try repair(fixture).isEmpty)
        #expect(try fixture.run().version == nil)
    }

    @Test(
        "an index volume with lists and the data volume with the same lists come back from the sources, with and without a catalog",
        arguments: [true, false])
    func listsAndData(hasCatalog: Bool) throws {
        let fixture = try fixture()
        let lost = try listed(fixture)
        #expect(lost.count > 1)
        if !hasCatalog { forgetCatalog(fixture) }
        for (dindex, dblocks) in lost {
            for name in [dindex] + dblocks { fixture.removeObject(name) }
        }
        let summary = try repair(fixture)
        #expect(summary.blocksMissing > 0 && summary.blocksLost == 0)
        try expectWhole(fixture)
    }

    @Test("one of several lists is lost everywhere, and the blocks behind it are still found at their places")
    func middleList() throws {
        let fixture = try fixture()
        let lost = try listed(fixture)
        let middle = lost[lost.count / 2]
        // Of another volume the data is gone as well, so that places behind the lost list count.
        let others = try names(fixture, "dblock").filter { !middle.dblocks.contains($0) }
        forgetCatalog(fixture)
        for name in [middle.dindex] + middle.dblocks + others.prefix(2) { fixture.removeObject(name) }
        let summary = try repair(fixture)
        #expect(summary.blocksLost == 0)
        try expectWhole(fixture)
    }

    @Test("a list whose file has changed meanwhile stays lost, and its file is named as broken")
    func changedFile() throws {
        let fixture = try fixture()
        forgetCatalog(fixture)
        for (dindex, dblocks) in try listed(fixture) {
            for name in [dindex] + dblocks { fixture.removeObject(name) }
        }
        try fixture.write("folder/big", BackupFixture.noise(500_000, seed: 12))
        let summary = try repair(fixture)
        #expect(summary.blocksLost > 0)
        let broken = try BrokenRun(try session(fixture)).run(isDryRun: true)
        #expect(broken.paths == ["\(fixture.source)/folder/big"])
        #expect(broken.versions.count + broken.deleted.count == 3)
    }

    @Test("all index volumes are gone", arguments: [true, false])
    func allIndexes(hasCatalog: Bool) throws {
        let fixture = try fixture()
        if !hasCatalog { forgetCatalog(fixture) }
        for name in try names(fixture, "dindex") { fixture.removeObject(name) }
        let summary = try repair(fixture)
        #expect(summary.steps.allSatisfy { $0.action == .indexWritten })
        #expect(summary.steps.count == (try names(fixture, "dblock")).count)
        try expectWhole(fixture)
    }

    @Test("all filelists but one are gone: the catalog writes the others again", arguments: [0, 1, 2])
    func allListsButOne(staying: Int) throws {
        let fixture = try fixture()
        for (position, name) in try names(fixture, "dlist").enumerated() where position != staying {
            fixture.removeObject(name)
        }
        let summary = try repair(fixture)
        #expect(summary.versions.count == 2)
        #expect(summary.steps.filter { $0.action == .filelistWritten }.count == 2)
        try expectWhole(fixture)
    }

    @Test("all filelists but one are gone and so is the catalog: the one that is left is whole")
    func allListsButOneUnknown() throws {
        let fixture = try fixture()
        forgetCatalog(fixture)
        for name in try names(fixture, "dlist").dropLast() { fixture.removeObject(name) }
        #expect(try repair(fixture).isEmpty)
        try expectWhole(fixture, versions: 1)
    }

    @Test(
        "a data volume and its index volume are gone, and the sources still have the files",
        arguments: [true, false])
    func dataAndIndex(hasCatalog: Bool) throws {
        for position in 0... {
            let fixture = try fixture()
            let indexes = try names(fixture, "dindex")
            guard position < indexes.count else { break }
            let name = try #require(ObjectName(parsing: indexes[position]))
            let reader = try VolumeReader(path: "\(fixture.remote)/\(name)", name: name, passphrase: nil)
            for dblock in try reader.volumeDescriptions().map(\.dblockName) { fixture.removeObject(dblock) }
            fixture.removeObject(name.text)
            if !hasCatalog { forgetCatalog(fixture) }
            #expect(try repair(fixture).blocksLost == 0, "\(name)")
            try expectWhole(fixture)
        }
    }

    @Test("filelists, index volumes and data volumes are gone at once, as far as the catalog and the sources reach")
    func everything() throws {
        let fixture = try fixture()
        for kind in ["dlist", "dindex", "dblock"] {
            for name in try names(fixture, kind).dropLast() { fixture.removeObject(name) }
        }
        var last = try repair(fixture)
        // What comes back with a filelist is only known to the next one.
        for _ in 0..<2 where !last.isEmpty { last = try repair(fixture) }
        #expect(last.isEmpty)
        let versions = try StoreView(try session(fixture).catalog).versions().count
        #expect(versions == 3)
        try expectWhole(fixture, versions: versions)
    }
}
