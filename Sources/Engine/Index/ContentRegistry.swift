internal import Catalog
internal import Cryptography
internal import StoreFormat

/// The contents of files and metadata while a catalog is being filled: each is described once.
final class ContentRegistry {
    private struct Key: Hashable {
        let hash: Digest
        let size: Int64
    }

    private struct Pending {
        let id: Int64
        let key: Key
        let lists: [Digest]
    }

    private let settings: StoreSettings
    private let blocks: BlockRegistry
    private var known: [Key: Int64] = [:]
    private var pending: [Pending] = []
    private var nextID: Int64 = 1
    /// The hashes that blocklists hold, as raw bytes.
    private var lists: [Digest: [UInt8]] = [:]

    init(settings: StoreSettings, blocks: BlockRegistry) {
        self.settings = settings
        self.blocks = blocks
    }

    /// Keeps a blocklist whose hash was verified.
    func keep(_ list: Digest, content: [UInt8]) {
        lists[list] = content
    }

    /// Where the bytes of a content are; `block` and `lists` are what the filelist says of it.
    func reference(
        hash: Digest, size: Int64, block: Digest?, lists: [Digest], _ writer: borrowing CatalogWriter
    ) throws -> ContentReference {
        if size == 0 { return .nothing }
        if let block, size <= settings.blockSize {
            let id = blocks.refer(to: block, size: Int(size))
            if block == hash { return .block(id) }
            return .content(try single(Key(hash: hash, size: size), block: id, writer))
        }
        let key = Key(hash: hash, size: size)
        if let id = known[key] { return .content(id) }
        let id = take(key)
        // Without any list this stays a content without blocks, which nothing will mistake for a whole one.
        pending.append(Pending(id: id, key: key, lists: lists))
        return .content(id)
    }

    private func take(_ key: Key) -> Int64 {
        let id = nextID
        nextID += 1
        known[key] = id
        return id
    }

    private func single(_ key: Key, block: Int64, _ writer: borrowing CatalogWriter) throws -> Int64 {
        if let id = known[key] { return id }
        let id = take(key)
        try writer.add(
            CatalogContent(id: id, size: key.size, hash: key.hash, lists: [.init(listBlock: 0, blocks: [block])]))
        return id
    }

    /// The blocklists that contents need and no index volume had.
    var unknownLists: Set<Digest> {
        var unknown: Set<Digest> = []
        for content in pending {
            for list in content.lists where lists[list] == nil { unknown.insert(list) }
        }
        return unknown
    }

    /// Adds the contents of several blocks, with what is known of their blocks.
    func writePending(_ writer: borrowing CatalogWriter) throws {
        for content in pending {
            var rest = content.key.size
            let described = content.lists.map { list in
                let listSize = Int(min(Int64(settings.hashesPerBlocklist), settings.blockCount(of: rest)))
                let id = blocks.refer(to: list, size: listSize * settings.blockHash.digestLength)
                return CatalogContent.List(listBlock: id, blocks: expand(list, rest: &rest))
            }
            try writer.add(
                CatalogContent(id: content.id, size: content.key.size, hash: content.key.hash, lists: described))
        }
    }

    /// The numbers of the blocks in a list; `rest` is what the content has from there on, and is reduced.
    private func expand(_ list: Digest, rest: inout Int64) -> [Int64] {
        guard let bytes = lists[list],
            let digests = Blocklist.decode(bytes, algorithm: settings.blockHash)
        else {
            rest = max(0, rest - Int64(settings.hashesPerBlocklist) * Int64(settings.blockSize))
            return []
        }
        return digests.map { digest in
            let size = min(Int64(settings.blockSize), rest)
            rest -= size
            return blocks.refer(to: digest, size: Int(size))
        }
    }
}
