internal import Catalog
internal import StoreFormat

/// Data and index volumes that others have replaced: forgotten by the catalog, and to be deleted from the destination.
///
/// The catalog keeps their names from the moment it forgets them until they are not listed any more. A run that dies
/// before they are deleted leaves them to the next; until then nobody takes them for something new. A catalog that is
/// built anew knows nothing of them and takes them in again as what they are: data that is there twice, which the next
/// compaction deletes.
enum ReplacedObjects {
    private static let property = "replaced"

    /// The names, in the order the objects go.
    static func names(in reader: borrowing CatalogReader) throws -> [ObjectName] {
        try reader.property(property)?.split(separator: "\n").compactMap { ObjectName(parsing: String($0)) } ?? []
    }

    /// Keeps names, after those that are kept already.
    static func add(_ names: [ObjectName], _ writer: borrowing CatalogWriter) throws {
        guard !names.isEmpty else { return }
        let kept = try writer.reading { try Self.names(in: $0) }
        let known = Set(kept)
        try write(kept + names.filter { !known.contains($0) }, writer)
    }

    private static func write(_ names: [ObjectName], _ writer: borrowing CatalogWriter) throws {
        if names.isEmpty {
            try writer.removeProperty(property)
        } else {
            try writer.setProperty(property, names.map(\.text).joined(separator: "\n"))
        }
    }

    /// Forgets the names that are not listed any more.
    static func settle(_ catalog: Catalog, with listing: StoreListing) throws {
        let kept = try catalog.read { try names(in: $0) }
        guard !kept.isEmpty else { return }
        let listed = Set(listing.items.map(\.name))
        let rest = kept.filter { listed.contains($0) }
        if rest.count < kept.count { try catalog.write { try write(rest, $0) } }
    }

    /// Deletes the objects; their names are kept until a listing is without them.
    ///
    /// What the catalog knows as a volume stays: it was taken in again, and may be needed.
    /// - Parameters:
    ///   - session: the store.
    ///   - deleted: objects that this run has deleted already.
    /// - Returns: the latter and those deleted now.
    /// - Throws: `EngineError`, `CatalogError`.
    static func delete(_ session: StoreSession, deleted: Set<ObjectName> = []) throws -> Set<ObjectName> {
        let (names, known) = try session.catalog.read { reader in
            let names = try Self.names(in: reader)
            return (names, names.isEmpty ? [] : Set(try reader.volumes().map(\.name)))
        }
        let objects = names.filter { !known.contains($0.text) && !deleted.contains($0) }
        guard !objects.isEmpty else { return deleted }
        // What replaces them must be known for good before they go. Where the log cannot be folded in, a loss of power
        // costs no more than a new catalog.
        try? session.catalog.checkpoint()
        // What is locked stays on the list, and goes when its lock has ended.
        var removed = deleted
        try session.store.delete(objects, removed: { removed.insert($0) }, locked: { _ in })
        return removed
    }
}
