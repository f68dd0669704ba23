import Catalog
import Cryptography
import Support
import Testing

@Suite("The block index")
struct BlockIndexTests {
    private func digest(_ number: Int) -> Digest {
        HashContext(.sha256).hash(Array("\(number)".utf8))
    }

    @Test("a block gets a number once, and the same number ever after")
    func numbers() {
        let index = BlockIndex(digestLength: 32, nextID: 10)
        #expect(index.insert(digest(1)) == (10, true))
        #expect(index.insert(digest(2)) == (11, true))
        #expect(index.insert(digest(1)) == (10, false))
        #expect(index.find(digest(2)) == 11)
        #expect(index.find(digest(3)) == nil)
    }

    @Test("a hundred thousand blocks are all found again, through every growth of the table")
    func growth() {
        let index = BlockIndex(digestLength: 32, nextID: 1)
        let hasher = HashContext(.sha256)
        for number in 0..<100_000 { #expect(index.insert(hasher.hash(Array("\(number)".utf8))).isNew) }
        for number in 0..<100_000 {
            #expect(index.find(hasher.hash(Array("\(number)".utf8))) == Int64(number + 1))
        }
        #expect(index.count == 100_000)
    }

    @Test("hashes that share their first eight bytes are told apart")
    func collisions() throws {
        let index = BlockIndex(digestLength: 32, nextID: 1)
        let twins = try (0..<50).map { number in
            try #require(Digest([UInt8](repeating: 7, count: 24) + [UInt8](repeating: UInt8(number), count: 8)))
        }
        for twin in twins { #expect(index.insert(twin).isNew) }
        for (position, twin) in twins.enumerated() { #expect(index.find(twin) == Int64(position + 1)) }
    }

    @Test("hashes of another length are kept apart and harm no other")
    func otherLengths() throws {
        let index = BlockIndex(digestLength: 32, nextID: 1)
        var digests = (0..<300).map { digest($0) }
        for length in [1, 4, 7, 20, 31, 33, 64] {
            let odd = try #require(Digest((0..<length).map { UInt8($0) }))
            #expect(index.find(odd) == nil)
            digests.insert(odd, at: length)
        }
        for digest in digests { #expect(index.insert(digest).isNew) }
        for (position, digest) in digests.enumerated() {
            #expect(index.find(digest) == Int64(position + 1))
            #expect(index.insert(digest) == (Int64(position + 1), false))
        }
        #expect(index.count == digests.count)
    }

    @Test("several threads that insert the same blocks agree on every number, and each block is new once")
    func threads() throws {
        let index = BlockIndex(digestLength: 32, nextID: 1)
        let fresh = BoundedQueue<Int>(capacity: 4)
        let threads = try (0..<4).map { _ in
            try WorkerThread("insert") {
                let hasher = HashContext(.sha256)
                var isNew = 0
                for number in 0..<5000 where index.insert(hasher.hash(Array("\(number)".utf8))).isNew { isNew += 1 }
                fresh.push(isNew)
            }
        }
        for thread in threads { thread.join() }
        let total = (0..<4).compactMap { _ in fresh.pop() }.reduce(0, +)
        #expect(total == 5000)
        #expect(index.count == 5000)
    }
}
