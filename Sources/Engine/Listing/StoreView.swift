public import Catalog
public import Support

/// What a store holds, as people ask for it: versions, the files of one, and where a file occurs.
public struct StoreView: Sendable {
    /// A version and its number.
    public struct Version: Sendable, Hashable {
        /// Counted from the newest, which is 0.
        public let number: Int
        /// When it was made.
        public let time: Timestamp
        /// Regular files.
        public let files: Int64
        /// Folders.
        public let folders: Int64
        /// Symbolic links.
        public let symlinks: Int64
        /// Bytes of all files.
        public let bytes: Int64
        /// False when the run was stopped before it had seen everything.
        public let isFull: Bool
    }

    /// A file, folder or link of a version.
    public struct Entry: Sendable, Hashable {
        /// Its path; folders end with a separator.
        public let path: [UInt8]
        /// What it is.
        public let kind: EntryKind
        /// Bytes of content.
        public let size: Int64
        /// When the content was last changed, where the catalog knows.
        public let modified: Timestamp?

        /// The path as text.
        public var pathText: String { String(decoding: path, as: UTF8.self) }
    }

    /// A state of a file and the versions that have it.
    public struct Occurrence: Sendable, Hashable {
        /// The file in that state.
        public let entry: Entry
        /// The numbers of the versions, newest first, without gaps.
        public let versions: ClosedRange<Int>
    }

    private let catalog: Catalog

    /// A view of what a catalog knows.
    public init(_ catalog: Catalog) {
        self.catalog = catalog
    }

    /// All versions, newest first.
    public func versions() throws(EngineError) -> [Version] {
        try read { reader in
            try reader.versions().reversed().enumerated().map { number, version in
                Version(
                    number: number, time: version.time, files: version.files, folders: version.folders,
                    symlinks: version.symlinks, bytes: version.bytes, isFull: version.isFull)
            }
        }
    }

    /// Calls `body` with the entries of a version that patterns mean, in the order of their paths.
    ///
    /// - Parameters:
    ///   - selector: which version.
    ///   - patterns: as `FilterExpression(argument:)` reads them; none means everything.
    ///   - body: gets each entry.
    /// - Returns: the version.
    /// - Throws: `.noSuchVersion`, `.catalog`, and what `body` throws.
    @discardableResult
    public func files(
        of selector: VersionSelector, matching patterns: [FilterExpression] = [], _ body: (Entry) throws -> Void
    ) throws(EngineError) -> Version {
        try read { reader in
            let all = try reader.versions()
            let version = try selector.resolve(all)
            var matcher = EntryMatcher(patterns)
            try reader.forEachEntry(of: version.id) { folder, entry in
                guard matcher.selects(folder, entry) else { return }
                try body(Self.entry(folder, entry))
            }
            let number = all.count - 1 - (all.firstIndex { $0.id == version.id } ?? 0)
            return Version(
                number: number, time: version.time, files: version.files, folders: version.folders,
                symlinks: version.symlinks, bytes: version.bytes, isFull: version.isFull)
        }
    }

    /// What is in one folder of a version.
    public struct Folder: Sendable, Hashable {
        /// The version.
        public let version: Version
        /// Its entries by the bytes of their names; those above the sources have no times.
        public let entries: [Entry]
        /// Where the rest begins: behind this name; nil when there is none.
        public let next: [UInt8]?
    }

    /// One folder of a version, or a part of it; nil when the version does not have it.
    /// - Parameters:
    ///   - path: the folder, with or without a separator at its end; nothing for the roots.
    ///   - selector: which version.
    ///   - name: only what is behind that name; nil begins with the first.
    ///   - limit: how many entries at most.
    /// - Returns: the folder.
    /// - Throws: `.noSuchVersion`, `.catalog`.
    public func folder(
        _ path: [UInt8], of selector: VersionSelector, after name: [UInt8]? = nil, limit: Int
    ) throws(EngineError) -> Folder? {
        try read { reader in
            let all = try reader.versions()
            let version = try selector.resolve(all)
            var path = path
            let separator = path.withUnsafeBytes { EntryPath.separator(of: $0) }
            if let last = path.last, last != separator { path.append(separator) }
            var entries: [Entry] = []
            try reader.forEachEntry(in: path, of: version.id, after: name, limit: limit + 1) { entry in
                // The root of Unix is an entry without a name in the folder without a path.
                entries.append(path.withUnsafeBytes { Self.entry($0, entry) })
            }
            let (parent, own) = EntryPath.split(path)
            let isListed =
                try !path.isEmpty && reader.entry(named: own, in: parent, of: version.id)?.kind == .folder
            if !isListed {
                let known = Set(entries.map(\.path))
                for branch in try reader.branches(below: path, of: version.id) where !known.contains(branch) {
                    guard name.map({ EntryPath.split(branch).name.lexicographicallyPrecedes($0) == false }) ?? true,
                        EntryPath.split(branch).name != name
                    else { continue }
                    entries.append(Entry(path: branch, kind: .folder, size: 0, modified: nil))
                }
                entries.sort { EntryPath.split($0.path).name.lexicographicallyPrecedes(EntryPath.split($1.path).name) }
                if entries.isEmpty, name == nil { return nil }
            }
            let isMore = entries.count > limit
            if isMore { entries.removeLast(entries.count - limit) }
            let number = all.count - 1 - (all.firstIndex { $0.id == version.id } ?? 0)
            return Folder(
                version: Version(
                    number: number, time: version.time, files: version.files, folders: version.folders,
                    symlinks: version.symlinks, bytes: version.bytes, isFull: version.isFull),
                entries: entries, next: isMore ? entries.last.map { EntryPath.split($0.path).name } : nil)
        }
    }

    /// Calls `body` with every state of every entry that patterns mean, by path and age, and the versions that have it.
    public func find(
        _ patterns: [FilterExpression], _ body: (Occurrence) throws -> Void
    ) throws(EngineError) {
        try read { reader in
            let all = try reader.versions()
            var matcher = EntryMatcher(patterns)
            try reader.forEachState { folder, entry, since, until in
                guard matcher.selects(folder, entry) else { return }
                // Versions are numbered from the newest, states counted from the oldest.
                guard let first = all.firstIndex(where: { $0.id >= since }) else { return }
                let last = until.flatMap { until in all.lastIndex { $0.id < until } } ?? all.count - 1
                guard first <= last else { return }
                let numbers = (all.count - 1 - last)...(all.count - 1 - first)
                try body(Occurrence(entry: Self.entry(folder, entry), versions: numbers))
            }
        }
    }

    static func entry(_ folder: UnsafeRawBufferPointer, _ entry: CatalogEntry) -> Entry {
        Entry(
            path: EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder), kind: entry.kind,
            size: entry.size, modified: entry.modified == 0 ? nil : Timestamp(unixNanoseconds: entry.modified))
    }

    func read<Value>(_ body: (borrowing CatalogReader) throws -> Value) throws(EngineError) -> Value {
        do {
            return try catalog.read(body)
        } catch {
            throw EngineError(error, doing: "read the catalog \(catalog.path)")
        }
    }
}
