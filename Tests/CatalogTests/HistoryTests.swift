import Catalog
import Cryptography
import Support
import Testing

@Suite("Removing versions from the catalog")
struct HistoryTests {
    private let folder: TemporaryFolder
    private let catalog: Catalog

    /// Version 1 has a and b, version 2 a (changed) and c, version 3 c.
    init() throws {
        folder = try TemporaryFolder()
        catalog = try Catalog(path: folder.path + "/catalog.sqlite")
        try catalog.write { writer in
            for id in 1...3 as ClosedRange<Int64> {
                try writer.put(CatalogVersion(id: id, time: Timestamp(seconds: id), volume: id, isFull: true))
            }
            try Array("/s/".utf8).withUnsafeBytes { try writer.addFolder(1, path: $0) }
            try writer.open(entry("a", data: .content(1)), in: 1, since: 1)
            try writer.open(entry("b", data: .content(2)), in: 1, since: 1)
            try writer.close(Array("a".utf8), in: 1, until: 2)
            try writer.close(Array("b".utf8), in: 1, until: 2)
            try writer.open(entry("a", data: .content(3)), in: 1, since: 2)
            try writer.open(entry("c", data: .block(7)), in: 1, since: 2)
            try writer.close(Array("a".utf8), in: 1, until: 3)
            for id in 1...3 as ClosedRange<Int64> {
                try writer.add(
                    CatalogContent(
                        id: id, size: 2, hash: HashContext(.sha256).hash([UInt8(id)]),
                        lists: [.init(listBlock: 0, blocks: [id])]))
            }
        }
    }

    private func entry(_ name: String, data: ContentReference) -> CatalogEntry {
        CatalogEntry(
            name: Array(name.utf8), kind: .file, size: 1, modified: 5, changed: 9, data: data, metadata: .nothing)
    }

    private func names(of version: Int64) throws -> [String] {
        try catalog.read { reader in
            var names: [String] = []
            try reader.forEachEntry(of: version) { _, entry in names.append(String(decoding: entry.name, as: UTF8.self))
            }
            return names
        }
    }

    private func contents() throws -> [Int64] {
        try catalog.read { reader in
            var contents: [Int64] = []
            try reader.forEachBlocklist { content, _, _, _ in contents.append(content) }
            return contents
        }
    }

    private func live() throws -> [String] {
        try catalog.read { reader in
            var entries: [CatalogEntry] = []
            try reader.liveEntries().load(folder: 1, into: &entries)
            return entries.map { String(decoding: $0.name, as: UTF8.self) }
        }
    }

    @Test("what only the oldest version had is forgotten, and nothing else")
    func oldest() throws {
        let pruned = try catalog.write { writer in
            try writer.removeVersion(1)
            return try writer.pruneEntries()
        }
        #expect(pruned == 2)
        #expect(try names(of: 2) == ["a", "c"])
        #expect(try names(of: 3) == ["c"])
        #expect(try contents() == [3])
        #expect(try live() == ["c"])
    }

    @Test("when the newest goes, the one before it is the newest state")
    func newest() throws {
        _ = try catalog.write { writer in
            try writer.removeVersion(3)
            return try writer.pruneEntries()
        }
        #expect(try live() == ["a", "c"])
        #expect(try names(of: 1) == ["a", "b"])
        #expect(try contents() == [1, 2, 3])
    }

    @Test("what an unfinished run has recorded stays, and goes without it")
    func unfinished() throws {
        let pruned = try catalog.write { writer in
            for id in [1, 3] as [Int64] { try writer.removeVersion(id) }
            return try writer.pruneEntries(keeping: 3)
        }
        #expect(pruned == 2)
        #expect(try names(of: 2) == ["a", "c"])
        #expect(try names(of: 3) == ["c"])
        #expect(try live() == ["c"])
        _ = try catalog.write { try $0.pruneEntries() }
        #expect(try live() == ["a", "c"])
    }

    @Test("without any version nothing is left")
    func all() throws {
        _ = try catalog.write { writer in
            for id in 1...3 as ClosedRange<Int64> { try writer.removeVersion(id) }
            return try writer.pruneEntries()
        }
        #expect(try live().isEmpty)
        #expect(try contents().isEmpty)
    }

    @Test("a further home of a block is not its home, and goes with its volume")
    func duplicates() throws {
        try catalog.write { writer in
            try writer.add(CatalogBlock(id: 7, digest: HashContext(.sha256).hash([7]), size: 1, volume: 10))
            try writer.addDuplicate(of: 7, in: 10)
            try writer.addDuplicate(of: 7, in: 11)
            try writer.addDuplicate(of: 7, in: 11)
        }
        func homes() throws -> [Int64] {
            try catalog.read { reader in
                var homes: [Int64] = []
                try reader.forEachDuplicate { _, volume in homes.append(volume) }
                return homes
            }
        }
        #expect(try homes() == [11])
        try catalog.write { writer in try writer.removeBlocks(inVolumes: [11]) }
        #expect(try homes().isEmpty)
        #expect(try catalog.read { try $0.blockCount() } == 1)
        try catalog.write { writer in try writer.removeBlocks(inVolumes: [10]) }
        #expect(try catalog.read { try $0.blockCount() } == 0)
    }

    @Test("verifications are counted, and forgotten with their volume")
    func verifications() throws {
        try catalog.write { writer in
            try writer.markVerified(4, at: Timestamp(seconds: 10))
            try writer.markVerified(4, at: Timestamp(seconds: 20))
        }
        #expect(
            try catalog.read { try $0.verifications() } == [
                4: CatalogVerification(count: 2, time: Timestamp(seconds: 20))
            ])
        try catalog.write { try $0.removeVolume(4) }
        #expect(try catalog.read { try $0.verifications() }.isEmpty)
    }
}
