internal import Catalog

/// The states of entries that need blocks which are lost.
struct BrokenEntries {
    /// A state of an entry.
    struct State {
        let key: EntryChanges.Key
        let kind: EntryKind
        let since: Int64
        let until: Int64?
        /// Whether the content is there, and only owner, mode and times are lost.
        let isMetadataOnly: Bool

        /// What is left to do: nobody knows where a link without metadata leads.
        var mustGo: Bool { !isMetadataOnly || kind == .symlink || kind == .folderLink }
    }

    private let lost: Set<Int64>
    private let lookup: ContentLookup
    private var known: [Int64: Bool] = [:]

    /// Calls `body` with each.
    static func forEach(
        _ reader: borrowing CatalogReader, lost: Set<Int64>, _ body: (State) throws -> Void
    ) throws {
        var entries = BrokenEntries(lost: lost, lookup: try reader.contents())
        try reader.forEachState { folder, entry, since, until in
            let isContentLost = try entries.isLost(entry.data)
            guard try isContentLost || entries.isLost(entry.metadata) else { return }
            try body(
                State(
                    key: EntryChanges.Key(folder: Array(folder), name: entry.name), kind: entry.kind, since: since,
                    until: until, isMetadataOnly: !isContentLost))
        }
    }

    private init(lost: Set<Int64>, lookup: ContentLookup) {
        self.lost = lost
        self.lookup = lookup
    }

    private mutating func isLost(_ reference: ContentReference) throws -> Bool {
        switch reference {
        case .nothing: return false
        case .block(let id): return lost.contains(id)
        case .content(let id):
            if let answer = known[id] { return answer }
            let content = try lookup.content(id)
            var answer = content.lists.isEmpty
            for list in content.lists {
                // The list itself is needed by whoever has no catalog, and its hashes when they are unknown.
                if lost.contains(list.listBlock) || list.blocks.isEmpty || list.blocks.contains(where: lost.contains) {
                    answer = true
                }
            }
            known[id] = answer
            return answer
        }
    }
}
