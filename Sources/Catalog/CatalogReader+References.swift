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

    /// Calls `body` with what those states of entries refer to that a version of these has, in no particular order.
    /// - Parameters:
    ///   - versions: numbers of versions.
    ///   - body: gets what each state refers to, and the version that it holds from.
    /// - Throws: `CatalogError`, and what `body` throws.
    public func forEachReference(
        ofAnyOf versions: [Int64],
        _ body: (_ data: ContentReference, _ metadata: ContentReference, _ since: Int64) throws -> Void
    ) throws {
        let versions = versions.sorted()
        let query = try PreparedStatement(connection, "SELECT data, metadata, since, until FROM entry")
        while try query.step() {
            let since = query.int64(2)
            // The first version that may have it has it, unless it ended before.
            var low = 0
            var high = versions.count
            while low < high {
                let middle = (low + high) / 2
                if versions[middle] < since { low = middle + 1 } else { high = middle }
            }
            guard low < versions.count, query.isNull(3) || versions[low] < query.int64(3) else { continue }
            try body(ContentReference(rawValue: query.int64(0)), ContentReference(rawValue: query.int64(1)), since)
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
