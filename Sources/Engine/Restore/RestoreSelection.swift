internal import Catalog

/// The entries of a version that were asked for, still at their original paths.
struct RestoreSelection {
    /// An entry; its name is in the common store, for there may be millions.
    struct Item {
        /// Index into `folders`.
        let folder: Int32
        fileprivate let nameCount: Int32
        fileprivate let nameStart: Int
        let kind: EntryKind
        let size: Int64
        let modified: Int64
        let data: ContentReference
        let metadata: ContentReference
    }

    /// Paths of folders that hold selected entries, with a separator at the end.
    private(set) var folders: [[UInt8]] = []
    private(set) var items: [Item] = []
    private var names: [UInt8] = []
    /// Entries that were not asked for.
    private(set) var leftOut = 0

    init(_ reader: borrowing CatalogReader, version: Int64, patterns: [FilterExpression]) throws {
        var matcher = EntryMatcher(patterns)
        var lastFolder: [UInt8] = []
        var index = -1
        var items: [Item] = []
        var folders: [[UInt8]] = []
        var names: [UInt8] = []
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
            items.append(
                Item(
                    folder: Int32(index), nameCount: Int32(entry.name.count), nameStart: names.count,
                    kind: entry.kind, size: entry.size, modified: entry.modified, data: entry.data,
                    metadata: entry.metadata))
            names.append(contentsOf: entry.name)
        }
        self.items = items
        self.names = names
        self.folders = folders
        self.leftOut = leftOut
    }

    /// The last component of an item's path.
    func name(_ item: Item) -> ArraySlice<UInt8> {
        names[item.nameStart..<item.nameStart + Int(item.nameCount)]
    }

    /// The path of an item; folders end with a separator.
    func path(_ item: Item) -> [UInt8] {
        EntryPath.join(folders[Int(item.folder)], Array(name(item)), isFolder: item.kind == .folder)
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
        var lastFolder: Int32 = -1
        for item in items {
            if item.kind == .folder {
                take(path(item))
            } else if item.folder != lastFolder {
                lastFolder = item.folder
                take(folders[Int(item.folder)])
            }
        }
        return common ?? []
    }
}
