internal import GRDB

extension CatalogWriter {
    /// Changes or removes an entry in some versions and leaves it as it is in all others.
    ///
    /// A row holds for a range of versions; where only some of them change, it falls into several.
    /// - Parameters:
    ///   - name: the entry's name.
    ///   - folder: its folder's number.
    ///   - affected: the versions in which it changes.
    ///   - versions: the numbers of all versions there are, in rising order.
    ///   - change: returns what the entry is to be; `nil` when the version has it no more.
    /// - Throws: `CatalogError`, or what `change` throws.
    public func change(
        _ name: [UInt8], in folder: Int64, of affected: Set<Int64>, among versions: [Int64],
        _ change: (CatalogEntry) throws -> CatalogEntry?
    ) throws {
        let states = try reading { try $0.states(of: name, in: folder) }
        guard states.contains(where: { state in affected.contains { state.holds(for: $0) } }) else { return }
        let removal = try PreparedStatement(connection, "DELETE FROM entry WHERE folder = ? AND name = ?")
        removal.bind(1, folder)
        removal.bind(2, name)
        try removal.run()
        for state in states {
            for piece in try state.split(affected, among: versions, change) { try insert(piece, in: folder) }
        }
    }

    private func insert(_ state: EntryState, in folder: Int64) throws {
        try open(state.entry, in: folder, since: state.since)
        // The newest row of the name is the open one, and that is this.
        if let until = state.until { try close(state.entry.name, in: folder, until: until) }
    }
}
