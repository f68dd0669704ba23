/// How long paths may become in a folder whose path is itself so long that it matters.
struct PathLimit {
    private let length: Int
    private let depth: Int

    /// `nil` for folders in which no name can make a path too long, which are nearly all.
    init?(folder: [UInt8]) {
        // Components of one byte each and the slashes between them.
        guard folder.count >= min(2 * EntryFault.deepestPath, EntryFault.longestPath) - 512 else { return nil }
        length = folder.count
        depth = folder.count { $0 == UInt8(ascii: "/") }
    }

    /// Whether an entry of the folder can be stored and read back.
    func admits(_ name: UnsafeBufferPointer<UInt8>, isFolder: Bool) -> Bool {
        let slash = isFolder ? 1 : 0
        return length + name.count + slash <= EntryFault.longestPath && depth + slash <= EntryFault.deepestPath
    }

    /// Whether a source's path, without a slash at its end, can be stored and read back.
    static func admits(source: [UInt8]) -> Bool {
        source.count < EntryFault.longestPath && source.count { $0 == UInt8(ascii: "/") } < EntryFault.deepestPath
    }
}
