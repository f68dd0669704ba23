internal import Cryptography
internal import JSON
public import Support

/// Writes `filelist.json` of a version, entry by entry, in the member order that Duplicati's reader insists on.
///
/// Folders and links come first, sorted by path, then files, sorted by path; the order is the caller's to keep.
public final class FileListWriter {
    private let sink: any ByteSink
    private let settings: StoreSettings
    private var buffer: [UInt8] = []

    /// How many entries were written.
    public private(set) var count = 0

    private static let flushSize = 64 << 10

    /// Starts the list.
    public init(to sink: any ByteSink, settings: StoreSettings) {
        self.sink = sink
        self.settings = settings
        buffer.reserveCapacity(Self.flushSize * 2)
        buffer += [0xEF, 0xBB, 0xBF, UInt8(ascii: "[")]
    }

    /// Adds an entry.
    ///
    /// - Throws: `StoreFormatError` of kind `notRepresentable` when the list has no form for it, in which case
    ///   nothing was written; whatever the sink throws.
    public func add(_ entry: FileEntry) throws {
        try check(entry)
        if count > 0 { buffer.append(UInt8(ascii: ",")) }
        count += 1
        switch entry.kind {
        case .file: JSONWriter.append("{\"type\":\"File\",\"path\":", to: &buffer)
        case .folder: JSONWriter.append("{\"type\":\"Folder\",\"path\":", to: &buffer)
        case .symlink: JSONWriter.append("{\"type\":\"Symlink\",\"path\":", to: &buffer)
        }
        JSONWriter.appendString(entry.path, to: &buffer)
        if entry.kind == .file { appendContent(entry) }
        appendMetadata(entry)
        if entry.kind == .file { appendBlocks(entry) }
        buffer.append(UInt8(ascii: "}"))
        if buffer.count >= Self.flushSize { try flush() }
    }

    /// Ends the list.
    public func finish() throws {
        buffer.append(UInt8(ascii: "]"))
        try flush()
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { try sink.write($0) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func check(_ entry: FileEntry) throws(StoreFormatError) {
        guard entry.path.withUnsafeBytes({ FileEntry.isRepresentable($0) }) else {
            throw refuse(entry, "its name is not valid UTF-8")
        }
        guard entry.metaHash != nil else { throw refuse(entry, "it has no metadata") }
        if !settings.hashesAreShared, entry.metaSize > 0, entry.metaBlockHash == nil, entry.metaBlocklists.isEmpty {
            throw refuse(entry, "the block of its metadata is unknown")
        }
        guard entry.kind == .file else { return }
        guard entry.hash != nil, entry.time != nil, entry.size >= 0 else { throw refuse(entry, "it has no content") }
        let needed = settings.blocklistCount(of: entry.size)
        guard needed == entry.blocklists.count else {
            throw refuse(entry, "it has \(entry.blocklists.count) blocklists where its size needs \(needed)")
        }
        if !settings.hashesAreShared, needed == 0, entry.size > 0, entry.blockHash == nil {
            throw refuse(entry, "its block is unknown")
        }
    }

    private func refuse(_ entry: FileEntry, _ detail: String) -> StoreFormatError {
        StoreFormatError(.notRepresentable, object: String(decoding: entry.path, as: UTF8.self), detail: detail)
    }

    private func appendContent(_ entry: FileEntry) {
        JSONWriter.append(",\"hash\":\"", to: &buffer)
        entry.hash?.appendBase64(to: &buffer)
        JSONWriter.append("\",\"size\":", to: &buffer)
        JSONWriter.appendInteger(entry.size, to: &buffer)
        JSONWriter.append(",\"time\":\"", to: &buffer)
        entry.time?.appendCompact(to: &buffer)
        buffer.append(UInt8(ascii: "\""))
    }

    private func appendMetadata(_ entry: FileEntry) {
        JSONWriter.append(",\"metahash\":\"", to: &buffer)
        entry.metaHash?.appendBase64(to: &buffer)
        JSONWriter.append("\",\"metasize\":", to: &buffer)
        JSONWriter.appendInteger(Int64(entry.metaSize), to: &buffer)
        if !entry.metaBlocklists.isEmpty {
            appendList(",\"metablocklists\":[", entry.metaBlocklists)
        } else if let block = entry.metadataBlock(settings), entry.kind != .file || block != entry.metaHash {
            // Files leave out a block hash that equals the metadata's; folders and links always carry it.
            JSONWriter.append(",\"metablockhash\":\"", to: &buffer)
            block.appendBase64(to: &buffer)
            buffer.append(UInt8(ascii: "\""))
        }
    }

    private func appendBlocks(_ entry: FileEntry) {
        if !entry.blocklists.isEmpty {
            appendList(",\"blocklists\":[", entry.blocklists)
        } else if entry.size > 0, let block = entry.blockHash, block != entry.hash {
            JSONWriter.append(",\"blockhash\":\"", to: &buffer)
            block.appendBase64(to: &buffer)
            JSONWriter.append("\",\"blocksize\":", to: &buffer)
            JSONWriter.appendInteger(entry.blockSize.map { Int64($0) } ?? entry.size, to: &buffer)
        }
    }

    private func appendList(_ start: StaticString, _ digests: [Digest]) {
        JSONWriter.append(start, to: &buffer)
        for (index, digest) in digests.enumerated() {
            JSONWriter.append(index == 0 ? "\"" : ",\"", to: &buffer)
            digest.appendBase64(to: &buffer)
            buffer.append(UInt8(ascii: "\""))
        }
        buffer.append(UInt8(ascii: "]"))
    }
}
