internal import Catalog
internal import StoreFormat

/// How a listing differs from what a catalog knows.
struct ListingChange {
    /// Filelists that the catalog does not know.
    private(set) var newVersions: [StoreListing.Item] = []
    /// Data volumes that the catalog does not know.
    private(set) var newDataVolumes: [StoreListing.Item] = []
    /// Index volumes that the catalog does not know.
    private(set) var newIndexVolumes: [StoreListing.Item] = []
    /// Known objects that are not listed.
    private(set) var vanished: [CatalogVolume] = []
    /// Known objects of another size than recorded, with the size listed.
    private(set) var otherSizes: [(volume: CatalogVolume, size: Int64)] = []

    init(known: [CatalogVolume], listing: StoreListing) {
        var open = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }
        for item in listing.dlists + listing.dindexes + listing.dblocks {
            guard let volume = open.removeValue(forKey: item.name.text) else {
                switch item.name.kind {
                case .dlist: newVersions.append(item)
                case .dindex: newIndexVolumes.append(item)
                case .dblock: newDataVolumes.append(item)
                }
                continue
            }
            // Some archives list what they hold as empty.
            if item.isArchived, item.size == 0 { continue }
            if let size = item.size, volume.size >= 0, size != volume.size { otherSizes.append((volume, size)) }
        }
        vanished = open.values.sorted { $0.name < $1.name }
    }

    /// Whether versions or known data have changed, which only reading everything anew accounts for.
    var demandsRebuild: Bool {
        !newVersions.isEmpty || vanished.contains { $0.kind != .dindex }
            || otherSizes.contains { $0.volume.kind == .dlist }
    }
}
