internal import Catalog
internal import Cryptography
internal import StoreFormat

/// The content of blocks that list the hashes of others, made again from what the catalog knows.
struct Blocklists {
    private let settings: StoreSettings
    private let lookup: ContentLookup
    private let hasher: HashContext

    init(_ reader: borrowing CatalogReader, settings: StoreSettings) throws {
        self.settings = settings
        lookup = try reader.contents()
        hasher = HashContext(settings.blockHash)
    }

    /// The bytes of a list; nil when they do not come out as the list's hash says.
    func content(of list: CatalogContent.List, expecting digest: Digest? = nil) throws -> [UInt8]? {
        guard list.listBlock != 0, !list.blocks.isEmpty else { return nil }
        let expected = try digest ?? lookup.block(list.listBlock).digest
        var bytes: [UInt8] = []
        bytes.reserveCapacity(list.blocks.count * settings.blockHash.digestLength)
        for block in list.blocks { Blocklist.append(try lookup.block(block).digest, to: &bytes) }
        return hasher.hash(bytes) == expected ? bytes : nil
    }
}
