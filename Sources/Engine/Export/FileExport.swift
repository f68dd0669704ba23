internal import Catalog
internal import Cryptography
internal import StoreFormat

/// Writes the content of one file of a version, in order, with memory for one block.
public struct FileExport: Sendable {
    private let session: StoreSession
    private let problems: ProblemLog

    /// An export; nothing is read yet.
    public init(session: StoreSession, problems: ProblemLog) {
        self.session = session
        self.problems = problems
    }

    /// Writes a file.
    ///
    /// - Parameters:
    ///   - path: its complete path.
    ///   - selector: the version.
    ///   - write: gets the content, block by block, each verified.
    /// - Returns: whether all of it was there and has the recorded hash; problems say what was not.
    /// - Throws: `.noSuchVersion`, `.nothingSelected` when there is no such file, and what `write` throws.
    public func write(
        _ path: [UInt8], of selector: VersionSelector, to write: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        try session.catalog.read { catalog in
            let version = try selector.resolve(try catalog.versions())
            let (folder, name) = EntryPath.split(path)
            guard let entry = try catalog.entry(named: name, in: folder, of: version.id), entry.kind == .file else {
                throw EngineError.nothingSelected([String(decoding: path, as: UTF8.self)])
            }
            let fetcher = try BlockFetcher(session, catalog, problems: problems)
            return try FileContent(session, fetcher, problems: problems)
                .write(entry, path: path, catalog, to: write)
        }
    }
}

/// Streams the content of files, and verifies it.
struct FileContent {
    private let session: StoreSession
    private let fetcher: BlockFetcher
    private let problems: ProblemLog
    private let hash: HashContext

    init(_ session: StoreSession, _ fetcher: BlockFetcher, problems: ProblemLog) {
        self.session = session
        self.fetcher = fetcher
        self.problems = problems
        hash = HashContext(session.properties.settings.fileHash)
    }

    /// Writes a file's content as far as it can be had; false when that is not all.
    func write(
        _ entry: CatalogEntry, path: [UInt8], _ catalog: borrowing CatalogReader,
        to write: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        guard let blocks = try fetcher.blocks(of: entry.data) else {
            fail(path, "the list of its blocks is lost")
            return false
        }
        var count: Int64 = 0
        for block in blocks {
            let isThere: Bool
            do {
                isThere = try fetcher.withBlock(block, catalog) { bytes in
                    hash.update(bytes)
                    count += Int64(bytes.count)
                    if count <= entry.size { try write(bytes) }
                }
            } catch {
                _ = hash.finish()
                throw error
            }
            guard isThere else {
                _ = hash.finish()
                fail(path, "block \(count / Int64(session.properties.settings.blockSize)) is missing or damaged")
                return false
            }
        }
        let found = hash.finish()
        guard count == entry.size, try entry.size == 0 || found == fetcher.hash(of: entry.data) else {
            fail(path, "its content does not have the recorded size and hash")
            return false
        }
        session.store.progress.addEntries(1)
        session.store.progress.addBytes(Int(count))
        return true
    }

    private func fail(_ path: [UInt8], _ reason: String) {
        problems.add(Problem(.damaged, String(decoding: path, as: UTF8.self), "is not whole: \(reason)"))
    }
}
