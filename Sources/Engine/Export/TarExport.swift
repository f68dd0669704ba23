internal import Catalog
internal import Cryptography
internal import StoreFormat
public import Support

/// Writes a version, or a part of it, as a tar archive: in the order of the paths, with memory for one block.
///
/// The archive is in POSIX' pax format: times to the nanosecond, names and sizes of any length, extended attributes
/// as GNU tar, bsdtar and star write them.
public struct TarExport: Sendable {
    /// What an archive holds.
    public struct Summary: Sendable, Hashable {
        /// The time of the version.
        public var version: Timestamp
        /// Regular files.
        public var files = 0
        /// Folders.
        public var folders = 0
        /// Symbolic links.
        public var symlinks = 0
        /// Bytes of the files.
        public var bytes: Int64 = 0
        /// Entries that could not be had, or not whole; each is among the problems.
        public var failed = 0
    }

    private let session: StoreSession
    private let problems: ProblemLog

    /// An export; nothing is read yet.
    public init(session: StoreSession, problems: ProblemLog) {
        self.session = session
        self.problems = problems
    }

    /// Writes the archive.
    ///
    /// A file that turns out to be damaged after its header has been written is filled with zeros and counted as
    /// failed; the rest of the archive is not affected.
    /// - Parameters:
    ///   - selector: the version.
    ///   - patterns: as `FilterExpression(argument:)` reads them; none means everything.
    ///   - write: gets the archive, piece by piece.
    /// - Returns: what it holds.
    /// - Throws: `.noSuchVersion`, `.nothingSelected`, what keeps the store from being read, and what `write` throws.
    public func write(
        _ selector: VersionSelector, matching patterns: [FilterExpression] = [],
        to write: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Summary {
        try session.catalog.read { catalog in
            let version = try selector.resolve(try catalog.versions())
            var summary = Summary(version: version.time)
            let fetcher = try BlockFetcher(session, catalog, problems: problems)
            let content = FileContent(session, fetcher, problems: problems)
            var matcher = EntryMatcher(patterns)
            var folders = PendingMembers()
            var isEmpty = true
            try catalog.forEachEntry(of: version.id) { folder, entry in
                guard matcher.selects(folder, entry) else { return }
                isEmpty = false
                for ready in folders.enter(folder) {
                    try add(ready.entry, ready.path, fetcher, content, catalog, &summary, write)
                }
                let path = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
                if entry.kind == .folder {
                    folders.add(path, entry)
                } else {
                    try add(entry, path, fetcher, content, catalog, &summary, write)
                }
            }
            for ready in folders.finish() {
                try add(ready.entry, ready.path, fetcher, content, catalog, &summary, write)
            }
            guard !isEmpty else { throw EngineError.nothingSelected(patterns.map(\.text)) }
            try [UInt8](repeating: 0, count: 2 * TarHeader.blockSize).withUnsafeBytes(write)
            return summary
        }
    }

    private func add(
        _ entry: CatalogEntry, _ path: [UInt8], _ fetcher: BlockFetcher, _ content: FileContent,
        _ catalog: borrowing CatalogReader, _ summary: inout Summary, _ write: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let member = Self.memberPath(path) else {
            // The root has no name below itself.
            guard path.count > 1 else { return }
            summary.failed += 1
            problems.add(Problem(.damaged, String(decoding: path, as: UTF8.self), "has no safe path"))
            return
        }
        let known = try metadata(entry, path, fetcher, catalog)
        if known == nil { summary.failed += 1 }
        let metadata = known ?? Metadata()
        var header = TarHeader(kind: .file, path: member, metadata: metadata)
        if entry.modified != 0 { header.modified = Timestamp(unixNanoseconds: entry.modified) }
        switch entry.kind {
        case .folder:
            header.kind = .folder
            summary.folders += 1
            try header.encode().withUnsafeBytes(write)
        case .symlink, .folderLink:
            guard metadata.symlinkTarget != nil else { return }
            header.kind = .symlink
            summary.symlinks += 1
            try header.encode().withUnsafeBytes(write)
        case .file:
            header.size = entry.size
            header.metadata.symlinkTarget = nil
            try header.encode().withUnsafeBytes(write)
            var written: Int64 = 0
            let isWhole = try content.write(entry, path: path, catalog) { bytes in
                try write(bytes)
                written += Int64(bytes.count)
            }
            if isWhole { summary.files += 1 } else { summary.failed += 1 }
            summary.bytes += written
            try fill(entry.size - written + Int64(TarHeader.padding(entry.size)), write)
        }
    }

    private func fill(_ count: Int64, _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        let zeros = [UInt8](repeating: 0, count: 64 << 10)
        var left = count
        while left > 0 {
            let piece = Int(min(left, Int64(zeros.count)))
            try zeros.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[..<piece])) }
            left -= Int64(piece)
        }
    }

    /// The metadata of an entry; nil when it is lost.
    private func metadata(
        _ entry: CatalogEntry, _ path: [UInt8], _ fetcher: BlockFetcher, _ catalog: borrowing CatalogReader
    ) throws -> Metadata? {
        guard entry.metadata != .nothing else { return Metadata() }
        var bytes: [UInt8] = []
        var isWhole = true
        if let blocks = try fetcher.blocks(of: entry.metadata) {
            for block in blocks where isWhole && bytes.count <= 64 << 20 {
                isWhole = try fetcher.withBlock(block, catalog) { bytes.append(contentsOf: $0) }
            }
        } else {
            isWhole = false
        }
        if isWhole, let metadata = try? MetadataBlob.decode(bytes) { return metadata }
        problems.add(
            Problem(.damaged, String(decoding: path, as: UTF8.self), "its owner, mode and times are lost"))
        return nil
    }

    /// The path in the archive: relative, with slashes; nil for one that would lead elsewhere.
    private static func memberPath(_ path: [UInt8]) -> [UInt8]? {
        guard path.withUnsafeBytes({ EntryPath.isSafe($0) }) else { return nil }
        var member = path
        if path.first != EntryPath.slash {
            member = path.map { $0 == EntryPath.backslash ? EntryPath.slash : $0 }
            if member.count > 1, member[1] == UInt8(ascii: ":") { member.remove(at: 1) }
        }
        let relative = Array(member.drop { $0 == EntryPath.slash })
        return relative.isEmpty ? nil : relative
    }
}

