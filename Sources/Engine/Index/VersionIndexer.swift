internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Turns the filelists of versions, oldest first, into the catalog's intervals.
///
/// Most of a filelist says what the one before it said: those entries are recognised by their fingerprints, wherever
/// they stand, and cost neither a lookup nor a write.
final class VersionIndexer {
    private let settings: StoreSettings
    private let contents: ContentRegistry
    private let folders = FolderRegistry()
    private let problems: ProblemLog
    /// The version before.
    private var live = LiveList()
    /// Its rows in the order of its filelist.
    private var order: [Int32] = []
    private var nextVersion: Int64 = 1

    init(settings: StoreSettings, contents: ContentRegistry, problems: ProblemLog) {
        self.settings = settings
        self.contents = contents
        self.problems = problems
    }

    /// Adds the version of a filelist.
    func add(
        _ list: ParsedFileList, of object: ObjectName, isFull: Bool, time: Timestamp, volume: Int64,
        _ writer: borrowing CatalogWriter
    ) throws {
        var version = CatalogVersion(id: nextVersion, time: time, volume: volume, isFull: isFull)
        nextVersion += 1
        if list.summary.skippedCount > 0, let first = list.summary.skipped.first {
            problems.add(
                Problem(
                    .damaged, object.text,
                    "\(Count(list.summary.skippedCount, "entry", "entries")) cannot be used, the first is "
                        + "“\(first.path)”: \(first.reason)"))
        }
        var (positions, unknown) = match(list, counting: &version)
        var fresh = LiveList()
        fresh.reserve(unknown.count)
        let entries = list.entries()
        for index in unknown { try collect(list, index, entries, of: object, into: &fresh, writer) }
        fresh.sort()
        let opened = accept(fresh, positions: &positions, into: &version)
        for (row, position) in zip(live.rows, positions) where position < 0 {
            try writer.close(live.name(row), in: Int64(row.folder), until: version.id)
        }
        for index in opened {
            let row = fresh.rows[index]
            try writer.open(fresh.entry(row), in: Int64(row.folder), since: version.id)
        }
        replaceLive(keeping: positions, adding: opened, of: fresh, count: list.records.count)
        try writer.put(version)
    }

    /// Finds the entries that are as in the version before.
    /// - Returns: for each row of that version its place in the list, or -1; and the records that match none.
    private func match(
        _ list: ParsedFileList, counting version: inout CatalogVersion
    ) -> (positions: [Int32], unknown: [Int]) {
        var positions = [Int32](repeating: -1, count: live.rows.count)
        var unknown: [Int] = []
        var table: FingerprintTable?
        // Where the next one should be, if both lists are alike from here on.
        var next = 0
        for (index, record) in list.records.enumerated() {
            var row: Int?
            if next < order.count, live.rows[Int(order[next])].fingerprint == record.fingerprint {
                row = Int(order[next])
            } else if !live.rows.isEmpty {
                if table == nil { table = FingerprintTable(live) }
                row = table?.find(record.fingerprint, in: live)
            }
            if let row, positions[row] < 0, version.count(record.kind, size: record.size) {
                positions[row] = Int32(index)
                next = Int(live.rows[row].position) + 1
            } else {
                unknown.append(index)
            }
        }
        return (positions, unknown)
    }

    private func collect(
        _ list: ParsedFileList, _ index: Int, _ entries: PackedEntries.Reader, of object: ObjectName,
        into fresh: inout LiveList,
        _ writer: borrowing CatalogWriter
    ) throws {
        let record = list.records[index]
        var entry = try list.entry(record, entries)
        if let fault = EntryFault.find(in: entry, settings) {
            problems.add(Problem(.damaged, entry.pathText, "is left out of the version in \(object): \(fault)"))
            return
        }
        var fingerprint = record.fingerprint
        if let fault = EntryFault.find(inMetadataOf: entry, settings) {
            problems.add(
                Problem(
                    .damaged, entry.pathText, "its owner, mode and times are left out of \(object): \(fault)"))
            entry.metaHash = nil
            // Every version that has it is to say so.
            fingerprint = .init()
        }
        try entry.path.withUnsafeBytes { path in
            let (folderCount, name) = EntryPath.split(path)
            let folder = try folders.id(of: UnsafeRawBufferPointer(rebasing: path[..<folderCount]), writer)
            let row = LiveList.Row(
                fingerprint: fingerprint, size: record.size, modified: entry.time?.unixNanoseconds ?? 0,
                data: try content(of: entry, writer).rawValue, metadata: try metadata(of: entry, writer).rawValue,
                folder: Int32(truncatingIfNeeded: folder), position: Int32(index), kind: record.kind)
            fresh.append(row, name: UnsafeRawBufferPointer(rebasing: path[name]))
        }
    }

