internal import Cryptography
internal import StoreFormat

/// Why an entry of a filelist cannot be used: whoever can write to the destination can claim anything there.
enum EntryFault {
    /// The longest path: eight times what Linux takes in one call.
    static let longestPath = 32 << 10
    /// The most components of a path.
    static let deepestPath = 4096
    /// The largest size; the sizes of a version's entries together have room up to 2^62.
    static let largestSize: Int64 = 1 << 53
    /// The largest sum of sizes in one version.
    static let largestSum: Int64 = 1 << 62

    /// What is wrong with an entry as a whole; nil when it can be used.
    static func find(in entry: FileEntry, _ settings: StoreSettings) -> String? {
        if let fault = entry.path.withUnsafeBytes({ find(inPath: $0) }) { return fault }
        if entry.kind == .file {
            if !isPossible(entry.size, lists: entry.blocklists.count, settings) {
                return "its size of \(entry.size) bytes is more than its blocks can hold"
            }
            guard fits(entry.hash, settings.fileHash), fits(entry.blockHash, settings.blockHash),
                entry.blocklists.allSatisfy({ fits($0, settings.blockHash) })
            else { return "its hashes are not of the store's kind" }
        }
        // Without metadata nobody knows where a link leads.
        return entry.kind == .symlink ? find(inMetadataOf: entry, settings) : nil
    }

    /// What is wrong with what an entry says of its metadata; nil when it can be used.
    static func find(inMetadataOf entry: FileEntry, _ settings: StoreSettings) -> String? {
        guard isPossible(Int64(entry.metaSize), lists: entry.metaBlocklists.count, settings) else {
            return "the size of its metadata, \(entry.metaSize) bytes, is more than its blocks can hold"
        }
        guard fits(entry.metaHash, settings.fileHash), fits(entry.metaBlockHash, settings.blockHash),
            entry.metaBlocklists.allSatisfy({ fits($0, settings.blockHash) })
        else { return "the hashes of its metadata are not of the store's kind" }
        return nil
    }

    private static func find(inPath path: UnsafeRawBufferPointer) -> String? {
        guard EntryPath.isSafe(path) else { return "its path is not absolute or leads out of its folder" }
        guard path.count <= longestPath else { return "its path has \(path.count) bytes" }
        let separator = EntryPath.separator(of: path)
        let depth = path.count { $0 == separator }
        return depth <= deepestPath ? nil : "its path has \(depth) components"
    }

    /// Whether content of a size can be there: a store has no more than 2^31 blocks of one content.
    ///
    /// Fewer blocklists than it needs are another matter: then it is lost, not impossible.
    private static func isPossible(_ size: Int64, lists: Int, _ settings: StoreSettings) -> Bool {
        size <= largestSize && settings.blockCount(of: size) <= Int64(Int32.max)
            && Int64(lists) <= max(1, settings.blocklistCount(of: size))
    }

    private static func fits(_ digest: Digest?, _ algorithm: HashAlgorithm) -> Bool {
        digest.map { $0.count == algorithm.digestLength } ?? true
    }
}

extension FileEntry {
    /// The path for messages, cut short if it is absurdly long.
    var pathText: String {
        let text = String(decoding: path.prefix(1024), as: UTF8.self)
        return path.count > 1024 ? "\(text)…" : text
    }
}

extension VolumeDescription {
    /// Whether blocks with these hashes and sizes can be in a store.
    func isPossible(_ settings: StoreSettings) -> Bool {
        (volumeHash == nil || volumeHashAlgorithm(settings) != nil) && (volumeSize ?? 0) >= 0
            && blocks.allSatisfy { Self.isPossible($0, settings) }
    }

    /// The description without the blocks that cannot be in a store.
    func onlyPossible(_ settings: StoreSettings) -> VolumeDescription {
        var description = self
        description.blocks.removeAll { !Self.isPossible($0, settings) }
        return description
    }

    private static func isPossible(_ block: BlockReference, _ settings: StoreSettings) -> Bool {
        block.digest.count == settings.blockHash.digestLength && block.size <= settings.blockSize
    }
}
