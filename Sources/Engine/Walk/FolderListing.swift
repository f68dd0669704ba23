/// What one folder contains, after the filter, sorted by the bytes of the names.
///
/// Names lie one after another in a single array, each followed by a zero byte, so that a listing is three
/// allocations however many entries it has.
public struct FolderListing: Sendable {
    /// The folder's path, ending with `/`; empty for the source `/` itself.
    public let path: [UInt8]
    /// The names of all entries.
    public let names: [UInt8]
    /// The entries, in order.
    public let entries: [WalkEntry]
    /// Whether this is not a folder's content but one source, presented in the folder that holds it.
    public let isSource: Bool
    /// Whether reading the folder failed half-way or was cancelled, so that entries may be missing.
    public let isIncomplete: Bool
    /// Whether files are opened through links, because what links lead to is stored.
    public internal(set) var followsLinks = false

    /// The bytes of an entry's name; empty for the source `/`.
    public func name(of entry: WalkEntry) -> ArraySlice<UInt8> {
        let start = Int(entry.nameStart)
        return names[start..<start + Int(entry.nameCount)]
    }

    /// Calls `body` with an entry's name as a C string, for `openat` and its like.
    public func withCName<Result>(of entry: WalkEntry, _ body: (UnsafePointer<UInt8>) throws -> Result) rethrows
        -> Result
    {
        try names.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return try body([0]) }
            return try body(base + Int(entry.nameStart))
        }
    }

    /// Appends an entry's complete path, which ends with `/` for folders and for links that lead to one.
    public func appendPath(of entry: WalkEntry, to buffer: inout [UInt8]) {
        buffer += path
        buffer += name(of: entry)
        if entry.hasFolderPath { buffer.append(UInt8(ascii: "/")) }
    }

    /// An entry's complete path, which ends with `/` for folders and for links that lead to one.
    public func path(of entry: WalkEntry) -> [UInt8] {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(path.count + Int(entry.nameCount) + 1)
        appendPath(of: entry, to: &buffer)
        return buffer
    }
}
