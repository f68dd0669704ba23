import Testing

@testable import Archive

@Suite("Archives of other programs")
struct ForeignArchiveTests {
    @Test(
        "every packing that Duplicati can be told to use and we support is read",
        arguments: [
            ("LZMA", GoldenArchive.lzma), ("XZ", GoldenArchive.xz), ("data descriptors", GoldenArchive.descriptors),
            ("data descriptors of 64 bits", GoldenArchive.descriptors64),
        ])
    func contents(name: String, archive: [UInt8]) throws {
        try SampleArchive.read(archive) { reader throws in
            #expect(!reader.directoryWasDamaged)
            for entry in reader.entries {
                #expect(try SampleArchive.extract(entry, from: reader) == expected[entry.name])
            }
            #expect(reader.entry(named: "text") != nil)
        }
    }

    @Test("other packings are named")
    func unsupported() throws {
        try SampleArchive.read(GoldenArchive.bzip2) { reader throws in
            let failure = ArchiveError.unsupportedMethod(.other(12), name: "text")
            #expect(throws: failure) { try reader.extract(reader.entries[0]) }
            #expect(throws: failure) { try reader.stream(reader.entries[0]) { _ in } }
            #expect("\(failure)".contains("BZip2"))
        }
    }

    @Test("an encrypted entry is refused")
    func encrypted() throws {
        var archive = try SampleArchive.make([("secret", .text(100))])
        let central = archive.count - 22 - 46 - 6
        archive[central + 8] |= 1
        try SampleArchive.read(archive) { reader throws in
            #expect(throws: ArchiveError.encryptedEntry(name: "secret")) { try reader.extract(reader.entries[0]) }
        }
    }

    @Test("bytes in front of an archive and a comment behind it do no harm")
    func frontAndComment() throws {
        var archive = try SampleArchive.make([("a", .text(500)), ("b", .noise(20))])
        archive[archive.count - 2] = 5
        archive = .noise(1_000) + archive + Array("hello".utf8)
        try SampleArchive.read(archive) { reader throws in
            #expect(!reader.directoryWasDamaged)
            #expect(try reader.extract(try #require(reader.entry(named: "a"))) == .text(500))
            #expect(try reader.extract(try #require(reader.entry(named: "b"))) == .noise(20))
        }
    }

    @Test(
        "without its directory an archive is read from its local headers",
        arguments: [
            ("LZMA", GoldenArchive.lzma), ("XZ", GoldenArchive.xz), ("data descriptors", GoldenArchive.descriptors),
            ("data descriptors of 64 bits", GoldenArchive.descriptors64),
        ])
    func salvage(name: String, archive: [UInt8]) throws {
        let intact = try SampleArchive.read(archive) { $0.entries }
        // The end record gone; the end record's count of entries wrong; the directory overwritten.
        let directory = archive.count - 22 - intact.reduce(0) { $0 + 46 + $1.name.utf8.count }
        let damages: [(inout [UInt8]) -> Void] = [
            { $0.removeLast(1) }, { $0.removeLast(22) }, { $0[$0.count - 12] ^= 0x11 }, { $0[directory] = 0 },
            { $0.removeLast($0.count - directory) },
        ]
        for (index, damage) in damages.enumerated() {
            var damaged = archive
            damage(&damaged)
            // Descriptors without a signature are recognised by what follows, which must then be there.
            try SampleArchive.read(damaged) { reader throws in
                #expect(reader.directoryWasDamaged, "damage \(index)")
                #expect(reader.entries == intact, "damage \(index)")
                for entry in reader.entries {
                    #expect(try SampleArchive.extract(entry, from: reader) == expected[entry.name], "damage \(index)")
                }
            }
        }
    }

    @Test("descriptors without a signature are found as well")
    func unsignedDescriptors() throws {
        let archive = GoldenArchive.descriptors
        var unsigned: [UInt8] = []
        var index = 0
        while index < archive.count {
            if index + 4 <= archive.count, Array(archive[index..<index + 4]) == [0x50, 0x4b, 7, 8] { index += 4 }
            unsigned.append(archive[index])
            index += 1
        }
        unsigned.removeLast(22)
        try SampleArchive.read(unsigned) { reader throws in
            #expect(reader.directoryWasDamaged)
            #expect(reader.entries.map(\.name) == ["text", "stored", "empty"])
            for entry in reader.entries {
                #expect(try SampleArchive.extract(entry, from: reader) == expected[entry.name])
            }
        }
    }

    @Test("a local header that is gone loses one entry and names it")
    func damagedLocalHeader() throws {
        var archive = try SampleArchive.make([("a", .text(500)), ("b", .text(600)), ("c", .text(700))])
        let second = try SampleArchive.read(archive) { $0.entries[1].offset }
        archive[second] = 0
        try SampleArchive.read(archive) { reader throws in
            #expect(reader.directoryWasDamaged)
            #expect(try reader.extract(try #require(reader.entry(named: "a"))) == .text(500))
            #expect(try reader.extract(try #require(reader.entry(named: "c"))) == .text(700))
            let lost = try #require(reader.entry(named: "b"))
            #expect(throws: ArchiveError.damagedEntry(name: "b", "its header points outside the archive")) {
                try reader.extract(lost)
            }
        }
    }

    private var expected: [String: [UInt8]] {
        ["text": GoldenArchive.text, "again": GoldenArchive.text, "stored": Array("as it is".utf8), "empty": []]
    }
}
