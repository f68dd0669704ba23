import Catalog
import Engine
import StoreFormat
import Support
import Testing

@Suite("Catalogs of real stores", .enabled(if: FixtureStore.isAvailable))
struct FixtureIndexTests {
    @Test("every entry of every version is in a catalog built from the destination alone", arguments: FixtureStore.all)
    func everyEntry(fixture: FixtureStore) throws {
        let problems = ProblemLog()
        let session = try fixture.session(problems: problems)
        #expect(problems.problems == [])
        #expect(session.outcome.action == .rebuilt)
        try session.catalog.read { reader in
            let versions = try reader.versions()
            let skipped = fixture.treeCount - versions.count
            for (index, version) in versions.enumerated() {
                let expected = try #require(try fixture.manifest(index + 1 + skipped))
                var found: [String: CatalogEntry] = [:]
                try reader.forEachEntry(of: version.id) { folder, entry in
                    let path = EntryPath.join(folder, entry.name, isFolder: false)
                    found[String(decoding: path, as: UTF8.self)] = entry
                }
                let root = found.keys.min { $0.utf8.count < $1.utf8.count } ?? ""
                #expect(found.count == expected.count + 1)
                for line in expected {
                    let entry = try #require(found["\(root)/\(line.path)"], "\(line.path)")
                    switch line.type {
                    case "dir": #expect(entry.kind == .folder)
                    case "link": #expect(entry.kind == .symlink || entry.kind == .folderLink)
                    default:
                        #expect(entry.kind == .file)
                        #expect(entry.size == line.size)
                        #expect(entry.modified / 1_000_000_000 == line.modified / 1_000_000_000)
                    }
                }
            }
        }
    }

    @Test("only objects that no index describes are read", arguments: FixtureStore.all)
    func orphans(fixture: FixtureStore) throws {
        let session = try fixture.session()
        let dblocks = session.listing.dblocks.count
        #expect(session.outcome.orphans.count == (session.listing.dindexes.isEmpty ? dblocks : 0))
    }

    @Test("a second opening fetches nothing", arguments: FixtureStore.all)
    func secondOpening(fixture: FixtureStore) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/state/catalog.sqlite"
        _ = try fixture.session(catalogPath: path)
        let session = try fixture.session(catalogPath: path)
        #expect(session.outcome.action == .unchanged)
        #expect(session.store.progress.transferred == 0)
    }
}
