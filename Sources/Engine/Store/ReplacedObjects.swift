internal import Catalog
internal import StoreFormat

/// Objects that are replaced, forgotten by the catalog, and still to be deleted from the destination.
///
/// The catalog keeps their names from the moment it forgets them until they are gone. A run that dies in between leaves
/// them to the next; until then nobody takes them for something new. A catalog that is built anew knows nothing of them
/// and takes them in again as what they are: data that is there twice, which the next compaction deletes.
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
        let all = kept + names.filter { !kept.contains($0) }
        try writer.setProperty(property, all.map(\.text).joined(separator: "\n"))
    }

    /// Deletes the objects and forgets their names.
    ///
    /// What the catalog knows as a volume stays: it was taken in again, and may be needed.
    /// - Returns: how many objects were deleted.
    static func carryOut(_ session: StoreSession) throws -> Int {
        let (names, known) = try session.catalog.read { reader in
            let names = try Self.names(in: reader)
            return (names, names.isEmpty ? [] : Set(try reader.volumes().map(\.name)))
        }
        guard !names.isEmpty else { return 0 }
        // The replacements must be known for good before what they replace goes.
        try? session.catalog.checkpoint()
        let objects = names.filter { !known.contains($0.text) }
        try session.store.delete(objects)
        try session.catalog.write { try $0.removeProperty(property) }
        return objects.count
    }
}
