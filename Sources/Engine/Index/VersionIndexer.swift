internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Turns the filelists of versions, oldest first, into the catalog's intervals.
final class VersionIndexer {
    private let settings: StoreSettings
    private let contents: ContentRegistry
    private let folders = FolderRegistry()
    private let problems: ProblemLog
    /// Folders that have entries in the version before.
    private var livingFolders: Set<Int64> = []
    private var nextVersion: Int64 = 1

    init(settings: StoreSettings, contents: ContentRegistry, problems: ProblemLog) {
        self.settings = settings
        self.contents = contents
        self.problems = problems
    }

    /// Adds the version of a filelist that was read through without a fault before.
    func add(
        _ reader: VolumeReader, time: Timestamp, volume: Int64, _ writer: borrowing CatalogWriter
    ) throws {
        let isFull = try reader.filesetFlags().isFullBackup
        var version = CatalogVersion(id: nextVersion, time: time, volume: volume, isFull: isFull)
        nextVersion += 1
        var list = IndexedFileList()
        let summary = try reader.readFileList { entry in
            try collect(entry, of: reader.name, into: &list, writer)
        }
        if summary.skippedCount > 0, let first = summary.skipped.first {
            problems.add(
                Problem(
                    .damaged, reader.name.text,
                    "\(summary.skippedCount) entries cannot be used, the first is “\(first.path)”: \(first.reason)"))
        }
        list.sort()
        try merge(list, into: &version, writer)
        try writer.put(version)
    }

    private func collect(
        _ entry: FileEntry, of object: ObjectName, into list: inout IndexedFileList, _ writer: borrowing CatalogWriter
    ) throws {
        var entry = entry
        if let fault = EntryFault.find(in: entry, settings) {
            problems.add(Problem(.damaged, entry.pathText, "is left out of the version in \(object): \(fault)"))
            return
        }
        if let fault = EntryFault.find(inMetadataOf: entry, settings) {
            problems.add(
                Problem(
                    .damaged, entry.pathText, "its owner, mode and times are left out of \(object): \(fault)"))
            entry.metaHash = nil
        }
        try entry.path.withUnsafeBytes { path in
            let (folderCount, name) = EntryPath.split(path)
            let folder = try folders.id(of: UnsafeRawBufferPointer(rebasing: path[..<folderCount]), writer)
            let row = IndexedFileList.Row(
                folder: folder, nameStart: 0, nameCount: 0, kind: entry.catalogKind,
                size: entry.kind == .file ? entry.size : 0,
                modified: entry.time?.unixNanoseconds ?? 0, data: try content(of: entry, writer),
                metadata: try metadata(of: entry, writer))
            list.append(row, name: UnsafeRawBufferPointer(rebasing: path[name]))
        }
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

    /// Compares the list with the version before, folder by folder, and records what differs.
    private func merge(
        _ list: IndexedFileList, into version: inout CatalogVersion, _ writer: borrowing CatalogWriter
    ) throws {
        let live = try writer.reading { try $0.liveEntries() }
        var vanished = livingFolders
        livingFolders.removeAll(keepingCapacity: true)
        var start = 0
        while start < list.rows.count {
            let folder = list.rows[start].folder
            var end = start + 1
            while end < list.rows.count, list.rows[end].folder == folder { end += 1 }
            let before = vanished.remove(folder) == nil ? [] : try living(in: folder, live)
            try merge(list, start..<end, folder: folder, before: before, into: &version, writer)
            livingFolders.insert(folder)
            start = end
        }
        for folder in vanished {
            for entry in try living(in: folder, live) {
                try writer.close(entry.name, in: folder, until: version.id)
            }
        }
    }

    private func living(in folder: Int64, _ live: LiveEntries) throws -> [CatalogEntry] {
        var entries: [CatalogEntry] = []
        try live.load(folder: folder, into: &entries)
        return entries
    }

    private func merge(
        _ list: IndexedFileList, _ range: Range<Int>, folder: Int64, before: [CatalogEntry],
        into version: inout CatalogVersion, _ writer: borrowing CatalogWriter
    ) throws {
        var old = before[...]
        var lastName: [UInt8]?
        for row in list.rows[range] {
            if let lastName, list.compareName(row, to: lastName) == 0 {
                problems.add(
                    Problem(
                        .remoteObject, String(decoding: lastName, as: UTF8.self),
                        "is listed more than once in the version of \(version.time); the first counts"))
                continue
            }
            let entry = list.entry(row)
            lastName = entry.name
            guard version.count(row) else {
                problems.add(
                    Problem(
                        .damaged, String(decoding: entry.name, as: UTF8.self),
                        "is left out of the version of \(version.time): with its \(row.size) bytes the version has "
                            + "more than a store can hold"))
                continue
            }
            while let first = old.first, list.compareName(row, to: first.name) > 0 {
                try writer.close(first.name, in: folder, until: version.id)
                old.removeFirst()
            }
            if let first = old.first, list.compareName(row, to: first.name) == 0 {
                old.removeFirst()
                if first == entry { continue }
                try writer.close(first.name, in: folder, until: version.id)
            }
            try writer.open(entry, in: folder, since: version.id)
        }
        for entry in old { try writer.close(entry.name, in: folder, until: version.id) }
    }
}

extension CatalogVersion {
    /// Counts an entry; false when the bytes of all are more than any store has.
    fileprivate mutating func count(_ row: IndexedFileList.Row) -> Bool {
        guard row.size <= EntryFault.largestSum - bytes else { return false }
        bytes += row.size
        switch row.kind {
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