/// Folders whose turn has not come: in an archive a folder stands right before what is in it, since tar sets its time
/// as soon as something else follows.
private struct PendingMembers {
    private var stack: [(path: [UInt8], entry: CatalogEntry)] = []
    private var siblings: [(path: [UInt8], entry: CatalogEntry)] = []
    private var current: [UInt8]?

    /// Remembers a folder of the one that was entered last.
    mutating func add(_ path: [UInt8], _ entry: CatalogEntry) {
        siblings.append((path, entry))
    }

    /// The folders that come before the content of a folder, itself included.
    mutating func enter(_ folder: UnsafeRawBufferPointer) -> [(path: [UInt8], entry: CatalogEntry)] {
        if let current, current.elementsEqual(folder) { return [] }
        let folder = Array(folder)
        current = folder
        settle()
        var ready: [(path: [UInt8], entry: CatalogEntry)] = []
        while let last = stack.last, !folder.lexicographicallyPrecedes(last.path) {
            ready.append(last)
            stack.removeLast()
        }
        return ready
    }

    /// All that are left, which are empty.
    mutating func finish() -> [(path: [UInt8], entry: CatalogEntry)] {
        settle()
        defer { stack = [] }
        return stack.reversed()
    }

    /// What is in a folder comes before everything that is behind it.
    private mutating func settle() {
        stack += siblings.sorted { $1.path.lexicographicallyPrecedes($0.path) }
        siblings.removeAll()
    }
}
