internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Which blocks of which volumes are needed, and what for: each volume is read once, its blocks in the order of the
/// files that need them.
///
/// There may be millions of uses, so a use is all that is kept of a block; its hash is looked up with its volume.
struct BlockPlan: Sendable {
    /// A place where a block's bytes go.
    struct Use: Sendable {
        var block: Int64
        /// A file's index, or for metadata the bitwise complement of an entry's index.
        var target: Int32
        /// Which block of the content it is.
        var position: Int32
        /// Index of the volume, or -1 for none.
        var volume: Int32 = -1
    }

    /// A volume, and its uses as a range.
    struct Volume: Sendable {
        var id: Int64
        var uses: Range<Int>
    }

    /// A content that is not one block of the same hash.
    struct LongContent: Sendable {
        var target: Int32
        var count: Int32
        var size: Int64
        var hash: Digest
    }

    private(set) var uses: [Use] = []
    private(set) var volumes: [Volume] = []
    /// The uses of blocks that no volume has.
    private(set) var lost: [Use] = []
    private var long: [LongContent] = []
    /// Files and metadata whose blocks are not all known.
    private(set) var incomplete: [Int32] = []
    /// Whether it is for blocks that were not right where they should have been.
    let isRetry: Bool

    init(_ reader: borrowing CatalogReader, tree: RestoreTree, needsMetadata: (Int32) -> Bool) throws {
        isRetry = false
        let contents = try reader.contents()
        uses.reserveCapacity(tree.files.count * 2)
        for (index, file) in tree.files.enumerated() {
            let index = Int32(index)
            if file.action == .create || file.action == .replace || file.action == .patch {
                try add(file.data, target: index, contents, present: tree.present[index] ?? [])
            }
            if needsMetadata(index) { try add(file.metadata, target: ~index, contents) }
        }
        for index in tree.linkEntries where needsMetadata(index) {
            try add(tree.links[Int(index) - tree.files.count].metadata, target: ~index, contents)
        }
        for index in tree.folderEntries where needsMetadata(index) {
            try add(tree.folder(ofEntry: index).metadata, target: ~index, contents)
        }
        long.sort { $0.target < $1.target }
        try locate(reader, contents)
    }

    /// A plan for uses that are known already, with the volumes that they are in.
    init(retrying uses: [Use], in homes: [Int64: Int64], of plan: BlockPlan) {
        isRetry = true
        long = plan.long
        var indices: [Int64: Int32] = [:]
        for use in uses {
            guard let home = homes[use.block] else { continue }
            var use = use
            use.volume = indices[home] ?? Int32(indices.count)
            indices[home] = use.volume
            self.uses.append(use)
        }
        arrange(indices)
    }

    private mutating func add(
        _ data: ContentReference, target: Int32, _ contents: ContentLookup, present: Set<Int32> = []
    ) throws {
        switch data {
        case .nothing: return
        case .block(let id): uses.append(Use(block: id, target: target, position: 0))
        case .content(let id):
            let content = try contents.content(id)
            let count = content.lists.reduce(0) { $0 + $1.blocks.count }
            if count == 0 || content.lists.contains(where: \.blocks.isEmpty) {
                incomplete.append(target)
                return
            }
            long.append(
                LongContent(target: target, count: Int32(count), size: content.size, hash: content.hash))
            var position: Int32 = 0
            for list in content.lists {
                for block in list.blocks {
                    if present.isEmpty || !present.contains(position) {
                        uses.append(Use(block: block, target: target, position: position))
                    }
                    position += 1
                }
            }
        }
    }

    /// Finds the volume of each block; with many blocks, one pass over all of them is cheaper than asking for each.
    private mutating func locate(_ reader: borrowing CatalogReader, _ contents: ContentLookup) throws {
        var indices: [Int64: Int32] = [:]
        func index(of volume: Int64) -> Int32 {
            guard volume != 0 else { return -1 }
            if let index = indices[volume] { return index }
            let index = Int32(indices.count)
            indices[volume] = index
            return index
        }
        let last = uses.reduce(0) { max($0, $1.block) }
        if uses.count * 8 < (try reader.blockCount()) {
            for position in uses.indices {
                uses[position].volume = index(of: try contents.block(uses[position].block).volume)
            }
        } else {
            // By id; -2 for those that the catalog does not have.
            var homes = [Int32](repeating: -2, count: Int(last) + 1)
            try reader.forEachBlockHome { id, volume in
                if id >= 0, id <= last { homes[Int(id)] = index(of: volume) }
            }
            for position in uses.indices {
                let id = uses[position].block
                let home = id >= 0 ? homes[Int(id)] : -2
                // None may be left out silently: asking for it says what is wrong with the catalog.
                uses[position].volume = home == -2 ? index(of: try contents.block(id).volume) : home
            }
        }
        if uses.contains(where: { $0.volume < 0 }) {
            lost = uses.filter { $0.volume < 0 }
            uses.removeAll { $0.volume < 0 }
        }
        arrange(indices)
    }

    private mutating func arrange(_ indices: [Int64: Int32]) {
        var ids = [Int64](repeating: 0, count: indices.count)
        for (id, index) in indices { ids[Int(index)] = id }
        uses.sort { ($0.volume, $0.block, $0.target, $0.position) < ($1.volume, $1.block, $1.target, $1.position) }
        var start = 0
        for index in uses.indices where index + 1 == uses.count || uses[index + 1].volume != uses[index].volume {
            volumes.append(Volume(id: ids[Int(uses[index].volume)], uses: start..<index + 1))
            start = index + 1
        }
        volumes.sort { $0.id < $1.id }
    }

    /// How a content is composed that is not one block of the same hash; by its target, as in ``Use``.
    func longContent(_ target: Int32) -> LongContent? {
        var low = 0
        var high = long.count
        while low < high {
            let middle = (low + high) / 2
            if long[middle].target < target { low = middle + 1 } else { high = middle }
        }
        return low < long.count && long[low].target == target ? long[low] : nil
    }

    /// The blocks of a volume, in the order of their uses, with their hashes.
    func blocks(of volume: Volume, _ reader: borrowing CatalogReader) throws -> [VolumeJob.Block] {
        guard let first = volume.uses.first, let last = volume.uses.last else { return [] }
        var blocks: [VolumeJob.Block] = []
        var next = first
        func end(of start: Int) -> Int {
            var end = start
            while end < volume.uses.upperBound, uses[end].block == uses[start].block { end += 1 }
            return end
        }
        let span = uses[first].block...uses[last].block
        if span.count <= volume.uses.count * 16 {
            try reader.forEachBlock(in: span) { id, hash, _, _ in
                guard next <= last, uses[next].block == id, let digest = Digest(hash) else { return }
                let end = end(of: next)
                blocks.append(VolumeJob.Block(digest: digest, uses: next..<end))
                next = end
            }
        }
        let contents = try reader.contents()
        while next <= last {
            let end = end(of: next)
            blocks.append(VolumeJob.Block(digest: try contents.block(uses[next].block).digest, uses: next..<end))
            next = end
        }
        return blocks
    }
}
