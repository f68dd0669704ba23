import Cryptography
import Foundation
import Glibc
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Files of several blocks")
struct LongFileTests {
    private func bytes(_ value: UInt8, _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try [UInt8](repeating: value, count: count).withUnsafeBytes { try body($0) }
    }

    // MARK: Blocks that come before their turn

    @Test("a block that came early is handed out once")
    func early() {
        let early = EarlyBlocks(limit: 2, blockSize: 8)
        bytes(7, 5) { early.keep($0, of: 1, at: 3) }
        var got: [UInt8] = []
        #expect(!early.take(1, 2) { _ in })
        #expect(!early.take(2, 3) { _ in })
        #expect(early.take(1, 3) { got = Array($0) })
        #expect(got == [7, 7, 7, 7, 7])
        #expect(!early.take(1, 3) { _ in })
    }

    @Test("the block that waits longest makes room for a new one")
    func room() {
        let early = EarlyBlocks(limit: 2, blockSize: 8)
        for position in Int32(0)..<3 { bytes(UInt8(position), 8) { early.keep($0, of: 1, at: position) } }
        #expect(!early.take(1, 0) { _ in })
        for position in Int32(1)..<3 {
            var first: UInt8?
            #expect(early.take(1, position) { first = $0[0] })
            #expect(first == UInt8(position))
        }
    }

    @Test("the hash of a file is right in whatever order its blocks come", arguments: 0..<20)
    func order(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let count = Int32.random(in: 2...40, using: &random)
        let blocks = (0..<count).map { _ in (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) } }
        let whole = HashContext(.sha256)
        for block in blocks { block.withUnsafeBytes { whole.update($0) } }
        let expected = whole.finish()
        let content = BlockPlan.LongContent(target: 0, count: count, size: Int64(count) * 16, hash: expected)
        let long = LongFile(content, .sha256, present: [])
        let early = EarlyBlocks(limit: 3, blockSize: 16)
        var written: Set<Int32> = []
        var results: [Digest] = []
        for position in (0..<count).shuffled(using: &random) {
            try blocks[Int(position)].withUnsafeBytes { bytes in
                let hash = try long.write(position, bytes) {
                    written.insert(position)
                } read: { position, hash in
                    #expect(written.contains(position))
                    if early.take(0, position, { hash.update($0) }) { return }
                    blocks[Int(position)].withUnsafeBytes { hash.update($0) }
                } early: {
                    early.keep(bytes, of: 0, at: position)
                }
                if let hash { results.append(hash) }
            }
        }
        #expect(results == [expected], "seed \(seed)")
    }

    // MARK: Past the cache

    @Test("fast writes go on past the cache")
    func fast() {
        let direct = DirectWriting()
        for _ in 0..<100 { direct.wrote(1 << 20, in: 0.001) }
        #expect(direct.isOn)
    }

    @Test("slow writes give the restore back to the cache")
    func slow() {
        let direct = DirectWriting()
        for _ in 0..<16 { direct.wrote(1 << 20, in: 0.01) }
        #expect(!direct.isOn)
    }

    @Test("what is written past the cache, through it and read back makes one file")
    func mixed() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/file"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 * 4096 + 100, alignment: 4096)
        defer { room.deallocate() }
        for index in room.indices { room[index] = UInt8(truncatingIfNeeded: index * 7 + index / 256) }
        let all = UnsafeRawBufferPointer(room)
        let direct = DirectWriting()
        var output: LongFileOutput? = LongFileOutput(0, owning: descriptor, path: path, direct: direct)
        try output?.put(UnsafeRawBufferPointer(rebasing: all[8192...]), at: 8192)
        try output?.put(UnsafeRawBufferPointer(rebasing: all[..<4096]), at: 0)
        var back = [UInt8](repeating: 0, count: 4096)
        let count = try back.withUnsafeMutableBytes { try output?.read(into: $0, at: 0) }
        #expect(count == 4096 && back == Array(all[..<4096]))
        direct.turnOff()
        try output?.put(UnsafeRawBufferPointer(rebasing: all[4096..<8192]), at: 4096)
        output = nil
        #expect(FileManager.default.contents(atPath: path).map(Array.init) == Array(all))
    }
}
