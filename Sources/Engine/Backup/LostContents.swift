internal import Catalog
internal import StoreFormat

/// What the catalog has on record and the destination has not: blocks of data volumes that are gone or damaged.
///
/// An entry that needs any of it counts as changed: it is read again, and what is lost is stored again under its old
/// numbers. That heals the older versions as well, as long as the sources still have the data.
struct LostContents {
    /// Blocks that no volume has, or only a damaged one.
    private(set) var blocks: Set<Int64> = []
    /// Contents with such a block.
    private(set) var contents: Set<Int64> = []
    /// Contents whose blocks are not known completely; they are recorded anew.
    private(set) var unlisted: Set<Int64> = []

    /// Nothing is lost.
    init() {}

    /// - Parameters:
    ///   - reader: the catalog.
    ///   - listing: what the destination has now.
    ///   - settings: the store's.
    /// - Throws: `CatalogError`.
    init(_ reader: borrowing CatalogReader, listing: StoreListing, settings: StoreSettings) throws {
        var sizes: [String: Int64] = [:]
        for item in listing.dblocks { sizes[item.name.text] = item.size }
        let damaged = Set(
            try reader.volumes().lazy.filter { volume in
                guard volume.kind == .dblock, volume.size >= 0, let size = sizes[volume.name] else { return false }
                return size != volume.size
            }.map(\.id))
        // A store in order needs no look at its blocks.
        guard try !damaged.isEmpty || reader.property(Self.property) != nil else { return }
        var lost: Set<Int64> = []
        try reader.forEachBlock { id, _, _, volume in
            if volume == 0 || damaged.contains(volume) { lost.insert(id) }
        }
        blocks = lost
        var listed: [Int64: (size: Int64, blocks: Int64)] = [:]
        var broken: Set<Int64> = []
        try reader.forEachBlocklist { content, size, _, list in
            listed[content, default: (size, 0)].blocks += Int64(list.blocks.count)
            if lost.contains(list.listBlock) || list.blocks.contains(where: lost.contains) { broken.insert(content) }
        }
        contents = broken
        unlisted = Set(
            listed.lazy.filter { $0.value.blocks < settings.blockCount(of: $0.value.size) }.map(\.key))
    }

    /// The catalog's property that says that it knows of lost blocks.
    static let property = "lost_blocks"

    /// Whether everything is there.
    var isEmpty: Bool { blocks.isEmpty && unlisted.isEmpty }

    /// Whether an entry needs something that is lost.
    func concerns(_ entry: CatalogEntry) -> Bool { concerns(entry.data) || concerns(entry.metadata) }

    private func concerns(_ reference: ContentReference) -> Bool {
        switch reference {
        case .nothing: false
        case .block(let id): blocks.contains(id)
        case .content(let id): contents.contains(id) || unlisted.contains(id)
        }
    }
}
