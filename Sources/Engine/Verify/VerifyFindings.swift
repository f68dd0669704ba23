internal import Cryptography
internal import StoreFormat
internal import Support
internal import Synchronization

/// What the threads of a verification have found so far.
final class VerifyFindings: Sendable {
    private let state: Mutex<State>

    private struct State {
        var summary: VerifySummary
        /// Objects that were read to their end.
        var examined: [String: (size: Int64, hash: Digest)] = [:]
        /// One bit for each block of the catalog that was found and has its hash.
        var goodBlocks: [UInt64] = []
        var descriptions: [String: [Described]] = [:]
    }

    init(level: VerifyLevel) {
        state = Mutex(State(summary: VerifySummary(level: level)))
    }

    /// Records a fault of an object.
    func fault(_ object: String, _ kind: VerifySummary.Fault.Kind, _ detail: String, losesData: Bool) {
        state.withLock {
            $0.summary.faults.append(.init(object: object, kind: kind, detail: detail, losesData: losesData))
        }
    }

    /// Counts objects that cannot be looked at.
    func count(archived: Int) {
        state.withLock { $0.summary.archived += archived }
    }

    /// Counts an object that was looked at; with what was fetched, if that was read to its end.
    func count(_ fetched: FetchedVolume? = nil, blocks: Int = 0) {
        state.withLock {
            $0.summary.objects += 1
            if let fetched {
                $0.examined[fetched.reader.name.text] = (fetched.size, fetched.hash)
                $0.summary.bytesFetched += fetched.size
            }
            $0.summary.blocks += blocks
        }
    }

    /// Records blocks that were verified.
    func verified(_ ids: [Int64]) {
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

    /// The objects that were read to their end and have no fault.
    var intact: [String: (size: Int64, hash: Digest)] {
        state.withLock { state in
            var intact = state.examined
            for fault in state.summary.faults { intact[fault.object] = nil }
            return intact
        }
    }

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
    var description: String { "\(Count(count, "block")) of \(Count(bytes, "byte"))" }
}
