internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Which blocks of which volumes are needed, and what for: each volume is fetched once, its blocks in the order of
/// the files that need them.
struct BlockPlan: Sendable {
    /// A place where a block's bytes go.
    struct Use: Sendable {
        var block: Int64
        /// A file's index, or for metadata the bitwise complement of its index.
        var target: Int32
        /// Which block of the content it is.
        var position: Int32
    }

    /// A block, and its uses as a range of `uses`.
    struct Block: Sendable {
        var digest: Digest
        var size: Int32
        var volume: Int64
        var firstUse: Int32
        var useCount: Int32
    }

    /// A volume, and its blocks as a range of `blocks`.
    struct Volume: Sendable {
        var id: Int64
        var blocks: Range<Int>
    }

    private(set) var uses: [Use] = []
    private(set) var blocks: [Block] = []
    private(set) var volumes: [Volume] = []
    /// The blocks that no volume has; their uses cannot be satisfied.
    private(set) var lost: [Block] = []
    /// For contents that are not one block of the same hash: how many blocks, and the hash of the whole.
    private(set) var fileHashes: [Int32: (count: Int32, hash: Digest)] = [:]
    private(set) var metadataHashes: [Int32: (count: Int32, hash: Digest, size: Int64)] = [:]
    /// Files and metadata whose blocks are not all known.
    private(set) var incomplete: [Int32] = []

    init(_ reader: borrowing CatalogReader, tree: RestoreTree, neededMetadata: [Bool]) throws {
        let contents = try reader.contents()
        for (index, file) in tree.files.enumerated() where file.action == .create || file.action == .replace {
            try add(file.data, target: Int32(index), contents)
        }
        for (index, reference) in tree.metadata.enumerated() where neededMetadata[index] {
            try add(reference, target: ~Int32(index), contents)
        }
        uses.sort { ($0.block, $0.target, $0.position) < ($1.block, $1.target, $1.position) }
        try locate(reader, contents)
        arrange()
    }

    private mutating func add(_ data: ContentReference, target: Int32, _ contents: ContentLookup) throws {
        switch data {
        case .nothing: return
        case .block(let id): uses.append(Use(block: id, target: target, position: 0))
        case .content(let id):
            let content = try contents.content(id)
            let blocks = content.lists.flatMap(\.blocks)
            if blocks.isEmpty || content.lists.contains(where: \.blocks.isEmpty) {
                incomplete.append(target)
                return
            }
            if target >= 0 {
                fileHashes[target] = (Int32(blocks.count), content.hash)
            } else {
                metadataHashes[~target] = (Int32(blocks.count), content.hash, content.size)
            }
            for (position, block) in blocks.enumerated() {
                uses.append(Use(block: block, target: target, position: Int32(position)))
            }
        }
    }

    /// Finds the volume of each block; with many blocks, one pass over all of them is cheaper than asking for each.
    private mutating func locate(_ reader: borrowing CatalogReader, _ contents: ContentLookup) throws {
        var starts: [Int] = []
        for index in uses.indices where index == 0 || uses[index].block != uses[index - 1].block {
            starts.append(index)
        }
        blocks.reserveCapacity(starts.count)
        func append(_ digest: Digest, _ size: Int, _ volume: Int64, _ start: Int, _ end: Int) {
            blocks.append(
                Block(
                    digest: digest, size: Int32(clamping: size), volume: volume, firstUse: Int32(start),
                    useCount: Int32(end - start)))
        }
        func end(_ index: Int) -> Int { index + 1 < starts.count ? starts[index + 1] : uses.count }
        if starts.count * 8 < (try reader.blockCount()) {
            for (index, start) in starts.enumerated() {
                let block = try contents.block(uses[start].block)
                append(block.digest, block.size, block.volume, start, end(index))
            }
        } else {
            var next = 0
            try reader.forEachBlock { id, hash, size, volume in
                guard next < starts.count, uses[starts[next]].block == id, let digest = Digest(hash) else { return }
                append(digest, size, volume, starts[next], end(next))
                next += 1
            }
            // None may be left out silently: asking for it says what is wrong with the catalog.
            while next < starts.count {
                let block = try contents.block(uses[starts[next]].block)
                append(block.digest, block.size, block.volume, starts[next], end(next))
                next += 1
            }
        }
        try relocate(reader)
    }

    /// A block that was lost may have been stored again later, under another number.
    private mutating func relocate(_ reader: borrowing CatalogReader) throws {
        var wanted: [Digest: [Int]] = [:]
        for index in blocks.indices where blocks[index].volume == 0 {
            wanted[blocks[index].digest, default: []].append(index)
        }
        guard !wanted.isEmpty else { return }
        try reader.forEachBlock { _, hash, _, volume in
            guard volume != 0, let digest = Digest(hash), let indices = wanted[digest] else { return }
            for index in indices { blocks[index].volume = volume }
        }
    }

    private mutating func arrange() {
        lost = blocks.filter { $0.volume == 0 }
        blocks.removeAll { $0.volume == 0 }
        blocks.sort { ($0.volume, $0.firstUse) < ($1.volume, $1.firstUse) }
        var start = 0
        for index in blocks.indices where index + 1 == blocks.count || blocks[index + 1].volume != blocks[index].volume
        {
            volumes.append(Volume(id: blocks[index].volume, blocks: start..<index + 1))
            start = index + 1
        }
    }

    /// The uses of a block.
    func uses(of block: Block) -> ArraySlice<Use> {
        uses[Int(block.firstUse)..<Int(block.firstUse + block.useCount)]
    }
}
