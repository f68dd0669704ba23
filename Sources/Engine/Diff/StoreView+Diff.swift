internal import Catalog
internal import Cryptography

extension StoreView {
    /// What is different about a path in two versions.
    public struct Difference: Sendable, Hashable {
        /// The kinds of difference.
        public enum Change: String, Sendable, Hashable, CaseIterable {
            /// Only the newer of the two named has it.
            case added
            /// Only the first has it.
            case removed
            /// Its content is another one, or a link's target.
            case modified
            /// It is something else now: a folder instead of a file.
            case type
            /// Its content is the same; its owner, mode, times or attributes are not.
            case metadata
        }

        /// What happened.
        public let change: Change
        /// As it is in the first version.
        public let old: Entry?
        /// As it is in the second version.
        public let new: Entry?
    }

    /// Calls `body` with every entry that differs between two versions, in the order of the paths.
    ///
    /// Memory does not grow with the number of entries.
    /// - Parameters:
    ///   - first: the version to begin with.
    ///   - second: the version to compare it with.
    ///   - patterns: as `FilterExpression(argument:)` reads them; none means everything.
    ///   - body: gets each difference.
    /// - Returns: both versions.
    /// - Throws: `.noSuchVersion`, `.catalog`, and what `body` throws.
    @discardableResult
    public func diff(
        from first: VersionSelector, to second: VersionSelector, matching patterns: [FilterExpression] = [],
        _ body: (Difference) throws -> Void
    ) throws(EngineError) -> (old: Version, new: Version) {
        try read { reader in
            let all = try reader.versions()
            let old = try first.resolve(all)
            let new = try second.resolve(all)
            var matcher = LooseEntryMatcher(patterns)
            let contents = try reader.contents()
            if old.id != new.id {
                try reader.forEachDifference(from: old.id, to: new.id) { folder, before, after in
                    guard let any = after ?? before,
                        matcher.selects(folder, any.name, isFolder: any.kind.hasFolderPath),
                        let change = try Self.change(before, after, contents)
                    else { return }
                    try body(
                        Difference(
                            change: change, old: before.map { Self.entry(folder, $0) },
                            new: after.map { Self.entry(folder, $0) }))
                }
            }
            return (Self.version(old, among: all), Self.version(new, among: all))
        }
    }

    private static func change(
        _ old: CatalogEntry?, _ new: CatalogEntry?, _ contents: ContentLookup
    ) throws -> Difference.Change? {
        guard let old else { return .added }
        guard let new else { return .removed }
        guard old.kind.isLink == new.kind.isLink, old.kind.isLink || old.kind == new.kind else { return .type }
        // The same content may be known under several numbers.
        func isSame(_ left: ContentReference, _ right: ContentReference) throws -> Bool {
            if left == right { return true }
            return try ExistingFile.expectedHash(left, contents) == ExistingFile.expectedHash(right, contents)
        }
        guard old.size == new.size, try isSame(old.data, new.data) else { return .modified }
        if old.metadata == new.metadata { return nil }
        if try isSame(old.metadata, new.metadata) { return nil }
        // A link's target is part of its metadata, and nearly all there is to change.
        return old.kind.isLink ? .modified : .metadata
    }

    static func version(_ version: CatalogVersion, among all: [CatalogVersion]) -> Version {
        let number = all.count - 1 - (all.firstIndex { $0.id == version.id } ?? 0)
        return Version(
            number: number, time: version.time, files: version.files, folders: version.folders,
            symlinks: version.symlinks, bytes: version.bytes, isFull: version.isFull)
    }
}

extension EntryKind {
    fileprivate var isLink: Bool { self == .symlink || self == .folderLink }
}
