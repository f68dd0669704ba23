import Cryptography
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("File lists")
struct FileListTests {
    private let sha256 = HashContext(.sha256)
    private let sha1 = HashContext(.sha1)
    private let shared = StoreSettings(blockSize: 1024)
    private let mixed = StoreSettings(blockSize: 1024, fileHash: .sha1)

    private func written(_ entries: [FileEntry], _ settings: StoreSettings) throws -> String {
        let sink = MemorySink()
        let writer = FileListWriter(to: sink, settings: settings)
        for entry in entries { try writer.add(entry) }
        try writer.finish()
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    private func read(
        _ text: String, chunk: Int = .max
    ) throws -> (entries: [FileEntry], summary: FileListReader.Summary) {
        let bytes = Array(text.utf8)
        var entries: [FileEntry] = []
        let summary = try FileListReader.read(
            object: "list",
            feed: { take in
                var start = 0
                while start < bytes.count {
                    let end = start + min(chunk, bytes.count - start)
                    try bytes[start..<end].withUnsafeBytes { try take($0) }
                    start = end
                }
            }, entry: { entries.append($0) })
        return (entries, summary)
    }

    private func file(_ path: String, size: Int64, _ settings: StoreSettings) throws -> FileEntry {
        var entry = FileEntry(kind: .file, path: Array(path.utf8))
        let fileHash = HashContext(settings.fileHash)
        entry.size = size
        entry.hash = fileHash.hash(Array("content of \(path)".utf8))
        entry.time = Timestamp(compact: "20261121T031826Z")
        entry.metaHash = fileHash.hash(Array("metadata".utf8))
        entry.metaSize = 137
        entry.metaBlockHash = sha256.hash(Array("metadata".utf8))
        if size > 0, settings.blocklistCount(of: size) == 0 {
            entry.blockHash = sha256.hash(Array("content of \(path)".utf8))
        }
        for index in 0..<settings.blocklistCount(of: size) {
            entry.blocklists.append(sha256.hash(Array("list \(index)".utf8)))
        }
        return entry
    }

    @Test("members stand in the reader's order, and equal hashes are left out of files only")
    func goldens() throws {
        var folder = FileEntry(kind: .folder, path: Array("/srv/".utf8))
        folder.metaHash = sha256.hash(Array("m".utf8))
        folder.metaSize = 1
        folder.metaBlockHash = folder.metaHash
        let meta = try #require(folder.metaHash).base64
        #expect(
            try written([folder], shared) == "\u{FEFF}"
                + #"[{"type":"Folder","path":"/srv/","metahash":"\#(meta)","metasize":1,"metablockhash":"\#(meta)"}]"#)

        let small = try file("/srv/\"a\"", size: 5, shared)
        let hash = try #require(small.hash).base64
        let metaHash = try #require(small.metaHash).base64
        #expect(
            try written([small], shared) == "\u{FEFF}"
                + #"[{"type":"File","path":"/srv/\"a\"","hash":"\#(hash)","size":5,"time":"20261121T031826Z","#
                + #""metahash":"\#(metaHash)","metasize":137}]"#)

        let other = try file("/srv/a", size: 5, mixed)
        let text = try written([other], mixed)
        let block = try #require(other.blockHash).base64
        let metaBlock = try #require(other.metaBlockHash).base64
        #expect(
            text.hasSuffix(#""metasize":137,"metablockhash":"\#(metaBlock)","blockhash":"\#(block)","blocksize":5}]"#))

        var large = try file("/srv/b", size: 40_000, shared)
        large.metaBlockHash = nil
        large.metaBlocklists = [sha256.hash(Array("x".utf8))]
        let lists = large.blocklists.map { "\"\($0.base64)\"" }.joined(separator: ",")
        #expect(large.blocklists.count == 2)
        #expect(
            try written([large], shared).hasSuffix(
                #""metasize":137,"metablocklists":["\#(large.metaBlocklists[0].base64)"],"blocklists":[\#(lists)]}]"#))

        let empty = try file("/srv/empty", size: 0, mixed)
        #expect(try written([empty], mixed).hasSuffix(#""metasize":137,"metablockhash":"\#(metaBlock)"}]"#))
        #expect(try written([], shared) == "\u{FEFF}[]")
    }

    @Test("a link keeps its kind, and a file without the metadata's block hash gets by where hashes are shared")
    func kinds() throws {
        var link = FileEntry(kind: .symlink, path: Array("/srv/l".utf8))
        link.metaHash = sha256.hash(Array("m".utf8))
        link.metaSize = 1
        let entries = try read(try written([link], shared)).entries
        #expect(entries.first?.kind == .symlink)
        #expect(entries.first?.metaBlockHash == link.metaHash)
    }

    @Test("entries without a form are refused and leave nothing behind")
    func refused() throws {
        let good = try file("/a", size: 1, mixed)
        var bad: [FileEntry] = []
        for change in [
            { $0.path = [0x2F, 0xFF] }, { $0.path = [] }, { $0.metaHash = nil }, { $0.hash = nil }, { $0.time = nil },
            { $0.size = -1 }, { $0.blockHash = nil }, { $0.metaBlockHash = nil }, { $0.size = 5000 },
            { $0.blocklists = [self.sha256.hash([1])] },
        ] as [(inout FileEntry) -> Void] {
            var entry = good
            change(&entry)
            bad.append(entry)
        }
        let sink = MemorySink()
        let writer = FileListWriter(to: sink, settings: mixed)
        for entry in bad {
            let error = #expect(throws: StoreFormatError.self) { try writer.add(entry) }
            #expect(error?.kind == .notRepresentable)
        }
        try writer.add(good)
        try writer.finish()
        #expect(try read(String(decoding: sink.bytes, as: UTF8.self)).entries.map(\.path) == [good.path])
    }

    @Test("unknown members and types are skipped, whatever they hold", arguments: [Int.max, 1, 7])
    func unknown(chunk: Int) throws {
        let hash = sha256.hash([1]).base64
        let text =
            #"[{"type":"file","future":{"a":[{"b":[1]}],"path":"no"},"path":"/a","hash":"\#(hash)","size":1,"#
            + #""list":[[{}],{"hash":"x"}],"time":"soon","metahash":"\#(hash)","metasize":1,"blocklists":[],"z":null},"#
            + #"{"type":"Device","path":"/d","x":[1,2]},{"type":"AlternateStream","path":"C:\\a:b"},{"path":"/t"},"#
            + #"{"type":"File","path":"/nohash"},{"type":"SYMLINK","path":"/l","metahash":"\#(hash)","metasize":2}]"#
        let (entries, summary) = try read(text, chunk: chunk)
        #expect(entries.map { String(decoding: $0.path, as: UTF8.self) } == ["/a", "/l"])
        #expect(entries[0].size == 1 && entries[0].time == nil && entries[0].metaSize == 1)
        #expect(summary.entries == 2 && summary.skippedCount == 4)
        #expect(summary.skipped.map(\.path) == ["/d", "C:\\a:b", "/t", "/nohash"])
    }

    @Test("members in another order are read all the same")
    func anyOrder() throws {
        let hash = sha256.hash([1]).base64
        let (entries, _) = try read(#"[{"metasize":2,"metahash":"\#(hash)","path":"/x/","type":"Folder"}]"#)
        #expect(entries.first?.kind == .folder && entries.first?.metaSize == 2)
    }

    @Test(
        "what is no list is refused",
        arguments: [
            "", "{}", "[1]", "[[]]", "7", "[{]", #"[{"type":"File"}"#, #"[{"type":"File","hash":"AA"}]"#, "[]x",
        ])
    func noList(text: String) {
        for chunk in [Int.max, 1] {
            let error = #expect(throws: StoreFormatError.self) { try read(text, chunk: chunk) }
            #expect(error?.kind == .damaged && error?.object == "list")
        }
    }

    @Test("random entries survive writing and reading, however the list is cut")
    func roundTrip() throws {
        var random = SeededGenerator.printed("file list roundTrip")
        for settings in [shared, mixed] {
            for _ in 0..<60 {
                let entries = try (0..<Int.random(in: 0...20, using: &random)).map { _ in
                    try randomEntry(settings, &random)
                }
                let text = try written(entries, settings)
                let chunk = Int.random(in: 1...200, using: &random)
                let (again, summary) = try read(text, chunk: chunk)
                #expect(summary.skippedCount == 0)
                #expect(try written(again, settings) == text)
                #expect(again.map(\.path) == entries.map(\.path))
                #expect(again.map { $0.contentBlock(settings) } == entries.map { $0.contentBlock(settings) })
                #expect(again.map { $0.metadataBlock(settings) } == entries.map { $0.metadataBlock(settings) })
                #expect(again.map(\.blocklists) == entries.map(\.blocklists))
            }
        }
    }

    private func randomEntry(_ settings: StoreSettings, _ random: inout SeededGenerator) throws -> FileEntry {
        let palette: [Character] = ["a", "\"", "\\", "\n", "\u{1}", "ä", "漢", "🎒", "\u{2028}", "\u{85}", "/", " "]
        let name = String(
            (0..<Int.random(in: 0...20, using: &random)).map { _ in palette.randomElement(using: &random) ?? "x" })
        let sizes: [Int64] = [0, 1, 1024, 1025, 32 * 1024, 32 * 1024 + 1, 1_000_000]
        var entry = try file("/\(name)", size: sizes.randomElement(using: &random) ?? 0, settings)
        switch Int.random(in: 0...3, using: &random) {
        case 0:
            entry.kind = .folder
            entry.path.append(UInt8(ascii: "/"))
        case 1: entry.kind = .symlink
        default: return entry
        }
        entry.size = 0
        entry.hash = nil
        entry.time = nil
        entry.blocklists = []
        entry.blockHash = nil
        return entry
    }
}
