internal import GRDB

/// What a version that is being made has of files below a path, and how that differs from the version before.
public struct CatalogTally: Sendable, Hashable {
    /// Files that it has.
    public var files: Int64 = 0
    /// Their bytes.
    public var bytes: Int64 = 0
    /// Files that the version before has.
    public var filesBefore: Int64 = 0
    /// Those of the version before that it lacks.
    public var removed: Int64 = 0
    /// Those of the version before whose content is another now.
    public var changed: Int64 = 0

    /// No files.
    public init() {}
}

extension CatalogReader {
    /// Counts the files of a path in a version that is not there yet, and in the one before it.
    /// - Parameters:
    ///   - source: the path of a folder, or of a file, without a separator at its end.
    ///   - version: the number of the version that is being made.
    /// - Returns: the counts.
    /// - Throws: `CatalogError`.
    public func tally(of source: [UInt8], unfinished version: Int64) throws -> CatalogTally {
        let separator = UInt8(ascii: "/")
        let isRoot = source.allSatisfy { $0 == separator }
        let below = isRoot ? [separator] : source + [separator]
        let end = isRoot ? [separator + 1] : source + [separator + 1]
        let start = (source.lastIndex(of: separator) ?? -1) + 1
        let query = try PreparedStatement(
            connection,
            """
            WITH place(id) AS (SELECT id FROM folder WHERE path >= ?1 AND path < ?2),
            own AS (
                SELECT e.* FROM place CROSS JOIN entry e ON e.folder = place.id
                WHERE e.kind = 1 AND (e.until IS NULL OR e.until = ?5)
                UNION ALL
                SELECT e.* FROM entry e
                WHERE e.folder = (SELECT id FROM folder WHERE path = ?3) AND e.name = ?4
                    AND e.kind = 1 AND (e.until IS NULL OR e.until = ?5)
            )
            SELECT
                coalesce(sum(e.until IS NULL), 0),
                coalesce(sum(iif(e.until IS NULL, e.size, 0)), 0),
                coalesce(sum(e.since < ?5), 0),
                coalesce(sum(e.until IS NOT NULL AND n.folder IS NULL), 0),
                coalesce(sum(n.folder IS NOT NULL AND (n.data <> e.data OR n.size <> e.size)), 0)
            FROM own e LEFT JOIN entry n
                ON e.until IS NOT NULL AND n.folder = e.folder AND n.name = e.name AND n.since = ?5 AND n.kind = 1
            """)
        query.bind(1, below)
        query.bind(2, end)
        query.bind(3, Array(source[..<start]))
        query.bind(4, Array(source[start...]))
        query.bind(5, version)
        var tally = CatalogTally()
        guard try query.step() else { return tally }
        tally.files = query.int64(0)
        tally.bytes = query.int64(1)
        tally.filesBefore = query.int64(2)
        tally.removed = query.int64(3)
        tally.changed = query.int64(4)
        return tally
    }
}
