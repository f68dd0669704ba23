internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Gathers the blocks of one content in order, and makes its blocklists.
///
/// The same content may be for several stores: hashes and lists are the same, and the blocks have other numbers.
struct ContentBuilder {
    private let hashesPerBlocklist: Int
    private let stores: Int
    private(set) var size: Int64 = 0
    private(set) var blockCount = 0
    /// One after the other, each as many times as there are stores.
    private var lists: [CatalogContent.List] = []
    private var hashes: [UInt8] = []
    /// The numbers of one block after the other, each as many times as there are stores.
    private var blocks: [Int64] = []

    init(settings: StoreSettings, stores: Int) {
        hashesPerBlocklist = settings.hashesPerBlocklist
        self.stores = stores
    }

    /// Adds the next block; a full list is handed to `store`, which returns the numbers of the block that holds it.
    mutating func add(
        _ ids: PerTarget<Int64>, digest: Digest, size: Int, store: (UnsafeRawBufferPointer) -> PerTarget<Int64>
    ) {
        if blocks.count == hashesPerBlocklist * stores { endList(store) }
        digest.withUnsafeBytes { hashes.append(contentsOf: $0) }
        for position in 0..<stores { blocks.append(ids[position]) }
        blockCount += 1
        self.size += Int64(size)
    }

    /// Ends the content.
    ///
    /// A content of one block gets no list.
    mutating func finish(store: (UnsafeRawBufferPointer) -> PerTarget<Int64>) {
        if blockCount == 1 {
            for position in 0..<stores { lists.append(.init(listBlock: 0, blocks: blocks(of: position))) }
        } else if !blocks.isEmpty {
            endList(store)
        }
    }

    /// The blocklists of one of the stores.
    func lists(of position: Int) -> [CatalogContent.List] {
        stores == 1 ? lists : stride(from: position, to: lists.count, by: stores).map { lists[$0] }
    }

    /// The only block in one of the stores, when there is just one.
    func onlyBlock(of position: Int) -> Int64? { blockCount == 1 ? blocks[position] : nil }

    private mutating func endList(_ store: (UnsafeRawBufferPointer) -> PerTarget<Int64>) {
        let ids = hashes.withUnsafeBytes { store($0) }
        for position in 0..<stores {
            lists.append(.init(listBlock: ids[position], blocks: blocks(of: position)))
        }
        hashes.removeAll(keepingCapacity: true)
        blocks.removeAll(keepingCapacity: true)
    }

    private func blocks(of position: Int) -> [Int64] {
        stores == 1 ? blocks : stride(from: position, to: blocks.count, by: stores).map { blocks[$0] }
    }
}
