public import Catalog
internal import StoreFormat

/// Which blocks any version needs, and what that makes of each data volume.
///
/// Takes one pass over the entries, the contents and the blocks of a catalog, and four bytes for each block and each
/// content. States of entries that hold for no version must have been pruned: what a row refers to counts as needed.
public struct BlockUsage: Sendable {
    /// What a data volume holds.
    public struct Volume: Sendable, Hashable {
        /// Bytes of the needed blocks that have their home in it.
        public internal(set) var usedBytes: Int64 = 0
        /// How many these are.
        public internal(set) var usedBlocks = 0
        /// Bytes of its other blocks: not needed by any version, or at home in another volume.
        public internal(set) var wastedBytes: Int64 = 0
        /// How many these are.
        public internal(set) var wastedBlocks = 0
        /// The oldest version that needs a block of it; 0 when none does.
        public internal(set) var oldestUse: Int64 = 0

        /// Bytes of all blocks in it.
        public var bytes: Int64 { usedBytes + wastedBytes }
        /// How many blocks are in it.
        public var blocks: Int { usedBlocks + wastedBlocks }

        mutating func add(_ size: Int64, since: Int32) {
            guard since > 0 else { return addWaste(size) }
            usedBytes += size
            usedBlocks += 1
            oldestUse = oldestUse == 0 ? Int64(since) : min(oldestUse, Int64(since))
        }

        mutating func addWaste(_ size: Int64) {
            wastedBytes += size
            wastedBlocks += 1
        }
    }

    /// What each data volume holds, by its number in the catalog; those that hold nothing are absent.
    public private(set) var volumes: [Int64: Volume] = [:]
    /// Needed contents whose blocks are not all known.
    public private(set) var incompleteContents = 0
    /// Needed blocks that no volume has.
    public private(set) var lostBlocks = 0
    /// Needed blocks for which another of their homes is the better one.
    private(set) var moves: [Int64: Int64] = [:]

    /// For each block the oldest version that needs it, or 0.
    private var oldest: [Int32]
    /// A bit for each block that lists the hashes of others.
    private var lists: [UInt64]

    /// Goes through the catalog.
    ///
    /// - Throws: `CatalogError`.
    public init(_ reader: borrowing CatalogReader) throws {
        try self.init(reader, rehomingInto: [])
    }

    /// Goes through the catalog as if there were only these versions.
    ///
    /// - Throws: `CatalogError`.
    init(_ reader: borrowing CatalogReader, ofVersions versions: [Int64]) throws {
        try self.init(reader, rehomingInto: [], versions: versions)
    }

    /// Goes through the catalog, and finds the best home of each block that has several.
    ///
    /// That is the volume of which most is needed, if all its blocks are counted; of equal ones the larger. Where a
    /// volume holds what others hold as well, this leaves nothing needed in the others, so that a compaction that was
    /// broken off goes on with what it had made.
    /// - Parameters:
    ///   - reader: the catalog.
    ///   - trusted: the volumes that may become the home of a block.
    ///   - versions: the only versions that count; nil for all.
    /// - Throws: `CatalogError`.
    init(
        _ reader: borrowing CatalogReader, rehomingInto trusted: Set<Int64>, versions: [Int64]? = nil
    ) throws {
        let next = try reader.nextIdentifiers()
        oldest = [Int32](repeating: 0, count: Int(next.block))
        lists = [UInt64](repeating: 0, count: Int(next.block) / 64 + 1)
        try mark(reader, contents: Int(next.content), versions)
        try reader.forEachBlock { id, _, size, volume in
            let since = oldest[Int(id)]
            if volume != 0 {
                volumes[volume, default: Volume()].add(Int64(size), since: since)
            } else if since > 0 {
                lostBlocks += 1
            }
        }
        try countDuplicates(reader, trusted)
    }

    /// Bytes of all blocks that are not needed, or needed of another volume; unpacked.
    public var wastedBytes: Int64 { volumes.values.reduce(0) { $0 + $1.wastedBytes } }

