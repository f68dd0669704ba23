extension CatalogReader {
    /// Calls `body` with what each state of each entry refers to, in no particular order, and the version that it holds
    /// from.
    public func forEachReference(
        _ body: (_ data: ContentReference, _ metadata: ContentReference, _ since: Int64) throws -> Void
    ) throws {
        let query = try PreparedStatement(connection, "SELECT data, metadata, since FROM entry")
        while try query.step() {
            try body(
                ContentReference(rawValue: query.int64(0)), ContentReference(rawValue: query.int64(1)), query.int64(2))
        }
    }

    /// The further homes of a block.
    public func duplicates(of block: Int64) throws -> [Int64] {
        let query = try PreparedStatement(connection, "SELECT volume FROM duplicate WHERE block = ? ORDER BY volume")
        query.bind(1, block)
        var volumes: [Int64] = []
        while try query.step() { volumes.append(query.int64(0)) }
        return volumes
    }
}
