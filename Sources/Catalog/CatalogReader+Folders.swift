internal import GRDB

/// A version folder by folder, as somebody browses it; no question looks at more than it answers.
extension CatalogReader {
    /// Calls `body` with the entries of one folder in a version, by the bytes of their names.
    /// - Parameters:
    ///   - folder: its path, with a separator at the end.
    ///   - version: the id of the version.
    ///   - name: only entries behind that one; nil begins with the first.
    ///   - limit: how many at most.
    ///   - body: gets each entry.
    /// - Throws: `CatalogError`, or what `body` throws.
    public func forEachEntry(
        in folder: [UInt8], of version: Int64, after name: [UInt8]? = nil, limit: Int,
        _ body: (CatalogEntry) throws -> Void
    ) throws {
        let query = try PreparedStatement(
            connection,
            """
            SELECT \(entryColumns) FROM entry e
            WHERE e.folder = (SELECT id FROM folder WHERE path = ?1) \(name == nil ? "" : "AND e.name > ?2")
            AND e.since <= ?3 AND (e.until IS NULL OR e.until > ?3) ORDER BY e.name LIMIT ?4
            """)
        query.bind(1, folder)
        if let name { query.bind(2, name) }
        query.bind(3, version)
        query.bind(4, Int64(limit))
        while try query.step() { try body(readEntry(query, from: 0, path: path)) }
    }

    /// The folders directly below a path that lead to entries of a version, by name, with a separator at their ends.
    ///
    /// For the way from the root to what was backed up: a version has no entries for the folders above its sources.
    /// - Parameters:
    ///   - prefix: a path with a separator at the end, or nothing for the roots.
    ///   - version: the id of the version.
    /// - Returns: their paths.
    /// - Throws: `CatalogError`.
    public func branches(below prefix: [UInt8], of version: Int64) throws -> [[UInt8]] {
        let next = try PreparedStatement(
            connection, "SELECT path FROM folder WHERE path > ?1 AND path < ?2 ORDER BY path LIMIT 1")
        let lives = try PreparedStatement(
            connection,
            """
            SELECT 1 FROM folder f CROSS JOIN entry e ON e.folder = f.id
            WHERE f.path >= ?1 AND f.path < ?2 AND e.since <= ?3 AND (e.until IS NULL OR e.until > ?3) LIMIT 1
            """)
        var branches: [[UInt8]] = []
        var start = prefix
        // No name has this byte: paths are UTF-8, or what a file system of Unix takes.
        let end = Self.end(of: prefix)
        while true {
            next.bind(1, start)
            next.bind(2, end)
            let found = try next.step() ? Array(next.blob(0)) : nil
            next.reset()
            guard let found else { return branches }
            let rest = found[prefix.count...]
            // The root of Unix is a separator alone; elsewhere a name goes before it.
            guard let separator = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
            else {
                start = found
                continue
            }
            let branch = Array(found[...separator])
            lives.bind(1, branch)
            lives.bind(2, Self.end(of: branch))
            lives.bind(3, version)
            if try lives.step() { branches.append(branch) }
            lives.reset()
            start = Self.end(of: branch)
        }
    }

    /// The first path behind all those that begin with a prefix.
    private static func end(of prefix: [UInt8]) -> [UInt8] {
        var end = prefix
        while let last = end.last {
            if last < 0xFF {
                end[end.count - 1] = last + 1
                return end
            }
            end.removeLast()
        }
        return [UInt8](repeating: 0xFF, count: 8)
    }
}
