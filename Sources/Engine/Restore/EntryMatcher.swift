internal import Catalog

/// Decides which entries of a version patterns mean; asked in the order of the catalog, a folder before its content.
struct EntryMatcher {
    private let filter: FilterSet?
    /// Folders that match; what is in them is meant too.
    private var whole: Set<[UInt8]> = []
    private var lastFolder: [UInt8] = []
    private var lastFolderIsWhole = false
    private var isFirst = true

    init(_ patterns: [FilterExpression]) {
        filter = patterns.isEmpty ? nil : FilterSet(patterns.map { FilterRule(.include, $0) })
    }

    mutating func selects(_ folder: UnsafeRawBufferPointer, _ entry: CatalogEntry) -> Bool {
        guard let filter else { return true }
        if isFirst || !lastFolder.elementsEqual(folder) {
            isFirst = false
            lastFolder = Array(folder)
            lastFolderIsWhole = whole.contains(lastFolder)
        }
        let isFolder = entry.kind.hasFolderPath
        let path = EntryPath.join(folder, entry.name, isFolder: isFolder)
        guard lastFolderIsWhole || Self.matches(path, isFolder: isFolder, filter) else { return false }
        if isFolder { whole.insert(path) }
        return true
    }

    /// A folder may be written with or without the separator at its end, and Windows' paths with either separator.
    fileprivate static func matches(_ path: [UInt8], isFolder: Bool, _ filter: FilterSet) -> Bool {
        if filter.decide(path).outcome == .included { return true }
        if isFolder, path.count > 1, filter.decide(Array(path.dropLast())).outcome == .included { return true }
        guard path.first != EntryPath.slash else { return false }
        let slashed = path.map { $0 == EntryPath.backslash ? EntryPath.slash : $0 }
        return matches([EntryPath.slash] + slashed, isFolder: isFolder, filter)
    }
}

/// Decides which entries patterns mean, where not every folder above them is asked for first.
struct LooseEntryMatcher {
    private let filter: FilterSet?
    private var whole: [[UInt8]: Bool] = [:]

    init(_ patterns: [FilterExpression]) {
        filter = patterns.isEmpty ? nil : FilterSet(patterns.map { FilterRule(.include, $0) })
    }

    mutating func selects(_ folder: UnsafeRawBufferPointer, _ name: [UInt8], isFolder: Bool) -> Bool {
        guard let filter else { return true }
        if isWhole(Array(folder), filter) { return true }
        return EntryMatcher.matches(EntryPath.join(folder, name, isFolder: isFolder), isFolder: isFolder, filter)
    }

    /// Whether a folder matches, or one above it.
    private mutating func isWhole(_ folder: [UInt8], _ filter: FilterSet) -> Bool {
        guard !folder.isEmpty else { return false }
        if let known = whole[folder] { return known }
        let parent = EntryPath.split(folder).folder
        let result = EntryMatcher.matches(folder, isFolder: true, filter) || isWhole(parent, filter)
        whole[folder] = result
        return result
    }
}
