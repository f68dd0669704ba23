import TestSupport
import Testing

@testable import Archive

@Suite("Compressed blocks")
struct DeflaterTests {
    @Test("blocks of any content and size come back, and nothing is written beyond the room", arguments: 1...4)
    func randomBlocks(level: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let deflater = Deflater(level: level)
        for round in 0..<300 {
            let content = [UInt8].mixture(
                Int.random(in: 1...(round % 20 == 0 ? 300_000 : 9_000), using: &random), using: &random)
            let room = Int.random(in: 0...content.count, using: &random)
            var packed = [UInt8](repeating: 0xA5, count: room + 64)
            let length = content.withUnsafeBytes { input in
                packed.withUnsafeMutableBytes {
                    deflater.deflate(input, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<room]))
                }
            }
            try #require(packed[room...].allSatisfy { $0 == 0xA5 }, "seed \(seed), round \(round)")
            guard let length else { continue }
            try #require(try inflate(packed.prefix(length), count: content.count) == content, "seed \(seed)")
        }
    }

    @Test("a stream in pieces of any size comes back")
    func streams() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let content = [UInt8].mixture(Int.random(in: 0...200_000, using: &random), using: &random)
            let spool = DeflateSpool(folder: "/nowhere/at/all")
            var offset = 0
            while offset < content.count {
                let end = min(content.count, offset + Int.random(in: 0...30_000, using: &random))
                try content[offset..<end].withUnsafeBytes { try spool.write($0) }
                offset = end
            }
            try spool.finish()
            var packed: [UInt8] = []
            try spool.forEachPackedChunk { packed.append(contentsOf: $0) }
            try #require(try inflate(packed[...], count: content.count) == content, "seed \(seed)")
        }
    }

    /// What both unpackers make of it; zlib, which other programs read with, is one of them.
    private func inflate(_ packed: ArraySlice<UInt8>, count: Int) throws -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: count)
        var other = [UInt8](repeating: 0, count: count + 1)
        let length = try packed.withUnsafeBytes { input in
            if count > 0 { try output.withUnsafeMutableBytes { try Inflater().inflate(input, into: $0) } }
            return try other.withUnsafeMutableBytes { try DeflateUnpacker(input).unpack(into: $0) }
        }
        return other.prefix(length).elementsEqual(output) ? output : nil
    }
}

extension [UInt8] {
    /// Runs, noise, text, and repetitions from near and far, in pieces of random lengths.
    static func mixture(_ count: Int, using random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let length = 1 << Int.random(in: 0...13, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes += [UInt8](repeating: .random(in: 0...255, using: &random), count: length)
            case 1: bytes += .noise(length, seed: .random(in: .min ... .max, using: &random))
            case 2: bytes += .text(length, seed: .random(in: .min ... .max, using: &random))
            default:
                guard !bytes.isEmpty else { continue }
                let start = Int.random(in: 0..<bytes.count, using: &random)
                bytes += bytes[start..<Swift.min(bytes.count, start + length)]
            }
        }
        return Array(bytes.prefix(count))
    }
}
