internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Synchronization

/// What the threads of a verification have found so far.
final class VerifyFindings: Sendable {
    private let state = Mutex(State())
    /// The numbers of the catalog's blocks.
    private let index: BlockIndex

    private struct State {
        var summary = VerifySummary()
        /// One bit for each block of the catalog that was found and has its hash.
        var goodBlocks: [UInt64] = []
        var descriptions: [String: [Described]] = [:]
    }

    init(index: BlockIndex) {
        self.index = index
    }

    /// Records a fault of an object.
    func fault(_ object: String, _ detail: String, losesData: Bool) {
        state.withLock {
            $0.summary.faults.append(.init(object: object, detail: detail, losesData: losesData))
        }
    }

    /// Counts an object that was looked at.
    func count(bytes: Int64 = 0, blocks: Int = 0) {
        state.withLock {
            $0.summary.objects += 1
            $0.summary.bytesFetched += bytes
            $0.summary.blocks += blocks
        }
    }

    /// Records blocks that were verified.
    func verified(_ digests: [Digest]) {
        let ids = digests.compactMap { index.find($0) }
        guard let largest = ids.max() else { return }
        state.withLock { state in
            let missing = Int(largest / 64) + 1 - state.goodBlocks.count
            if missing > 0 { state.goodBlocks.append(contentsOf: repeatElement(0, count: missing)) }
            for id in ids { state.goodBlocks[Int(id / 64)] |= 1 << UInt64(id % 64) }
        }
    }

    /// Records what an index volume says about a data volume.
    func described(_ dblock: String, _ description: Described) {
        state.withLock { $0.descriptions[dblock, default: []].append(description) }
    }

    /// What index volumes say about a data volume.
    func descriptions(of dblock: String) -> [Described] {
        state.withLock { $0.descriptions[dblock] ?? [] }
    }

    /// The blocks that were found and are right.
    var goodBlocks: BlockSet { BlockSet(bits: state.withLock { $0.goodBlocks }) }

    /// Everything found, in order.
    var summary: VerifySummary {
        var summary = state.withLock { $0.summary }
        summary.faults.sort()
        return summary
    }
}

/// What an index volume says about a data volume, in short.
struct Described: Sendable {
    /// The index volume.
    let dindex: String
    /// Size and hash of the data volume, without its blocks.
    let volume: VolumeDescription
    /// The blocks.
    let tally: BlockTally

    init(_ description: VolumeDescription, in dindex: String) {
        self.dindex = dindex
        var tally = BlockTally()
        for block in description.blocks { tally.add(block.digest, size: block.size) }
        self.tally = tally
        volume = VolumeDescription(
            dblockName: description.dblockName, blocks: [], volumeHash: description.volumeHash,
            volumeSize: description.volumeSize)
    }
}

/// A set of blocks by their numbers.
struct BlockSet {
    fileprivate let bits: [UInt64]

    func contains(_ id: Int64) -> Bool {
        let word = Int(id / 64)
        return word < bits.count && bits[word] & 1 << UInt64(id % 64) != 0
    }
}

/// A set of blocks reduced to what is enough to tell it from another.
struct BlockTally: Sendable, Equatable {
    private var count = 0
    private var bytes = 0
    private var sum: UInt64 = 0

    mutating func add(_ digest: Digest, size: Int) {
        count += 1
        bytes &+= size
        // Hashes are random, so their sum does not depend on the order and hardly repeats.
        sum &+= digest.prefix64
    }

    /// In words: `120 blocks of 1200000 bytes`.
    var description: String { "\(count) blocks of \(bytes) bytes" }
}
