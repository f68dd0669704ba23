internal import Catalog

/// Which entries are to change in which versions.
struct EntryChanges {
    /// One entry of one folder.
    struct Key: Hashable {
        let folder: [UInt8]
        let name: [UInt8]
    }

    /// What is to be done to an entry, by version.
    private(set) var removals: [Key: Set<Int64>] = [:]
    /// The same for those that only lose their metadata.
    private(set) var strippings: [Key: Set<Int64>] = [:]
    private(set) var removedCounts: [Int64: Int] = [:]
    private(set) var strippedCounts: [Int64: Int] = [:]

    /// The versions that change.
    var versions: Set<Int64> { Set(removedCounts.keys).union(strippedCounts.keys) }

    mutating func remove(_ key: Key, from versions: some Sequence<Int64>) {
        for version in versions where removals[key, default: []].insert(version).inserted {
            removedCounts[version, default: 0] += 1
        }
    }

    mutating func strip(_ key: Key, in versions: some Sequence<Int64>) {
        for version in versions where strippings[key, default: []].insert(version).inserted {
            strippedCounts[version, default: 0] += 1
        }
    }

    /// Takes out what concerns some versions.
    mutating func leaveOut(_ versions: Set<Int64>) {
        removals = removals.mapValues { $0.subtracting(versions) }
        strippings = strippings.mapValues { $0.subtracting(versions) }
        for version in versions {
            removedCounts[version] = nil
            strippedCounts[version] = nil
        }
    }

    /// Carries the changes out in a catalog; `metadata` is what entries without their own get.
    func apply(_ writer: borrowing CatalogWriter, among versions: [Int64], metadata: ContentReference) throws {
        let folders = try folderNumbers(writer)
        for (key, affected) in removals where !affected.isEmpty {
            guard let folder = folders[key.folder] else { continue }
            try writer.change(key.name, in: folder, of: affected, among: versions) { _ in nil }
        }
        for (key, affected) in strippings where !affected.isEmpty {
            guard let folder = folders[key.folder] else { continue }
            try writer.change(key.name, in: folder, of: affected, among: versions) { entry in
                var entry = entry
                entry.metadata = metadata
                // The next backup is to look at it again.
                entry.changed = CatalogEntry.unsettled
                return entry
            }
        }
    }

    private func folderNumbers(_ writer: borrowing CatalogWriter) throws -> [[UInt8]: Int64] {
        let wanted = Set(removals.keys.map(\.folder)).union(strippings.keys.map(\.folder))
        return try writer.reading { reader in
            let live = try reader.liveEntries()
            var numbers: [[UInt8]: Int64] = [:]
            for folder in wanted { numbers[folder] = try live.find(folder) }
            return numbers
        }
    }
}
