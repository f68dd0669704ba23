import Glibc
import Support
import Testing

@testable import Archive

@Suite("Zip archives, written and read")
struct ZipRoundTripTests {
    @Test("entries come back, whatever their size and packing", arguments: [1, 3, 6, 9, 12])
    func roundTrip(level: Int) throws {
        let contents: [(String, [UInt8])] = [
            ("manifest", .text(200)), ("empty", []), ("one", [7]), ("noise", .noise(70_000)),
            ("text", .text(1_048_576)), ("vol/duplicati-b0.dblock.zip", .text(3_000)), ("größe", .text(100)),
        ]
        let archive = try SampleArchive.make(contents, level: level)
        try SampleArchive.read(archive) { reader throws in
            #expect(!reader.directoryWasDamaged)
            #expect(reader.entries.map(\.name) == contents.map(\.0))
            #expect(reader.entry(named: "text")?.method == .deflate)
            #expect(reader.entry(named: "noise")?.method == .stored)
            for (name, content) in contents {
                let entry = try #require(reader.entry(named: name))
                #expect(try SampleArchive.extract(entry, from: reader) == content)
            }
            #expect(reader.entry(named: "absent") == nil)
        }
    }

    @Test("an archive without entries is an end record")
    func empty() throws {
        let archive = try SampleArchive.write { _ in }
        #expect(Hex.encode(archive) == "504b0506000000000000000000000000000000000000")
        try SampleArchive.read(archive) { #expect($0.entries.isEmpty && !$0.directoryWasDamaged) }
    }

    @Test("a small archive has exactly these bytes")
    func exactBytes() throws {
        let moment = try #require(Timestamp(iso8601: "2026-11-21T03:18:26Z"))
        let archive = try SampleArchive.write(modified: moment) { try $0.addStored(name: "a", bytes: [0x68, 0x69]) }
        let common = "000000004d1a755dac2a93d8" + "02000000" + "02000000" + "0100"
        #expect(
            Hex.encode(archive) == "504b03041400" + common + "0000" + "61" + "6869"
                + "504b010214001400" + common + "0000" + "0000" + "0000" + "0000" + "00000000" + "00000000" + "61"
                + "504b0506" + "00000000" + "01000100" + "2f000000" + "21000000" + "0000")
    }

