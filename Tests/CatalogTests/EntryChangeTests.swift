import Catalog
import Support
import TestSupport
import Testing

@Suite("Changing entries of single versions")
struct EntryChangeTests {
    /// What each version has, name by name: the catalog's intervals must never say anything else.
    private typealias Model = [Int64: [String: Int64]]

    private func entry(_ name: String, size: Int64) -> CatalogEntry {
        CatalogEntry(
            name: Array(name.utf8), kind: .file, size: size, modified: 5, changed: 9, data: .block(1),
            metadata: .nothing)
    }

    private func read(_ catalog: Catalog) throws -> Model {
        try catalog.read { reader in
            var model: Model = [:]
            for version in try reader.versions() {
                model[version.id] = [:]
                try reader.forEachEntry(of: version.id) { _, entry in
                    model[version.id]?[String(decoding: entry.name, as: UTF8.self)] = entry.size
                }
            }
            return model
        }
    }

    @Test(
        "entries removed from or changed in any versions stay as they are in all others",
        arguments: 1...40 as ClosedRange<UInt64>)
    func model(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let catalog = try Catalog(path: folder.path + "/catalog.sqlite")
        let names = ["a", "b", "c"]
        var model: Model = [:]
        var versions: [Int64] = []
        try catalog.write { writer in
            try Array("/s/".utf8).withUnsafeBytes { try writer.addFolder(1, path: $0) }
            var live: [String: Int64] = [:]
            for id in 1...9 as ClosedRange<Int64> {
                for name in names where Bool.random(using: &random) {
                    if live.removeValue(forKey: name) != nil {
                        try writer.close(Array(name.utf8), in: 1, until: id)
                    }
                    if Int.random(in: 0..<3, using: &random) > 0 {
                        let size = Int64.random(in: 1...4, using: &random)
                        live[name] = size
                        try writer.open(entry(name, size: size), in: 1, since: id)
                    }
                }
                try writer.put(CatalogVersion(id: id, time: Timestamp(seconds: id), volume: id, isFull: true))
                model[id] = live
                versions.append(id)
            }
            // Deleted versions leave gaps in the numbers.
            for id in versions where Int.random(in: 0..<4, using: &random) == 0 {
                try writer.removeVersion(id)
                model[id] = nil
            }
            versions.removeAll { model[$0] == nil }
            _ = try writer.pruneEntries()
        }
        #expect(try read(catalog) == model, "seed \(seed), before")
        for round in 0..<12 {
            let name = try #require(names.randomElement(using: &random))
            let affected = Set(versions.filter { _ in Bool.random(using: &random) })
            let size: Int64? = Bool.random(using: &random) ? nil : Int64(100 + round)
            try catalog.write { writer in
                try writer.change(Array(name.utf8), in: 1, of: affected, among: versions) { old in
                    size.map { entry(name, size: $0 + old.size) }
                }
                _ = try writer.pruneEntries()
            }
            for id in affected {
                if let old = model[id]?[name] { model[id]?[name] = size.map { $0 + old } }
            }
            #expect(try read(catalog) == model, "seed \(seed), round \(round)")
        }
        // The newest state is what the next run is compared with.
        let live = try catalog.read { reader in
            var entries: [CatalogEntry] = []
            if let folder = try reader.liveEntries().find(Array("/s/".utf8)) {
                try reader.liveEntries().load(folder: folder, into: &entries)
            }
            return entries.map { String(decoding: $0.name, as: UTF8.self) }
        }
        #expect(live == versions.last.flatMap { model[$0]?.keys.sorted() } ?? [], "seed \(seed)")
    }
}
