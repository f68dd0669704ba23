/// Bytes that came in and were not taken yet.
struct InputBuffer {
    private var bytes: [UInt8] = []
    /// The first byte that was not taken.
    private var start = 0
    /// Before this one there is no line feed.
    private var scanned = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { start == bytes.count }
    var first: UInt8? { isEmpty ? nil : bytes[start] }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        if start > 0 {
            bytes.removeSubrange(..<start)
            scanned = max(0, scanned - start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// Takes a line of at most `limit` bytes, without its CR LF; nil when not all of it is there.
    mutating func takeLine(limit: Int, tooLong: RequestFault) throws(RequestFault) -> ArraySlice<UInt8>? {
        guard let end = bytes[max(start, scanned)...].firstIndex(of: .lineFeed) else {
            scanned = bytes.count
            // The CR may be there already.
            if count > limit + 1 { throw tooLong }
            return nil
        }
        guard end > start, bytes[end - 1] == .carriageReturn else { throw .lineEnding }
        let line = bytes[start..<end - 1]
        if line.count > limit { throw tooLong }
        if line.contains(.carriageReturn) { throw .lineEnding }
        start = end + 1
        scanned = start
        return line
    }

    /// Takes bytes as far as they are there.
    mutating func take(upTo limit: Int) -> ArraySlice<UInt8> {
        let end = start + min(limit, count)
        defer { start = end }
        return bytes[start..<end]
    }

    /// Gives the memory back when there is nothing in it.
    mutating func releaseIfEmpty() {
        if isEmpty { self = InputBuffer() }
    }
}