    @Test(
        "times are those of the calendar, and the epoch where there is none",
        arguments: [
            ("1980-01-01T00:00:00Z", 1980, 1, 1, 0, 0, 0), ("2000-02-29T23:59:59Z", 2000, 2, 29, 23, 59, 58),
            ("2026-11-21T03:18:26Z", 2026, 11, 21, 3, 18, 26), ("2107-12-31T12:00:01Z", 2107, 12, 31, 12, 0, 0),
            ("1979-12-31T23:59:59Z", 1980, 1, 1, 0, 0, 0), ("2108-01-01T00:00:00Z", 1980, 1, 1, 0, 0, 0),
        ])
    func times(text: String, year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) throws {
        let time = DOSTime(try #require(Timestamp(iso8601: text)))
        #expect(Int(time.date) == (year - 1980) << 9 | month << 5 | day)
        #expect(Int(time.time) == hour << 11 | minute << 5 | (second / 2))
    }

    @Test("of two entries with one name the last counts")
    func duplicates() throws {
        let archive = try SampleArchive.make([("a", [1]), ("a", [2])])
        try SampleArchive.read(archive) { reader throws in
            #expect(reader.entries.count == 2)
            #expect(try reader.extract(try #require(reader.entry(named: "a"))) == [2])
        }
    }

    @Test("backslashes of old Windows versions read as slashes")
    func backslashes() throws {
        let archive = try SampleArchive.make([("vol\\name", [1])])
        try SampleArchive.read(archive) { #expect($0.entries.map(\.name) == ["vol/name"]) }
    }

    @Test("the size is known before the end")
    func estimate() throws {
        let sink = MemorySink()
        let writer = ZipWriter(to: sink)
        for index in 0..<50 {
            try writer.addStored(name: "entry \(index)", bytes: .noise(index * 10))
            #expect(writer.entryCount == index + 1)
            #expect(writer.bytesWritten == sink.bytes.count)
        }
        let estimate = writer.estimatedSize
        try writer.finish()
        #expect(sink.bytes.count == estimate)
        #expect(throws: ArchiveError.alreadyFinished) { try writer.finish() }
        #expect(throws: ArchiveError.alreadyFinished) { try writer.addStored(name: "late", bytes: []) }
        #expect(throws: ArchiveError.alreadyFinished) { try writer.addStreamed(name: "late") { _ in } }
    }

    @Test("a name that is too long is refused")
    func longName() throws {
        let name = String(repeating: "n", count: 65_535)
        try SampleArchive.read(SampleArchive.make([(name, [1])])) { #expect($0.entries[0].name == name) }
        #expect(throws: ArchiveError.nameTooLong) { try SampleArchive.make([(name + "n", [1])]) }
    }

    @Test("streamed entries come back, from memory and from the spool file", arguments: [0, 1, 300_000, 3_000_000])
    func streamed(count: Int) throws {
        let content = [UInt8].text(count)
        let archive = try SampleArchive.write { writer in
            try writer.addStored(name: "before", bytes: [1])
            try writer.addStreamed(name: "filelist.json") { sink in
                var rest = content[...]
                while !rest.isEmpty {
                    try rest.prefix(77_777).withUnsafeBytes { try sink.write($0) }
                    rest = rest.dropFirst(77_777)
                }
            }
            try writer.addStored(name: "after", bytes: [2])
        }
        try SampleArchive.read(archive) { reader throws in
            let entry = try #require(reader.entry(named: "filelist.json"))
            #expect(try SampleArchive.extract(entry, from: reader) == content)
            #expect(try reader.extract(try #require(reader.entry(named: "after"))) == [2])
        }
    }

    @Test("a body that throws leaves the archive as it was")
    func throwingBody() throws {
        struct Stopped: Error {}
        let archive = try SampleArchive.write { writer in
            #expect(throws: Stopped.self) { try writer.addStreamed(name: "x") { _ in throw Stopped() } }
            try writer.addStored(name: "a", bytes: [1])
        }
        try SampleArchive.read(archive) { #expect($0.entries.map(\.name) == ["a"]) }
    }

    @Test("the spool goes to its file beyond the limit and leaves no name behind")
    func spoolFile() throws {
        let folder = try TemporaryFolder()
        let content = [UInt8].noise(500_000)
        let spool = DeflateSpool(folder: folder.path, memoryLimit: 100_000)
        for start in stride(from: 0, to: content.count, by: 9_999) {
            try content[start..<min(start + 9_999, content.count)].withUnsafeBytes { try spool.write($0) }
        }
        try spool.finish()
        var packed: [UInt8] = []
        try spool.forEachPackedChunk { packed.append(contentsOf: $0) }
        #expect(packed.count == spool.packedSize)
        #expect(packed.count > 400_000)
        var output = [UInt8](repeating: 0, count: content.count)
        try packed.withUnsafeBytes { input in
            try output.withUnsafeMutableBytes { try Inflater().inflate(input, into: $0) }
        }
        #expect(output == content)
        #expect(rmdir(folder.path) == 0, "the folder is empty")
    }

    @Test("a spool without a folder says so")
    func missingSpoolFolder() throws {
        let spool = DeflateSpool(folder: "/nowhere/at/all", memoryLimit: 0)
        #expect(throws: SystemError.self) {
            try [UInt8].noise(200_000).withUnsafeBytes { try spool.write($0) }
            try spool.finish()
        }
    }

    @Test("several threads read one archive")
    func threads() async throws {
        let archive = try SampleArchive.make((0..<64).map { ("\($0)", .text(20_000, seed: UInt64($0))) })
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: archive.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: archive)
        let reader = try ZipReader(UnsafeRawBufferPointer(copy))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let inflater = Inflater()
                    var content = [UInt8](repeating: 0, count: 20_000)
                    for (index, entry) in reader.entries.enumerated() {
                        try content.withUnsafeMutableBytes { try reader.extract(entry, into: $0, inflater: inflater) }
                        #expect(content == .text(20_000, seed: UInt64(index)))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("an independent program finds no fault", .enabled(if: access("/usr/bin/python3", X_OK) == 0))
    func independentReader() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/sample.zip"
        let archive = try SampleArchive.write { writer in
            for index in 0..<66_000 { try writer.addStored(name: "\(index)", bytes: []) }
            try writer.addStreamed(name: "ströme") { sink in
                try [UInt8].text(100_000).withUnsafeBytes { try sink.write($0) }
            }
        }
        try writeFile(archive, to: path)
        let script =
            "import zipfile,sys;z=zipfile.ZipFile(sys.argv[1]);sys.exit(z.testzip() is not None or len(z.namelist())!=66001)"
        #expect(system("/usr/bin/python3 -c '\(script)' '\(path)'") == 0)
    }
}

func writeFile(_ bytes: [UInt8], to path: String) throws {
    let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
    try bytes.withUnsafeBytes { try file.write(all: $0) }
}
