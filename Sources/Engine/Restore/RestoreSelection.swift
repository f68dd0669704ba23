internal import Catalog

/// The entries of a version that were asked for, still at their original paths.
struct RestoreSelection {
    /// A folder or a link.
    struct Item {
        /// Index into `folders`.
        let folder: Int32
        let name: [UInt8]
        let kind: EntryKind
        let metadata: ContentReference
    }

    /// Paths of folders that hold selected entries, with a separator at the end.
    private(set) var folders: [[UInt8]] = []
    private(set) var items: [Item] = []
    /// The files, which become those of the tree; until then their folders are indices into `folders`.
    private(set) var files: [RestoreTree.File] = []
    private(set) var names: [UInt8] = []
    /// Entries that were not asked for.
    private(set) var leftOut = 0

    var isEmpty: Bool { items.isEmpty && files.isEmpty }

    init(_ reader: borrowing CatalogReader, version: CatalogVersion, patterns: [FilterExpression]) throws {
        var matcher = EntryMatcher(patterns)
        var lastFolder: [UInt8] = []
        var index = -1
        var items: [Item] = []
        var folders: [[UInt8]] = []
        var files: [RestoreTree.File] = []
        var names: [UInt8] = []
        var leftOut = 0
        if patterns.isEmpty { files.reserveCapacity(Int(clamping: min(version.files, 100_000_000))) }
        try reader.forEachEntry(of: version.id) { folder, entry in
            guard matcher.selects(folder, entry) else {
                leftOut += 1
                return
            }
            if index < 0 || !lastFolder.elementsEqual(folder) {
                lastFolder = Array(folder)
                index = folders.count
                folders.append(lastFolder)
            }
            guard entry.kind == .file else {
                items.append(
                    Item(folder: Int32(index), name: entry.name, kind: entry.kind, metadata: entry.metadata))
                return
            }
            files.append(
                RestoreTree.File(
                    folder: Int32(index), nameCount: entry.name.count, nameStart: names.count, size: entry.size,
                    modified: entry.modified, data: entry.data, metadata: entry.metadata))
            names.append(contentsOf: entry.name)
        }
        self.items = items
        self.files = files
        self.names = names
        self.folders = folders
        self.leftOut = leftOut
    }

    /// Gives the files away.
    mutating func takeFiles() -> (files: [RestoreTree.File], names: [UInt8]) {
        defer {
            files = []
            names = []
        }
        return (files, names)
    }

    /// The path of an item; folders end with a separator.
    func path(_ item: Item) -> [UInt8] {
        EntryPath.join(folders[Int(item.folder)], item.name, isFolder: item.kind == .folder)
    }

    /// The longest folder that all entries are in, or that is one of them and holds the others; ends with a separator.
    func commonFolder() -> [UInt8] {
        var common: [UInt8]?
        func take(_ folder: [UInt8]) {
            guard let known = common else {
                common = folder
                return
            }
            let separator = known.withUnsafeBytes { EntryPath.separator(of: $0) }
            var count = zip(known, folder).prefix { $0 == $1 }.count
            while count > 0, known[count - 1] != separator { count -= 1 }
            if count < known.count { common = Array(known[..<count]) }
        }
        var lastFolder: Int32 = -1
        for item in items {
            if item.kind == .folder {
                take(path(item))
            } else if item.folder != lastFolder {
                lastFolder = item.folder
                take(folders[Int(item.folder)])
            }
        }
        for file in files where file.folder != lastFolder {
            lastFolder = file.folder
            take(folders[Int(file.folder)])
        }
        return common ?? []
    }
}
