import Catalog
import Cryptography
import Glibc
import Support
import Testing

@Suite("The catalog")
struct CatalogTests {
    private let folder: TemporaryFolder
    private let catalog: Catalog

    init() throws {
        folder = try TemporaryFolder()
        catalog = try Catalog(path: folder.path + "/catalog.sqlite")
    }

    private func entry(_ name: String, size: Int64 = 1, modified: Int64 = 5) -> CatalogEntry {
        CatalogEntry(
            name: Array(name.utf8), kind: .file, size: size, modified: modified, changed: 9, data: .block(3),
            metadata: .content(4))
    }

    private func names(of version: Int64) throws -> [String] {
        try catalog.read { reader in
            var names: [String] = []
            try reader.forEachEntry(of: version) { folder, entry in
                names.append(String(decoding: Array(folder) + entry.name, as: UTF8.self))
            }
            return names
        }
    }

    private func add(folder id: Int64, _ path: String, _ writer: borrowing CatalogWriter) throws {
        try Array(path.utf8).withUnsafeBytes { try writer.addFolder(id, path: $0) }
    }

    @Test("an entry belongs to the versions from which it was opened until it was closed")
    func intervals() throws {
        try catalog.write { writer in
            try add(folder: 1, "/a/", writer)
            try writer.open(entry("kept"), in: 1, since: 1)
            try writer.open(entry("gone"), in: 1, since: 1)
            try writer.close(Array("gone".utf8), in: 1, until: 2)
            try writer.open(entry("late"), in: 1, since: 3)
        }
        #expect(try names(of: 1) == ["/a/gone", "/a/kept"])
        #expect(try names(of: 2) == ["/a/kept"])
        #expect(try names(of: 3) == ["/a/kept", "/a/late"])
    }

    @Test("entries come by folder path and then by name, in the order of their bytes")
    func order() throws {
        try catalog.write { writer in
            try add(folder: 1, "/b/", writer)
            try add(folder: 2, "/a/", writer)
            for name in ["z", "Z", "é", "a b", "a"] { try writer.open(entry(name), in: 1, since: 1) }
            try writer.open(entry("last"), in: 2, since: 1)
        }
        #expect(try names(of: 1) == ["/a/last", "/b/Z", "/b/a", "/b/a b", "/b/z", "/b/é"])
    }

    @Test("every field of an entry comes back as it was")
    func fields() throws {
        let original = CatalogEntry(
            name: [0x66, 0xFF], kind: .folderLink, size: .max, modified: -1, changed: CatalogEntry.unsettled,
            data: .nothing, metadata: .block(77))
        try catalog.write { writer in
            try add(folder: 1, "/", writer)
            try writer.open(original, in: 1, since: 1)
        }
        let loaded = try catalog.read { reader in
            var entries: [CatalogEntry] = []
            try reader.liveEntries().load(folder: 1, into: &entries)
            return entries
        }
        #expect(loaded == [original])
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollback() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try catalog.write { writer in
                try writer.setProperty("key", "value")
                try add(folder: 1, "/a/", writer)
                throw Stop()
            }
        }
        #expect(try catalog.read { try $0.property("key") } == nil)
        #expect(try catalog.read { try $0.liveEntries().find(Array("/a/".utf8)) } == nil)
    }

    @Test("a reader sees the state of before while a writer is at work")
    func isolation() throws {
        try catalog.write { try $0.setProperty("state", "old") }
        try catalog.write { writer in
            try writer.setProperty("state", "new")
            let catalog = self.catalog
            let seen = BoundedQueue<String>(capacity: 1)
            let thread = try WorkerThread("reader") {
                seen.push((try? catalog.read { try $0.property("state") }) ?? "failed")
            }
            thread.join()
            #expect(seen.pop() == "old")
            #expect(try writer.reading { try $0.property("state") } == "new")
        }
        #expect(try catalog.read { try $0.property("state") } == "new")
    }

    @Test("contents keep their lists, and blocks their hashes")
    func contents() throws {
        let hash = HashContext(.sha512).hash([1, 2, 3])
        let content = CatalogContent(
            id: 8, size: 5_000_000_000, hash: hash,
            lists: [.init(listBlock: 1, blocks: [2, 3, .max]), .init(listBlock: 4, blocks: [5])])
        let block = CatalogBlock(id: 2, digest: hash, size: 1024, volume: 6)
        try catalog.write { writer in
            try writer.add(content)
            try writer.add(block)
        }
        try catalog.read { reader in
            let lookup = try reader.contents()
            #expect(try lookup.content(8) == content)
            #expect(try lookup.block(2) == block)
            #expect(try lookup.hash(ofContent: 8) == hash)
            #expect(throws: CatalogError.self) { try lookup.block(3) }
            #expect(throws: CatalogError.self) { try lookup.content(9) }
        }
    }

    @Test("blocks without a volume are not offered to new backups")
    func lostBlocks() throws {
        let (known, lost) = (HashContext(.sha256).hash([1]), HashContext(.sha256).hash([2]))
        try catalog.write { writer in
            try writer.add(CatalogBlock(id: 1, digest: known, size: 1, volume: 1))
            try writer.add(CatalogBlock(id: 2, digest: lost, size: 1, volume: 0))
        }
        let index = try catalog.read { try BlockIndex(from: $0, digestLength: 32) }
        #expect(index.find(known) == 1)
        #expect(index.insert(lost) == (3, true))
    }

    @Test("references survive as numbers")
    func references() {
        for reference in [ContentReference.nothing, .block(1), .block(.max), .content(1), .content(.max)] {
            #expect(ContentReference(rawValue: reference.rawValue) == reference)
        }
    }

    @Test("a file that is no database is refused by name, and can be set aside")
    func damaged() throws {
        let path = folder.path + "/broken.sqlite"
        do {
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT)
            try [UInt8](repeating: 0x55, count: 8192).withUnsafeBytes { try file.write(all: $0) }
        }
        #expect(throws: CatalogError.self) { try Catalog(path: path) }
        let aside = try Catalog.setAside(path: path)
        #expect(access(path, F_OK) != 0)
        #expect(access(aside, F_OK) == 0)
        _ = try Catalog(path: path)
    }

    @Test("a catalog of a newer version is left as it is")
    func tooNew() throws {
        let path = folder.path + "/catalog.sqlite"
        try catalog.checkpoint()
        // The schema's number is a big-endian word at offset 60 of the file.
        do {
            let file = try FileDescriptor.open(path, flags: O_RDWR)
            try [UInt8]([0, 0, 0, 99]).withUnsafeBytes { try file.write(all: $0, at: 60) }
        }
        #expect(throws: CatalogError.self) { try Catalog(path: path) }
    }
}
