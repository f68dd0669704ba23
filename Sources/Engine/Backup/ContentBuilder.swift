internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Gathers the blocks of one content in order, and makes its blocklists.
struct ContentBuilder {
    private let hashesPerBlocklist: Int
    private(set) var lists: [CatalogContent.List] = []
    private(set) var size: Int64 = 0
    private(set) var blockCount = 0
    private var hashes: [UInt8] = []
    private var blocks: [Int64] = []

    init(settings: StoreSettings) {
        hashesPerBlocklist = settings.hashesPerBlocklist
    }

    /// Adds the next block; a full list is handed to `store`, which returns the number of the block that holds it.
    mutating func add(
        _ id: Int64, digest: Digest, size: Int, store: (UnsafeRawBufferPointer) throws -> Int64
    ) rethrows {
        if blocks.count == hashesPerBlocklist { try endList(store) }
        digest.withUnsafeBytes { hashes.append(contentsOf: $0) }
        blocks.append(id)
        blockCount += 1
        self.size += Int64(size)
    }

    /// Ends the content.
    ///
    /// A content of one block gets no list.
    mutating func finish(store: (UnsafeRawBufferPointer) throws -> Int64) rethrows {
        if blockCount == 1 {
            lists = [.init(listBlock: 0, blocks: blocks)]
        } else if !blocks.isEmpty {
            try endList(store)
        }
    }

    /// The only block, when there is just one.
    var onlyBlock: Int64? { blockCount == 1 ? blocks.first : nil }

    private mutating func endList(_ store: (UnsafeRawBufferPointer) throws -> Int64) rethrows {
        let list = try hashes.withUnsafeBytes { try store($0) }
        lists.append(.init(listBlock: list, blocks: blocks))
        hashes.removeAll(keepingCapacity: true)
        blocks.removeAll(keepingCapacity: true)
    }
}
