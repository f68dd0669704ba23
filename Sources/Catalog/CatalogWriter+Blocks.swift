internal import GRDB

extension CatalogWriter {
    /// Forgets single blocks that nothing needs and no volume has.
    public func removeBlocks(_ ids: some Sequence<Int64>) throws {
        let removal = try PreparedStatement(connection, "DELETE FROM block WHERE id = ? AND volume = 0")
        for id in ids {
            removal.bind(1, id)
            try removal.run()
        }
    }
}
