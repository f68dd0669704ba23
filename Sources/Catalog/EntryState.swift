internal import GRDB

/// An entry and the versions for which it is like that.
struct EntryState {
    var entry: CatalogEntry
    /// The first version.
    var since: Int64
    /// The version that has it no more; `nil` when the newest has it.
    var until: Int64?

    /// Whether a version has it.
    func holds(for version: Int64) -> Bool { since <= version && until.map { version < $0 } ?? true }

    /// The states that are left when `change` is applied in some versions.
    ///
    /// Neighbours that became equal stay apart: nothing is wrong with that, and the next change tells them apart again.
    func split(
        _ affected: Set<Int64>, among versions: [Int64], _ change: (CatalogEntry) throws -> CatalogEntry?
    ) rethrows -> [EntryState] {
        let held = versions.filter(holds)
        guard held.contains(where: affected.contains) else { return [self] }
        var pieces: [EntryState] = []
        var start = 0
        while start < held.count {
            let isAffected = affected.contains(held[start])
            var end = start + 1
            while end < held.count, affected.contains(held[end]) == isAffected { end += 1 }
            let changed = if isAffected { try change(entry) } else { Optional(entry) }
            if let changed {
                pieces.append(
                    EntryState(entry: changed, since: held[start], until: end < held.count ? held[end] : until))
            }
            start = end
        }
        return pieces
    }
}

extension CatalogReader {
    /// All states of an entry, the oldest first.
    func states(of name: [UInt8], in folder: Int64) throws -> [EntryState] {
        let query = try PreparedStatement(
            connection,
            "SELECT e.since, e.until, \(entryColumns) FROM entry e WHERE folder = ? AND name = ? ORDER BY since")
        query.bind(1, folder)
        query.bind(2, name)
        var states: [EntryState] = []
        while try query.step() {
            states.append(
                EntryState(
                    entry: try readEntry(query, from: 2, path: path), since: query.int64(0),
                    until: query.isNull(1) ? nil : query.int64(1)))
        }
        return states
    }
}
