import Catalog
import Engine
import Foundation
import Support
import TestSupport
import Testing

@Suite("Damaged catalogs")
struct DamagedCatalogTests {
    /// A fixture with enough entries that damage lies where nobody looks at first.
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        for index in 0..<600 { try fixture.write("folder \(index % 20)/file \(index)", "content \(index)") }
        try fixture.run()
        return fixture
    }

    private func overwrite(_ path: String, at offset: UInt64, _ bytes: [UInt8]) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    @Test("pages that are found malformed in the middle of a backup are healed by one rebuild within the run")
    func malformedPages() throws {
        let fixture = try fixture()
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: fixture.catalog)[.size] as? UInt64)
        // All pages but those that hold the schema and the first rows.
        for page in stride(from: UInt64(20), to: size / 4096, by: 1) {
            try overwrite(fixture.catalog, at: page * 4096, [UInt8](repeating: 0xA5, count: 200))
        }
        try fixture.write("folder 3/new", "new")
        let problems = ProblemLog()
        let summary = try fixture.run(problems: problems)
        #expect(summary.version != nil)
        #expect(summary.catalogWasRebuilt)
        #expect(try fixture.restoreDifferences() == [])
        let folder = fixture.folder.path + "/state"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains { $0.contains(".damaged-") }, "\(names)")
        #expect(!names.contains { $0.contains("distrusted") }, "\(names)")
        #expect(try fixture.run().version == nil)
    }

    @Test("a catalog that is cut off anywhere is built anew", arguments: [0, 100, 4096, 30_000])
    func truncated(size: Int) throws {
        let fixture = try fixture()
        #expect(truncate(fixture.catalog, size) == 0)
        try fixture.write("folder 3/new", "new")
        #expect(try fixture.run().version != nil)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a catalog that an earlier run found damaged is not believed again, even if it can be read")
    func distrusted() throws {
        let fixture = try fixture()
        #expect(FileManager.default.createFile(atPath: fixture.catalog + ".distrusted", contents: nil))
        let summary = try fixture.run()
        #expect(summary.catalogWasRebuilt)
        #expect(!Catalog.isDistrusted(path: fixture.catalog))
    }
}
