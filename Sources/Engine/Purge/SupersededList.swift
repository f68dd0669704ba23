internal import Catalog
internal import StoreFormat
internal import Support

/// A filelist that another one replaces: the same version without some of its entries.
///
/// Written down before the new one is sent. From the moment that the new one is listed the old one does not count any
/// more, whatever happens; until then the new one was never there. So after a crash at any instant there is one list
/// for each version, and the old one is deleted by whoever changes the store next.
struct SupersededList: Hashable, Sendable {
    /// The list that is to go.
    let old: ObjectName
    /// The list in its place.
    let new: ObjectName

    private static let property = "superseded"

    /// What a catalog remembers.
    static func all(in reader: borrowing CatalogReader) throws -> [SupersededList] {
        try reader.property(property)?.split(separator: "\n").compactMap { line in
            let names = line.split(separator: " ").compactMap { ObjectName(parsing: String($0)) }
            return names.count == 2 ? SupersededList(old: names[0], new: names[1]) : nil
        } ?? []
    }

    /// Has a catalog remember these and no others.
    static func keep(_ lists: [SupersededList], _ writer: borrowing CatalogWriter) throws {
        guard !lists.isEmpty else { return try writer.removeProperty(property) }
        try writer.setProperty(property, lists.map { "\($0.old) \($0.new)" }.joined(separator: "\n"))
    }

    /// The names of those whose replacement is there.
    static func settled(_ lists: [SupersededList], _ listing: StoreListing) -> Set<String> {
        guard !lists.isEmpty else { return [] }
        let listed = Set(listing.dlists.map(\.name))
        return Set(lists.lazy.filter { listed.contains($0.new) }.map(\.old.text))
    }

    /// Deletes the lists whose replacement is there, and forgets all; holds go over to the replacements.
    ///
    /// - Parameters:
    ///   - catalog: what remembers them.
    ///   - store: where they are.
    ///   - listing: what the destination holds now.
    /// - Throws: `EngineError`, `CatalogError`.
    static func finish(_ catalog: Catalog, _ store: Store, _ listing: StoreListing) throws {
        let lists = try catalog.read { try all(in: $0) }
        guard !lists.isEmpty else { return }
        let settled = settled(lists, listing)
        let going = lists.filter { settled.contains($0.old.text) }
        if let properties = try catalog.read({ try StoreProperties(from: $0) }) {
            let place = HoldPlace(store, properties)
            // Somebody may have held a version while it was written again.
            try HoldMove.begin(moves(going), place)
            try store.delete(going.map(\.old))
            try HoldMove.end(moves(lists), place)
        }
        try catalog.write { writer in try keep([], writer) }
    }

    /// Which times the versions had and get.
    static func moves(_ lists: [SupersededList]) -> [HoldMove] {
        lists.compactMap { list in
            guard let from = list.old.time, let to = list.new.time else { return nil }
            return HoldMove(from: from, to: to)
        }
    }
}
