import Catalog
import Destinations
import Foundation
import Glibc
import Support
import Testing

@testable import Engine

@Suite("Backups")
struct BackupRunTests {
    @Test(
        "a varied tree comes back exactly, encrypted or not, with large blocks and small ones",
        arguments: [nil, "pässwörd"] as [String?], [1024, 10_240, 102_400])
    func roundTrip(passphrase: String?, blockSize: Int) throws {
        let fixture = try BackupFixture(passphrase: passphrase)
        fixture.options.blockSize = blockSize
        fixture.options.volumeSize = 512 << 10
        try fixture.makeVariedTree(blockSize: min(blockSize, 10_240))
        let problems = ProblemLog()
        let summary = try fixture.run(problems: problems)
        #expect(problems.problems == [])
        #expect(summary.added == summary.files + summary.folders + summary.symlinks)
        #expect(summary.opened == summary.files)
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a file large enough to be shared among all workers comes back exactly")
    func largeFile() throws {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 64 << 10
        fixture.options.volumeSize = 2 << 20
        try fixture.write("large", BackupFixture.noise(9 << 20 | 12_345, seed: 7))
        try fixture.write("repeating", [UInt8](repeating: 9, count: 6 << 20))
        let summary = try fixture.run()
        #expect(summary.bytesRead == 9 << 20 | 12_345 + 6 << 20)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a second run without changes reads no file, sends nothing and makes no version")
    func unchanged() throws {
        let fixture = try BackupFixture()
        try fixture.makeVariedTree(blockSize: 1024)
        try fixture.run()
        let before = try fixture.objects()
        let summary = try fixture.run()
        #expect(summary.version == nil)
        #expect(summary.opened == 0)
        #expect(summary.bytesRead == 0)
        #expect(summary.uploadedObjects == 0)
        #expect(try fixture.objects() == before)
    }

    @Test("every kind of change makes a version in which just that is different")
    func changes() throws {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 10_240
        try fixture.makeVariedTree(blockSize: 1024)
        try fixture.write("turns into a folder", "file")
        try fixture.run()
        let first = try TreeSnapshot(fixture.source)
        try fixture.write("small.txt", "SMALL", age: 10)
        try fixture.write("new/file", "new")
        fixture.remove("zeros")
        fixture.remove("deep")
        fixture.remove("turns into a folder")
        try fixture.write("turns into a folder/file", "in it")
        fixture.remove("link")
        symlink("elsewhere", "\(fixture.source)/link")
        chmod("\(fixture.source)/empty", 0o600)
        let summary = try fixture.run()
        #expect(summary.version != nil)
        #expect(summary.opened <= 5)
        #expect(try fixture.restoreDifferences(.number(1), from: first) == [])
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a change of mode alone makes a version")
    func metadataOnly() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        try fixture.run()
        chmod("\(fixture.source)/file", 0o600)
        let summary = try fixture.run()
        #expect(summary.modified == 1)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a file that changed during the run is read again by the next one, though size and time are the same")
    func unsettled() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "aaaa", age: 0)
        let path = "\(fixture.source)/file"
        // Times of the future: as if the file had changed after the run began.
        let future = timespec(tv_sec: time(nil) + 3600, tv_nsec: 0)
        utimensat(AT_FDCWD, path, [future, future], 0)
        try fixture.run()
        try fixture.write("file", "bbbb", age: 0)
        utimensat(AT_FDCWD, path, [future, future], 0)
        #expect(try fixture.run().opened == 1)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("with the catalog lost, the next run rebuilds it and sends only what is new")
    func lostCatalog() throws {
        let fixture = try BackupFixture()
        try fixture.makeVariedTree(blockSize: 1024)
        try fixture.run()
        FileTree.remove("\(fixture.folder.path)/state")
        try fixture.write("new", "one more")
        let summary = try fixture.run()
        #expect(summary.catalogWasRebuilt)
        #expect(summary.opened == 1)
        #expect(summary.added == 1)
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("what another writer added is taken over, never removed")
    func twoWriters() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "one")
        try fixture.run()
        let catalog = "\(fixture.folder.path)/state"
        try FileManager.default.copyItem(atPath: catalog, toPath: catalog + "-old")
        try fixture.write("file", "two two")
        try fixture.run()
        let before = try fixture.objects()
        FileTree.remove(catalog)
        try FileManager.default.moveItem(atPath: catalog + "-old", toPath: catalog)
        try fixture.write("file", "three three")
        let summary = try fixture.run()
        #expect(summary.versions == 3)
        let after = try fixture.objects()
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("where the store is, which may hold a secret, is not kept in the catalog")
    func placeStaysOut() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        let remote = fixture.folder.path + "/p@ssw0rd-in-the-path"
        for isRebuilt in [false, true] {
            if isRebuilt { FileTree.remove(fixture.folder.path + "/state") }
            try fixture.run(try DestinationRegistry.open(url: "file://" + remote))
            try Catalog(path: fixture.catalog).checkpoint()
            let bytes = try Data(contentsOf: URL(filePath: fixture.catalog))
            #expect(bytes.range(of: Data("p@ssw0rd".utf8)) == nil)
        }
    }

    @Test("filters keep out what they exclude, and a filter change alone makes a new version")
    func filters() throws {
        let fixture = try BackupFixture()
        try fixture.write("keep.txt", "keep")
        try fixture.write("drop.tmp", "drop")
        try fixture.run()
        fixture.filter = FilterSet([try FilterRule("-*.tmp")])
        let summary = try fixture.run()
        #expect(summary.removed == 1)
        #expect(summary.opened == 0)
        fixture.remove("drop.tmp")
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix(":") } == [])
    }

    @Test("sources that do not exist are named; without any the run refuses to make a version")
    func missingSources() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        try fixture.run()
        FileTree.remove(fixture.source)
        #expect {
            try fixture.run()
        } throws: { error in
            guard case .noSources(let paths)? = error as? EngineError else { return false }
            return paths == [fixture.source]
        }
        #expect(try fixture.objects().keys.filter { $0.contains("dlist") }.count == 1)
    }

    @Test("an unreadable file is named and counted, and the rest is stored", .enabled(if: geteuid() != 0))
    func unreadable() throws {
        let fixture = try BackupFixture()
        try fixture.write("secret", "hidden")
        try fixture.write("public", "shown")
        chmod("\(fixture.source)/secret", 0)
        let problems = ProblemLog()
        let summary = try fixture.run(problems: problems)
        #expect(problems.problems.map(\.subject) == ["\(fixture.source)/secret"])
        #expect(summary.unreadable == 1)
    }

    @Test("other block sizes, encryption or no encryption than the store's are refused before anything is sent")
    func settings() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        fixture.options.blockSize = 2048
        try fixture.run()
        let before = try fixture.objects()
        fixture.options.blockSize = 4096
        #expect(throws: EngineError.self) { try fixture.run() }
        fixture.options.blockSize = nil
        try fixture.write("file", "changed")
        #expect(throws: EngineError.self) { try fixture.run(passphrase: Secret("another")) }
        #expect(try fixture.objects() == before)
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
    }
}
