import TestSupport
import Testing

@testable import Archive

@Suite("Damaged archives")
struct HostileArchiveTests {
    private static let contents: [String: [UInt8]] = [
        "manifest": .text(150), "text": .text(900), "noise": .noise(60), "empty": [],
    ]

    private static let archives: [(String, [UInt8], [String: [UInt8]])] = [
        (
            "deflate and stored",
            (try? SampleArchive.make(contents.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })) ?? [], contents
        ),
        ("LZMA", GoldenArchive.lzma, ["text": GoldenArchive.text, "empty": []]),
        ("XZ", GoldenArchive.xz, ["text": GoldenArchive.text]),
        (
            "descriptors", GoldenArchive.descriptors,
            ["text": GoldenArchive.text, "stored": Array("as it is".utf8), "empty": []]
        ),
    ]

    /// Reads all there is: each entry of a known name has its right content or ends in an error.
    private func check(_ archive: [UInt8], _ expected: [String: [UInt8]], _ what: String) throws {
        do {
            try SampleArchive.read(archive) { reader throws in
                for entry in reader.entries {
                    do {
                        let content = try SampleArchive.extract(entry, from: reader)
                        if let right = expected[entry.name] { #expect(content == right, "\(what): \(entry.name)") }
                    } catch is ArchiveError {
                        continue
                    }
                }
            }
        } catch is ArchiveError {
            return
        }
    }

    @Test("an archive cut anywhere gives right content or an error", arguments: archives)
    func truncation(name: String, archive: [UInt8], contents: [String: [UInt8]]) throws {
        try #require(!archive.isEmpty)
        for length in 0..<archive.count { try check(Array(archive.prefix(length)), contents, "cut at \(length)") }
    }

    @Test("an archive with one bit changed gives right content or an error", arguments: archives)
    func bitFlips(name: String, archive: [UInt8], contents: [String: [UInt8]]) throws {
        for offset in archive.indices {
            for bit in 0..<8 {
                var damaged = archive
                damaged[offset] ^= 1 << UInt8(bit)
                try check(damaged, contents, "bit \(bit) of byte \(offset)")
            }
        }
    }

    @Test("an archive with lying numbers gives right content or an error", arguments: archives)
    func lyingNumbers(name: String, archive: [UInt8], contents: [String: [UInt8]]) throws {
        for offset in archive.indices.dropLast(8) {
            for value: [UInt8] in [[0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0]] {
                var damaged = archive
                damaged.replaceSubrange(offset..<offset + value.count, with: value)
                try check(damaged, [:], "\(value) at \(offset)")
            }
        }
    }

    @Test("random damage never stops the process", arguments: 0..<100 as Range<UInt64>)
    func randomDamage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for (_, archive, _) in Self.archives {
            var damaged = archive
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let offset = Int.random(in: 0..<damaged.count, using: &random)
                damaged[offset] = UInt8.random(in: 0...255, using: &random)
            }
            try check(damaged, [:], "seed \(seed)")
        }
    }

    @Test("what is no archive is refused", arguments: [0, 1, 3, 21, 22, 23, 100, 70_000])
    func noArchive(count: Int) {
        #expect(throws: ArchiveError.notAnArchive) { try SampleArchive.read(.noise(count, seed: 9)) { _ in } }
        #expect(throws: ArchiveError.notAnArchive) {
            try SampleArchive.read([UInt8](repeating: 0x50, count: count)) { _ in }
        }
    }

    @Test("forged zip64 numbers cannot overflow", arguments: [UInt8(0xff), 0x7f, 0x80])
    func forgedEnd64(top: UInt8) throws {
        let whole = try SampleArchive.make([("a", .text(100))])
        var end64: [UInt8] = [0x50, 0x4b, 6, 6] + [UInt8](repeating: 0, count: 28)
        for _ in 0..<3 { end64 += [UInt8](repeating: 0xff, count: 7) + [top] }
        let position = whole.count - 22
        var locator: [UInt8] = [0x50, 0x4b, 6, 7, 0, 0, 0, 0]
        locator.appendLittleEndian(UInt64(position))
        locator += [1, 0, 0, 0]
        let archive = whole.dropLast(22) + end64 + locator + whole.suffix(22)
        try SampleArchive.read(Array(archive)) { reader throws in
            #expect(reader.directoryWasDamaged)
            #expect(try reader.extract(reader.entries[0]) == .text(100))
        }
    }

    @Test("a claim of gigabytes takes no memory")
    func lyingSize() throws {
        let packed = try #require(SampleArchive.deflate(.text(1_000)))
        for method in [ZipMethod.stored, .deflate, .lzma, .xz] {
            let archive = try SampleArchive.write { writer in
                try packed.withUnsafeBytes {
                    try writer.add(name: "a", packed: $0, method: method, size: 1 << 60, crc: 0)
                }
            }
            try SampleArchive.read(archive) { reader throws in
                #expect(throws: ArchiveError.self) { try reader.extract(reader.entries[0]) }
                #expect(throws: ArchiveError.self) { try reader.stream(reader.entries[0]) { _ in } }
            }
        }
    }

    @Test("content that is longer or shorter than recorded is refused")
    func wrongSize() throws {
        let content = [UInt8].text(1_000)
        let packed = try #require(SampleArchive.deflate(content))
        let crc = content.withUnsafeBytes { CRC32.checksum($0) }
        for size in [0, 999, 1_001, 4_000] {
            let archive = try SampleArchive.write { writer in
                try packed.withUnsafeBytes {
                    try writer.add(name: "a", packed: $0, method: .deflate, size: size, crc: crc)
                }
            }
            try SampleArchive.read(archive) { reader throws in
                let failure = ArchiveError.damagedEntry(name: "a", "it does not have the recorded size")
                #expect(throws: failure) { try reader.extract(reader.entries[0]) }
                #expect(throws: failure) { try reader.stream(reader.entries[0]) { _ in } }
            }
        }
    }

    @Test("a wrong checksum is named")
    func wrongChecksum() throws {
        let archive = try SampleArchive.write {
            try $0.add(
                name: "a", packed: UnsafeRawBufferPointer(start: nil, count: 0), method: .stored, size: 0, crc: 1)
        }
        try SampleArchive.read(archive) { reader throws in
            #expect(throws: ArchiveError.wrongChecksum(name: "a")) { try reader.extract(reader.entries[0]) }
            #expect(throws: ArchiveError.wrongChecksum(name: "a")) { try reader.stream(reader.entries[0]) { _ in } }
        }
    }

    @Test("a buffer of another size is refused")
    func wrongBuffer() throws {
        try SampleArchive.read(SampleArchive.make([("a", .text(100))])) { reader throws in
            var buffer = [UInt8](repeating: 0, count: 99)
            #expect(throws: ArchiveError.wrongBufferSize(name: "a", needed: 100)) {
                try buffer.withUnsafeMutableBytes {
                    try reader.extract(reader.entries[0], into: $0, inflater: Inflater())
                }
            }
        }
    }

    @Test("headers forged to be searched from cost no more than a few passes")
    func forgedDescriptors() throws {
        let header: [UInt8] =
            [0x50, 0x4b, 3, 4, 20, 0, 8, 0, 8, 0] + [UInt8](repeating: 0, count: 16) + [1, 0, 0, 0, 0x61]
        let archive = Array(repeatElement(header, count: 30_000).joined())
        #expect(throws: ArchiveError.notAnArchive) { try SampleArchive.read(archive) { _ in } }
    }
}
