internal import GRDB

extension CatalogWriter {
    /// Records the blocks of a content's list, of which only the list's own block was known.
    ///
    /// - Parameters:
    ///   - blocks: the numbers of the blocks, in order.
    ///   - position: which of the content's lists, from 0.
    ///   - content: the number of the content.
    /// - Throws: `CatalogError`.
    public func setBlocks(_ blocks: [Int64], ofList position: Int, in content: Int64) throws {
        let change = try PreparedStatement(
            connection, "UPDATE blocklist SET blocks = ?3 WHERE content = ?1 AND position = ?2")
        change.bind(1, content)
        change.bind(2, Int64(position))
        blocks.map(\.littleEndian).withUnsafeBytes { change.bind(3, $0) }
        try change.run()
    }

    /// Forgets single blocks that nothing needs and no volume has.
    public func removeBlocks(_ ids: some Sequence<Int64>) throws {
        let removal = try PreparedStatement(connection, "DELETE FROM block WHERE id = ? AND volume = 0")
        for id in ids {
            removal.bind(1, id)
            try removal.run()
        }
    }
}
