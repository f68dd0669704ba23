import TestSupport
import Testing

@testable import Cryptography

@Suite("Hashes of blocks and of their file")
struct BlockwiseHashTests {
    @Test("are those that OpenSSL computes, whatever the lengths")
    func agreement() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        let (one, reference) = (BlockwiseHash(block: .sha256, file: .sha256), HashContext(.sha256))
        for round in 0..<600 {
            var whole: [UInt8] = []
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                // Blocks are mostly, but not always, of whole pieces of 64 bytes.
                let count =
                    round % 2 == 0
                    ? Int.random(in: 0...40, using: &random) * 64 : Int.random(in: 0...3_000, using: &random)
                let block = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                whole += block
                let digest = block.withUnsafeBytes { one.add($0) }
                #expect(digest == reference.hash(block), "seed \(seed)")
            }
            #expect(one.finish() == reference.hash(whole), "seed \(seed)")
        }
    }

    @Test("may be of different algorithms, or computed apart", arguments: [HashAlgorithm.sha1, .sha256, .sha512])
    func algorithms(file: HashAlgorithm) {
        let hash = BlockwiseHash(block: .sha256, file: file, sharing: false)
        let blocks: [[UInt8]] = [Array(repeating: 1, count: 1_000), [2, 3]]
        for block in blocks {
            #expect(block.withUnsafeBytes { hash.add($0) } == HashContext(.sha256).hash(block))
        }
        #expect(hash.finish() == HashContext(file).hash(blocks[0] + blocks[1]))
    }
}
