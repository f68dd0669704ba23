import Testing

@testable import Archive

@Suite("Compression and checksums")
struct CompressionTests {
    @Test("the checksum is the published one, in one piece or several")
    func checksum() {
        let digits = Array("123456789".utf8)
        digits.withUnsafeBytes { bytes in
            #expect(CRC32.checksum(bytes) == 0xcbf4_3926)
            let head = CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes.prefix(4)))
            #expect(CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(4)), seed: head) == 0xcbf4_3926)
            #expect(CRC32.checksum(UnsafeRawBufferPointer(start: nil, count: 0), seed: head) == head)
        }
    }

    @Test("blocks of every size come back at every level", arguments: 1...12)
    func levels(level: Int) throws {
        for count in [1, 2, 100, 4_096, 102_400] {
            let content = [UInt8].text(count)
            var packed = [UInt8](repeating: 0, count: count + 100)
            let length = content.withUnsafeBytes { input in
                packed.withUnsafeMutableBytes { Deflater(level: level).deflate(input, into: $0) }
            }
            var output = [UInt8](repeating: 0, count: count)
            try packed.prefix(try #require(length)).withUnsafeBytes { input in
                try output.withUnsafeMutableBytes { try Inflater().inflate(input, into: $0) }
            }
            #expect(output == content)
        }
    }

    @Test("levels outside the range mean the nearest", arguments: [-5, 0, 13, 1_000])
    func levelRange(level: Int) {
        #expect(SampleArchive.deflate(.text(1_000), level: level) != nil)
    }

    @Test("what does not shrink is not compressed")
    func incompressible() {
        #expect(SampleArchive.deflate(.noise(10_000)) == nil)
        #expect(SampleArchive.deflate([]) == nil)
    }

    @Test("damaged data and wrong lengths have their errors")
    func errors() throws {
        let content = [UInt8].text(1_000)
        let packed = try #require(SampleArchive.deflate(content))
        func failure(_ packed: [UInt8], _ count: Int) -> ArchiveError? {
            var output = [UInt8](repeating: 0, count: count)
            return #expect(throws: ArchiveError.self) {
                try packed.withUnsafeBytes { input in
                    try output.withUnsafeMutableBytes { try Inflater().inflate(input, into: $0) }
                }
            }
        }
        #expect(failure(packed, 999) == .wrongLength)
        #expect(failure(packed, 1_001) == .wrongLength)
        #expect(failure(packed, 0) == .wrongLength)
        #expect(failure(Array(packed.dropLast(5)), 1_000) == .badData)
        #expect(failure([], 0) == .badData)
        #expect(failure([7], 10) == .badData)
    }
}
