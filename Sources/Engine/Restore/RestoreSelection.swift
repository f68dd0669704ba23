internal import Catalog

/// The entries of a version that were asked for, still at their original paths.
struct RestoreSelection {
    struct Item {
        /// Index into `folders`.
        let folder: Int
        let entry: CatalogEntry
    }

    /// Paths of folders that hold selected entries, with a separator at the end.
    private(set) var folders: [[UInt8]] = []
    private(set) var items: [Item] = []
    /// Entries that were not asked for.
    private(set) var leftOut = 0

    init(_ reader: borrowing CatalogReader, version: Int64, patterns: [FilterExpression]) throws {
        var matcher = EntryMatcher(patterns)
        var lastFolder: [UInt8] = []
        var index = -1
        var items: [Item] = []
        var folders: [[UInt8]] = []
        var leftOut = 0
        try reader.forEachEntry(of: version) { folder, entry in
            guard matcher.selects(folder, entry) else {
                leftOut += 1
                return
            }
            if index < 0 || !lastFolder.elementsEqual(folder) {
                lastFolder = Array(folder)
                index = folders.count
                folders.append(lastFolder)
            }
            items.append(Item(folder: index, entry: entry))
        }
        self.items = items
        self.folders = folders
        self.leftOut = leftOut
    }

    /// The path of an item; folders end with a separator.
    func path(_ item: Item) -> [UInt8] {
        EntryPath.join(folders[item.folder], item.entry.name, isFolder: item.entry.kind == .folder)
    }

    /// The longest folder that all items are in, or that is one of them and holds the others; ends with a separator.
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
        var lastFolder = -1
        for item in items {
            if item.entry.kind == .folder {
                take(path(item))
            } else if item.folder != lastFolder {
                lastFolder = item.folder
                take(folders[item.folder])
            }
        }
        return common ?? []
    }
}
