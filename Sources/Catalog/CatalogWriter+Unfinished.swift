internal import GRDB

/// What a run has recorded of a version that is not there yet.
///
/// Its rows begin or end with a number that no version has, so nobody who asks for a version sees them.
extension CatalogWriter {
    /// How much a version without a row differs from the one before it.
    public func countChanges(of version: Int64) throws -> Int {
        try Int.fetchOne(
            connection,
            sql: """
                SELECT (SELECT count(*) FROM entry WHERE since = ?1)
                    + (SELECT count(*) FROM entry WHERE until = ?1 AND NOT EXISTS (
                        SELECT 1 FROM entry n
                        WHERE n.folder = entry.folder AND n.name = entry.name AND n.since = ?1))
                """, arguments: [version]) ?? 0
    }

    /// Takes back those states of an unfinished version whose blocks are not all in some volume.
    ///
    /// What was there before counts as the newest state again. Contents and folders that nothing names then go too.
    /// - Parameters:
    ///   - version: the number of the unfinished version.
    ///   - first: the numbers that the run began with.
    /// - Returns: how many states were taken back.
    /// - Throws: `CatalogError`.
    public func revertIncompleteStates(of version: Int64, first: CatalogIdentifiers) throws -> Int {
        let isStored = try storedBlocks()
        let complete = try completeContents(from: first.content, isStored)
        func isComplete(_ reference: ContentReference) -> Bool {
            switch reference {
            case .nothing: true
            case .block(let id): isStored(id)
            case .content(let id): id < first.content || complete.contains(id)
            }
        }
        var incomplete: [(folder: Int64, name: [UInt8])] = []
        let query = try PreparedStatement(
            connection, "SELECT folder, name, data, metadata FROM entry WHERE since = ?")
        query.bind(1, version)
        while try query.step() {
            guard isComplete(ContentReference(rawValue: query.int64(2))),
                isComplete(ContentReference(rawValue: query.int64(3)))
            else {
                incomplete.append((query.int64(0), Array(query.blob(1))))
                continue
            }
        }
        let removal = try PreparedStatement(
            connection, "DELETE FROM entry WHERE folder = ? AND name = ? AND since = ?")
        let reopening = try PreparedStatement(
            connection, "UPDATE entry SET until = NULL WHERE folder = ? AND name = ? AND until = ?")
        for entry in incomplete {
            for statement in [removal, reopening] {
                statement.bind(1, entry.folder)
                statement.bind(2, entry.name)
                statement.bind(3, version)
                try statement.run()
            }
        }
        try dropUnneeded(from: first)
        return incomplete.count
    }

    /// Takes back all that an unfinished version has recorded of the sources, so that the version before is the newest.
    ///
    /// Blocks and volumes stay: whatever needs them next finds them.
    /// - Parameters:
    ///   - version: the number of the unfinished version.
    ///   - first: the numbers that the run began with.
    /// - Throws: `CatalogError`.
    public func revertStates(of version: Int64, first: CatalogIdentifiers) throws {
        try connection.execute(sql: "DELETE FROM entry WHERE since = ?", arguments: [version])
        try connection.execute(sql: "UPDATE entry SET until = NULL WHERE until = ?", arguments: [version])
        try dropUnneeded(from: first)
    }

    /// Removes the contents and folders of an unfinished run that nothing names.
    private func dropUnneeded(from first: CatalogIdentifiers) throws {
        try connection.execute(
            sql: """
                CREATE TEMP TABLE needed(id INTEGER PRIMARY KEY);
                INSERT OR IGNORE INTO needed SELECT data FROM entry WHERE data >= :content;
                INSERT OR IGNORE INTO needed SELECT metadata FROM entry WHERE metadata >= :content;
                DELETE FROM blocklist WHERE content >= :content AND content NOT IN (SELECT id FROM needed);
                DELETE FROM content WHERE id >= :content AND id NOT IN (SELECT id FROM needed);
                DROP TABLE needed;
                DELETE FROM folder WHERE id >= :folder AND id NOT IN (SELECT folder FROM entry);
                """, arguments: ["content": first.content, "folder": first.folder])
    }

    /// Forgets a data volume of an unfinished run that is not at the destination after all.
    ///
    /// Its new blocks go; old ones that had been stored in it once more are lost again.
    public func forgetUnfinishedVolume(_ volume: Int64, first: CatalogIdentifiers) throws {
        try connection.execute(
            sql: """
                DELETE FROM block WHERE volume = :volume AND id >= :block;
                UPDATE block SET volume = 0 WHERE volume = :volume;
                DELETE FROM duplicate WHERE volume = :volume;
                """, arguments: ["volume": volume, "block": first.block])
        try removeVolume(volume)
    }

    /// Ends the states of everything below folders that ended with an unfinished version.
    ///
    /// The run that ended was told of the folder by its parent's listing, but had not come to what was in it.
    public func endStatesBelowEndedFolders(of version: Int64) throws {
        var ended: [[UInt8]] = []
        let query = try PreparedStatement(
            connection,
            """
            SELECT f.path, e.name FROM entry e JOIN folder f ON f.id = e.folder
            WHERE e.until = ?1 AND e.kind = 0 AND NOT EXISTS (
                SELECT 1 FROM entry n
                WHERE n.folder = e.folder AND n.name = e.name AND n.until IS NULL AND n.kind = 0)
            """)
        query.bind(1, version)
        while try query.step() {
            let parent = Array(query.blob(0))
            ended.append(parent + Array(query.blob(1)) + [parent.last ?? UInt8(ascii: "/")])
        }
        for path in ended {
            guard let last = path.last else { continue }
            let end = path.dropLast() + [last + 1]
            let below = try PreparedStatement(connection, "SELECT id FROM folder WHERE path >= ? AND path < ?")
            below.bind(1, path)
            below.bind(2, Array(end))
            var folders: [Int64] = []
            while try below.step() { folders.append(below.int64(0)) }
            for folder in folders {
                try connection.execute(
                    sql: """
                        DELETE FROM entry WHERE folder = :folder AND since = :version;
                        UPDATE entry SET until = :version WHERE folder = :folder AND until IS NULL;
                        """, arguments: ["folder": folder, "version": version])
            }
        }
    }

    /// Tells of a block's number whether some volume has it.
    private func storedBlocks() throws -> (Int64) -> Bool {
        let count = try Int.fetchOne(connection, sql: "SELECT coalesce(max(id), 0) + 1 FROM block") ?? 1
        var stored = [Bool](repeating: false, count: count)
        let query = try PreparedStatement(connection, "SELECT id FROM block WHERE volume <> 0")
        while try query.step() { stored[Int(query.int64(0))] = true }
        return { [stored] id in id > 0 && id < count && stored[Int(id)] }
    }

    /// The new contents of which every block, and every list, is stored.
    private func completeContents(from first: Int64, _ isStored: (Int64) -> Bool) throws -> Set<Int64> {
        var complete: Set<Int64> = []
        var broken: Set<Int64> = []
        let query = try PreparedStatement(
            connection, "SELECT content, list, blocks FROM blocklist WHERE content >= ?")
        query.bind(1, first)
        while try query.step() {
            let content = query.int64(0)
            let list = query.int64(1)
            let isWhole = (list == 0 || isStored(list)) && unpackedBlocks(query.blob(2)).allSatisfy(isStored)
            if isWhole { complete.insert(content) } else { broken.insert(content) }
        }
        return complete.subtracting(broken)
    }
}