    /// Whether any version needs the block with this number.
    public func isUsed(block id: Int64) -> Bool {
        id > 0 && id < oldest.count && oldest[Int(id)] > 0
    }

    /// Whether the block with this number lists the hashes of others that a version needs.
    public func isList(block id: Int64) -> Bool {
        id > 0 && id < oldest.count && lists[Int(id) / 64] & (1 << UInt64(id % 64)) != 0
    }

    // MARK: Marking

    private mutating func mark(
        _ reader: borrowing CatalogReader, contents: Int, _ versions: [Int64]?
    ) throws {
        var needed = [Int32](repeating: 0, count: contents)
        func mark(_ table: inout [Int32], _ id: Int64, _ since: Int32) {
            guard id > 0, id < table.count else { return }
            let known = table[Int(id)]
            if known == 0 || since < known { table[Int(id)] = since }
        }
        func markReferences(_ data: ContentReference, _ metadata: ContentReference, _ since: Int64) {
            let since = Int32(clamping: max(1, since))
            for reference in [data, metadata] {
                switch reference {
                case .nothing: break
                case .block(let id): mark(&oldest, id, since)
                case .content(let id): mark(&needed, id, since)
                }
            }
        }
        if let versions {
            try reader.forEachReference(ofAnyOf: versions, markReferences)
        } else {
            try reader.forEachReference(markReferences)
        }
        let settings = try StoreProperties(from: reader)?.settings ?? StoreSettings()
        var current = (content: Int64(0), missing: Int64(0))
        try reader.forEachBlocklist { content, size, _, list in
            guard content < needed.count, case let since = needed[Int(content)], since > 0 else { return }
            if content != current.content {
                if current.missing > 0 { incompleteContents += 1 }
                current = (content, settings.blockCount(of: size))
            }
            current.missing -= Int64(list.blocks.count)
            mark(&oldest, list.listBlock, since)
            if list.listBlock > 0, list.listBlock < oldest.count {
                lists[Int(list.listBlock) / 64] |= 1 << UInt64(list.listBlock % 64)
            }
            for block in list.blocks { mark(&oldest, block, since) }
        }
        if current.missing > 0 { incompleteContents += 1 }
    }

    // MARK: Several homes

    private mutating func countDuplicates(_ reader: borrowing CatalogReader, _ trusted: Set<Int64>) throws {
        let lookup = try reader.contents()
        /// Bytes that would be used in a volume if it were the home of all it holds.
        var held: [Int64: Int64] = [:]
        try reader.forEachDuplicate { block, volume in
            let size = Int64(try lookup.block(block).size)
            volumes[volume, default: Volume()].addWaste(size)
            if isUsed(block: block) { held[volume, default: 0] += size }
        }
        guard !held.isEmpty, !trusted.isEmpty else { return }
        var ranks: [Int64: (density: Double, bytes: Int64)] = [:]
        for (id, volume) in volumes {
            let used = volume.usedBytes + (held[id] ?? 0)
            ranks[id] = (volume.bytes > 0 ? Double(used) / Double(volume.bytes) : 0, volume.bytes)
        }
        try reader.forEachDuplicate { block, volume in
            guard isUsed(block: block), trusted.contains(volume), let rank = ranks[volume] else { return }
            let known = try lookup.block(block)
            let home = moves[block] ?? known.volume
            let other = ranks[home] ?? (-1, 0)
            guard rank > other else { return }
            moves[block] = volume
            let since = oldest[Int(block)]
            move(Int64(known.size), since: since, from: home, to: volume)
        }
    }

    private mutating func move(_ size: Int64, since: Int32, from home: Int64, to volume: Int64) {
        if home != 0 {
            volumes[home]?.usedBytes -= size
            volumes[home]?.usedBlocks -= 1
            volumes[home]?.addWaste(size)
        } else {
            lostBlocks -= 1
        }
        volumes[volume]?.wastedBytes -= size
        volumes[volume]?.wastedBlocks -= 1
        volumes[volume]?.add(size, since: since)
    }
}
