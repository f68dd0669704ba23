internal import Catalog
internal import StoreFormat

/// What a catalog remembers of filelists that are being deleted, or are gone.
///
/// A deletion has three steps: the names are written down, the objects are deleted, the catalog forgets the versions. A
/// process may end between any two of them; the listing then says how far it came.
///
/// - An object that was to go and is not listed is gone: the catalog forgets its version.
/// - One that is still listed may have survived: its version stays, and whoever wants to delete it decides again.
/// - One that was deleted and is still listed, as destinations with slow listings do, is not taken for a new version.
struct PendingDeletions: Equatable {
    /// What is to be deleted, or was.
    var intended: Set<String> = []
    /// What was deleted, but has been listed since.
    var lingering: Set<String> = []

    private static let intendedProperty = "deleting"
    private static let lingeringProperty = "deleted"

    init() {}

    /// What a catalog remembers.
    init(from reader: borrowing CatalogReader) throws {
        intended = Self.names(try reader.property(Self.intendedProperty))
        lingering = Self.names(try reader.property(Self.lingeringProperty))
    }

    /// Has a catalog remember it.
    func write(to writer: borrowing CatalogWriter) throws {
        for (property, names) in [(Self.intendedProperty, intended), (Self.lingeringProperty, lingering)] {
            if names.isEmpty {
                try writer.removeProperty(property)
            } else {
                try writer.setProperty(property, names.sorted().joined(separator: "\n"))
            }
        }
    }

    private static func names(_ text: String?) -> Set<String> {
        Set((text ?? "").split(separator: "\n").map(String.init))
    }

    // MARK: Bringing a catalog in step

    /// Draws the conclusions from a listing: the catalog forgets what is gone, the listing loses what lingers.
    static func settle(_ catalog: Catalog, with listing: inout StoreListing) throws {
        // A destination without a single object has lost more than what was to go.
        guard !listing.isEmpty else { return }
        let pending = try catalog.read { try PendingDeletions(from: $0) }
        guard pending != PendingDeletions() else { return }
        let listed = Set(listing.items.lazy.filter { $0.name.kind == .dlist }.map(\.name.text))
        let settled = try catalog.write { writer in
            let known = try writer.reading { Set(try $0.volumes().map(\.name)) }
            try forget(pending.intended.subtracting(listed), writer)
            var settled = PendingDeletions()
            // A name that the catalog knows is a version's again.
            settled.lingering = pending.lingering.intersection(listed).subtracting(known)
            try settled.write(to: writer)
            return settled
        }
        listing.remove(settled.lingering)
    }

    /// Removes versions whose filelists are gone; compaction will have something to do.
    static func forget(_ names: Set<String>, _ writer: borrowing CatalogWriter) throws {
        let (volumes, versions) = try writer.reading { reader in
            (try reader.volumes().filter { $0.kind == .dlist && names.contains($0.name) }, try reader.versions())
        }
        guard !volumes.isEmpty else { return }
        let gone = Set(volumes.map(\.id))
        for version in versions where gone.contains(version.volume) { try writer.removeVersion(version.id) }
        for volume in volumes { try writer.removeVolume(volume.id) }
        let unfinished = try writer.reading { try UnfinishedRun(in: $0) }
        _ = try writer.pruneEntries(keeping: unfinished?.version)
        // What only they needed is waste now.
        try writer.setProperty(CompactRun.dueProperty, "true")
    }
}
