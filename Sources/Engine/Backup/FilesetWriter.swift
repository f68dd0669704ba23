internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Writes the filelist of a version from the catalog, entry by entry, however large it is.
struct FilesetWriter {
    let settings: StoreSettings
    let contents: ContentLookup

    /// What the version holds, counted while it is written.
    struct Totals {
        var files: Int64 = 0
        var folders: Int64 = 0
        var symlinks: Int64 = 0
        var bytes: Int64 = 0
    }

    /// Adds the entries of a version that `includes` says yes to: folders and links first, then files, as Duplicati does.
    func write(
        version: Int64, _ reader: borrowing CatalogReader, to list: FileListWriter,
        includes: (CatalogEntry) throws -> Bool = { _ in true }, isCancelled: () -> Bool
    ) throws -> Totals {
        var totals = Totals()
        try reader.forEachEntry(of: version, kinds: [.folder, .symlink, .folderLink]) { folder, entry in
            guard try includes(entry) else { return }
            try add(entry, in: folder, to: list)
            if entry.kind == .folder { totals.folders += 1 } else { totals.symlinks += 1 }
        }
        try reader.forEachEntry(of: version, kinds: [.file]) { folder, entry in
            if isCancelled() { throw EngineError.cancelled }
            guard try includes(entry) else { return }
            try add(entry, in: folder, to: list)
            totals.files += 1
            totals.bytes &+= entry.size
        }
        return totals
    }

    private func add(_ entry: CatalogEntry, in folder: UnsafeRawBufferPointer, to list: FileListWriter) throws {
        var record = FileEntry(
            kind: entry.kind == .file ? .file : entry.kind == .folder ? .folder : .symlink,
            path: EntryPath.join(folder, entry.name, isFolder: entry.kind.hasFolderPath))
        if entry.kind == .file {
            record.size = entry.size
            record.time = Timestamp(unixNanoseconds: entry.modified)
            try describeData(of: entry, in: &record)
        }
        try describeMetadata(of: entry, in: &record)
        try list.add(record)
    }

    private func describeData(of entry: CatalogEntry, in record: inout FileEntry) throws {
        switch entry.data {
        case .nothing:
            record.hash = HashContext(settings.fileHash).hash([])
        case .block(let id):
            record.hash = try contents.block(id).digest
        case .content(let id):
            let content = try contents.content(id)
            record.hash = content.hash
            if let list = content.lists.first, list.listBlock == 0, let only = list.blocks.first {
                record.blockHash = try contents.block(only).digest
                record.blockSize = Int(content.size)
            } else {
                record.blocklists = try content.lists.map { try contents.block($0.listBlock).digest }
            }
        }
    }

    private func describeMetadata(of entry: CatalogEntry, in record: inout FileEntry) throws {
        switch entry.metadata {
        case .nothing: break
        case .block(let id):
            let block = try contents.block(id)
            record.metaHash = block.digest
            record.metaSize = block.size
        case .content(let id):
            let content = try contents.content(id)
            record.metaHash = content.hash
            record.metaSize = Int(content.size)
            if let list = content.lists.first, list.listBlock == 0, let only = list.blocks.first {
                record.metaBlockHash = try contents.block(only).digest
            } else {
                record.metaBlocklists = try content.lists.map { try contents.block($0.listBlock).digest }
            }
        }
    }
}