    /// Compares the entries that look new with those of the same name in the version before.
    /// - Returns: the rows that the version really has anew.
    private func accept(
        _ fresh: LiveList, positions: inout [Int32], into version: inout CatalogVersion
    ) -> [Int] {
        var opened: [Int] = []
        var start = 0
        for (index, row) in fresh.rows.enumerated() {
            start = live.lowerBound(of: row, of: fresh, from: start)
            let isKnown = start < live.rows.count && live.compare(live.rows[start], to: row, of: fresh) == 0
            let isSecond = index > 0 && fresh.compare(fresh.rows[index - 1], to: row, of: fresh) == 0
            if isSecond || isKnown && positions[start] >= 0 {
                tell(
                    .remoteObject, fresh, row,
                    "is listed more than once in the version of \(version.time); the first counts")
            } else if !version.count(row.kind, size: row.size) {
                tell(
                    .damaged, fresh, row,
                    "is left out of the version of \(version.time): with its \(row.size) bytes the version has more "
                        + "than a store can hold")
            } else if isKnown, live.rows[start].isSame(as: row) {
                positions[start] = row.position
                live.update(start) { $0.fingerprint = row.fingerprint }
            } else {
                opened.append(index)
            }
        }
        return opened
    }

    private func tell(_ code: Problem.Code, _ list: LiveList, _ row: LiveList.Row, _ message: String) {
        let path = (folders.path(of: Int64(row.folder)) ?? []) + list.name(row)
        problems.add(Problem(code, String(decoding: path, as: UTF8.self), message))
    }

    /// Makes this version the one that the next is compared with.
    private func replaceLive(keeping positions: [Int32], adding opened: [Int], of fresh: LiveList, count: Int) {
        if opened.isEmpty, positions.allSatisfy({ $0 >= 0 }) {
            for (index, position) in positions.enumerated() { live.update(index) { $0.position = position } }
        } else if live.rows.isEmpty, opened.count == fresh.rows.count {
            live = fresh
        } else {
            live = merged(keeping: positions, adding: opened, of: fresh)
        }
        var rowAt = [Int32](repeating: -1, count: count)
        for (index, row) in live.rows.enumerated() { rowAt[Int(row.position)] = Int32(index) }
        order = rowAt.filter { $0 >= 0 }
        for (place, index) in order.enumerated() { live.update(Int(index)) { $0.position = Int32(place) } }
    }

    private func merged(keeping positions: [Int32], adding opened: [Int], of fresh: LiveList) -> LiveList {
        var list = LiveList()
        var rest = opened[...]
        for (index, row) in live.rows.enumerated() where positions[index] >= 0 {
            while let first = rest.first, live.compare(row, to: fresh.rows[first], of: fresh) > 0 {
                list.append(fresh.rows[first], of: fresh)
                rest.removeFirst()
            }
            list.append(row, of: live)
            list.update(list.rows.count - 1) { $0.position = positions[index] }
        }
        for index in rest { list.append(fresh.rows[index], of: fresh) }
        return list
    }

    private func content(of entry: FileEntry, _ writer: borrowing CatalogWriter) throws -> ContentReference {
        guard entry.kind == .file, let hash = entry.hash else { return .nothing }
        return try contents.reference(
            hash: hash, size: entry.size, block: entry.contentBlock(settings), lists: entry.blocklists, writer)
    }

    private func metadata(of entry: FileEntry, _ writer: borrowing CatalogWriter) throws -> ContentReference {
        guard let hash = entry.metaHash, entry.metaSize > 0 else { return .nothing }
        return try contents.reference(
            hash: hash, size: Int64(entry.metaSize), block: entry.metadataBlock(settings),
            lists: entry.metaBlocklists, writer)
    }
}

/// The rows of a list by their fingerprints, which are as good as random numbers.
private struct FingerprintTable {
    private var slots: [Int32]

    init(_ list: LiveList) {
        var size = 64
        while size < list.rows.count * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        for (index, row) in list.rows.enumerated() where row.fingerprint.isSet {
            var slot = Int(truncatingIfNeeded: row.fingerprint.low) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index)
        }
    }

    func find(_ fingerprint: ParsedFileList.Fingerprint, in list: LiveList) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: fingerprint.low) & mask
        while slots[slot] >= 0 {
            if list.rows[Int(slots[slot])].fingerprint == fingerprint { return Int(slots[slot]) }
            slot = (slot + 1) & mask
        }
        return nil
    }
}

extension CatalogVersion {
    /// Counts an entry; false when the bytes of all are more than any store has.
    fileprivate mutating func count(_ kind: EntryKind, size: Int64) -> Bool {
        guard size <= EntryFault.largestSum - bytes else { return false }
        bytes += size
        switch kind {
        case .file: files += 1
        case .folder: folders += 1
        case .symlink, .folderLink: symlinks += 1
        }
        return true
    }
}

extension FileEntry {
    /// The entry's kind in the catalog's words.
    var catalogKind: EntryKind {
        switch kind {
        case .file: .file
        case .folder: .folder
        case .symlink:
            path.withUnsafeBytes { path in path.last == EntryPath.separator(of: path) ? .folderLink : .symlink }
        }
    }
}
