import Catalog
import Destinations
import Foundation
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Snapshots of the catalog")
struct SnapshotTests {
    private func store(_ fixture: BackupFixture, _ passphrase: Secret? = nil) throws -> Store {
        Store(
            destination: try fixture.destination(), passphrase: passphrase ?? fixture.passphrase,
            temporaryFolder: fixture.folder.path + "/temporary")
    }

    private func snapshots(_ fixture: BackupFixture) throws -> [String] {
        try fixture.objects().keys.filter { $0.hasPrefix("dunnage-catalog-") }.sorted()
    }

    private func forget(_ fixture: BackupFixture) {
        FileTree.remove(fixture.folder.path + "/state")
    }

    @Test("a run without a catalog takes the snapshot, and reads no index", arguments: [nil, "correct horse"])
    func used(passphrase: String?) throws {
        let fixture = try BackupFixture(passphrase: passphrase)
        fixture.options.blockSize = 4096
        try fixture.makeVariedTree(blockSize: 4096)
        try fixture.run()
        #expect(try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture)) != nil)
        #expect(try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture)) == nil)
        #expect(try snapshots(fixture).count == 1)
        forget(fixture)
        let destination = FaultyDestination(try fixture.destination())
        let summary = try fixture.run(destination)
        #expect(summary.catalogSnapshot != nil)
        #expect(!summary.catalogWasRebuilt)
        #expect(summary.version == nil)
        let fetched = destination.calls.filter { $0.operation == .get }.compactMap(\.object)
        #expect(!fetched.contains { $0.contains("dindex") || $0.contains("dlist") })
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "") }
    }

    @Test("a newer version makes the snapshot useless, and the next one replaces it")
    func replaced() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        try fixture.run()
        _ = try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture))
        let first = try snapshots(fixture)
        try fixture.write("file", "other content")
        try fixture.run()
        let listing = try store(fixture).list()
        #expect(
            try CatalogSnapshot.fetch(
                to: fixture.folder.path + "/other", from: store(fixture), listing: listing, problems: ProblemLog())
                == nil)
        _ = try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture))
        #expect(try snapshots(fixture).count == 1)
        #expect(try snapshots(fixture) != first)
    }

    @Test("a damaged snapshot is named and not used", arguments: [nil, "correct horse"], [0, 100, 2000, -3000, -40])
    func damaged(passphrase: String?, offset: Int) throws {
        let fixture = try BackupFixture(passphrase: passphrase)
        fixture.options.blockSize = 4096
        try fixture.makeVariedTree(blockSize: 4096)
        try fixture.run()
        _ = try CatalogSnapshot.keep(Catalog(path: fixture.catalog), at: store(fixture))
        forget(fixture)
        let path = "\(fixture.remote)/\(try snapshots(fixture)[0])"
        var bytes = try Data(contentsOf: URL(filePath: path))
        let position = offset < 0 ? max(0, bytes.count + offset) : min(offset, bytes.count - 1)
        bytes[position] ^= 0x10
        try bytes.write(to: URL(filePath: path))
        let problems = ProblemLog()
        let summary = try fixture.run(problems: problems)
        // A flipped bit in what nobody reads, such as a time, does no harm.
        #expect(summary.catalogWasRebuilt || summary.catalogSnapshot != nil)
        #expect(summary.catalogWasRebuilt == (problems.counts[.remoteObject] == 1))
        #expect(try fixture.restoreDifferences().filter { !$0.contains("dunnage-catalog") } == [])
    }

    @Test("what an encrypted store has unencrypted is not looked at")
    func forged() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        try fixture.run()
        let plain = try BackupFixture(passphrase: nil)
        try plain.write("file", "content")
        try plain.run()
        _ = try CatalogSnapshot.keep(Catalog(path: plain.catalog), at: store(plain))
        let contents = SnapshotName.Contents(try store(fixture).list())
        let name = SnapshotName(prefix: "duplicati", at: .now(), contents: contents, isEncrypted: false).text
        try FileManager.default.copyItem(
            atPath: "\(plain.remote)/\(try snapshots(plain)[0])", toPath: "\(fixture.remote)/\(name)")
        forget(fixture)
        let summary = try fixture.run()
        #expect(summary.catalogSnapshot == nil)
        #expect(summary.catalogWasRebuilt)
    }
}
