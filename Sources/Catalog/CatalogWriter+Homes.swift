internal import GRDB

extension CatalogWriter {
    /// Gives blocks a new home; the one that each had becomes a further home of it.
    ///
    /// - Parameter moves: pairs of a block and the volume that holds it.
    public func rehome(_ moves: some Sequence<(block: Int64, volume: Int64)>) throws {
        let remember = try PreparedStatement(
            connection,
            """
            INSERT OR IGNORE INTO duplicate(block, volume)
            SELECT id, volume FROM block WHERE id = ?1 AND volume NOT IN (0, ?2)
            """)
        let move = try PreparedStatement(connection, "UPDATE block SET volume = ?2 WHERE id = ?1")
        let forget = try PreparedStatement(connection, "DELETE FROM duplicate WHERE block = ?1 AND volume = ?2")
        for (block, volume) in moves {
            for statement in [remember, move, forget] {
                statement.bind(1, block)
                statement.bind(2, volume)
                try statement.run()
            }
        }
    }

    /// Gives each block whose home is one of these volumes another one, where it has any; the others stay.
    public func rehomeBlocks(outOf volumes: some Collection<Int64>) throws {
        guard !volumes.isEmpty else { return }
        let list = volumes.map(String.init).joined(separator: ", ")
        try connection.execute(
            sql: """
                UPDATE block SET volume = (
                    SELECT min(d.volume) FROM duplicate d WHERE d.block = block.id AND d.volume NOT IN (\(list)))
                WHERE volume IN (\(list)) AND id IN (SELECT block FROM duplicate WHERE volume NOT IN (\(list)));
                DELETE FROM duplicate WHERE (block, volume) IN (
                    SELECT b.id, b.volume FROM duplicate d JOIN block b ON b.id = d.block AND b.volume = d.volume);
                """)
    }
}
