public import Cryptography
internal import Synchronization

/// All block hashes in memory, to know in a fraction of a microsecond whether a block is stored.
///
/// An open-addressing table of positions over one flat array of hashes: 32 + 12 bytes or so for a SHA-256 block.
/// Hashes are uniform, so their first eight bytes choose the slot. Safe to use from several threads, and with hashes of
/// any length: what a store says is not to be trusted.
public final class BlockIndex: Sendable {
    private let table: Mutex<Table>

    /// An empty index.
    /// - Parameters:
    ///   - digestLength: bytes of a hash.
    ///   - nextID: the number that the next new block gets.
    ///   - capacity: how many blocks to make room for.
    public init(digestLength: Int, nextID: Int64, capacity: Int = 0) {
        table = Mutex(Table(digestLength: digestLength, nextID: nextID, capacity: capacity))
    }

    /// The index of all blocks that a catalog knows to be in some volume.
    public convenience init(from reader: borrowing CatalogReader, digestLength: Int) throws {
        try self.init(from: try reader.blockScan(), digestLength: digestLength)
    }

    /// The index of all blocks that a catalog knows to be in some volume.
    ///
    /// - Parameters:
    ///   - scan: the catalog's blocks.
    ///   - digestLength: bytes of a hash.
    ///   - lost: blocks that have a row but must be stored again: each is new once more, under its old number.
    /// - Throws: `CatalogError`.
    public convenience init(from scan: BlockScan, digestLength: Int, lost: Set<Int64> = []) throws {
        self.init(digestLength: digestLength, nextID: try scan.nextID(), capacity: try scan.count())
        try table.withLock { table in
            try scan.forEachBlock { id, hash, _, volume in
                guard let digest = Digest(hash) else { return }
                if lost.contains(id) {
                    table.insert(digest, id: id)
                    table.lost.insert(id)
                } else if volume != 0 {
                    table.insert(digest, id: id)
                }
            }
        }
    }

    /// The number of a block, or `nil` when it is not stored.
    public func find(_ digest: Digest) -> Int64? {
        table.withLock { table in
            let id = table.find(digest)
            return id.flatMap { table.lost.contains($0) ? nil : $0 }
        }
    }

    /// The number of a block, new or not; whoever gets `isNew` must store the block.
    public func insert(_ digest: Digest) -> (id: Int64, isNew: Bool) {
        table.withLock { table in
            if let id = table.find(digest) {
                // Nearly always the set is empty, and asking it costs nothing.
                return (id, !table.lost.isEmpty && table.lost.remove(id) != nil)
            }
            let id = table.nextID
            table.nextID += 1
            table.insert(digest, id: id)
            return (id, true)
        }
    }

    /// How many blocks are known.
    public var count: Int { table.withLock { $0.ids.count + $0.others.count } }
}

private struct Table: ~Copyable {
    let digestLength: Int
    var nextID: Int64
    var ids: [Int64] = []
    var lost: Set<Int64> = []
    /// Hashes of another length, which no honest store has, by themselves.
    private(set) var others: [Digest: Int64] = [:]
    private var digests: [UInt8] = []
    /// For each slot a position in `ids` plus one, or 0 when it is free; at least half of them are.
    private var slots: [UInt32]

    init(digestLength: Int, nextID: Int64, capacity: Int) {
        self.digestLength = digestLength
        self.nextID = nextID
        var size = 1024
        while size < capacity * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        ids.reserveCapacity(capacity)
        digests.reserveCapacity(capacity * digestLength)
    }

    func find(_ digest: Digest) -> Int64? {
        guard digest.count == digestLength else { return others[digest] }
        let mask = slots.count - 1
        return digest.withUnsafeBytes { wanted in
            digests.withUnsafeBytes { all in
                var slot = Int(truncatingIfNeeded: Self.prefix(wanted)) & mask
                while slots[slot] != 0 {
                    let position = Int(slots[slot]) - 1
                    let stored = all[position * digestLength..<(position + 1) * digestLength]
                    if UnsafeRawBufferPointer(rebasing: stored).elementsEqual(wanted) { return ids[position] }
                    slot = (slot + 1) & mask
                }
                return nil
            }
        }
    }

    mutating func insert(_ digest: Digest, id: Int64) {
        guard digest.count == digestLength else {
            others[digest] = id
            return
        }
        if (ids.count + 1) * 2 > slots.count { grow() }
        ids.append(id)
        let prefix = digest.withUnsafeBytes { bytes in
            digests.append(contentsOf: bytes)
            return Self.prefix(bytes)
        }
        place(prefix: prefix, position: ids.count)
    }

    private mutating func place(prefix: UInt64, position: Int) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: prefix) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(position)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for position in ids.indices {
            let prefix = digests.withUnsafeBytes { all in
                Self.prefix(UnsafeRawBufferPointer(rebasing: all[(position * digestLength)...]))
            }
            place(prefix: prefix, position: position + 1)
        }
    }

    private static func prefix(_ digest: UnsafeRawBufferPointer) -> UInt64 {
        digest.loadUnaligned(as: UInt64.self)
    }
}
