/// Files that fit into memory.
public enum SmallFile {
    /// The first bytes of a file.
    /// - Parameters:
    ///   - path: the file.
    ///   - limit: how many bytes at most.
    /// - Returns: the bytes; fewer than the limit when the file ends.
    /// - Throws: `SystemError` when it cannot be read.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor.open(path)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: limit, alignment: 1)
        defer {
            if let base = room.baseAddress { wipe(base, room.count) }
            room.deallocate()
        }
        let count = try file.read(into: room)
        return Array(room[..<count])
    }
}
