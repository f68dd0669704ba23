internal import Glibc

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

    /// Puts a whole file in place of the one before: whoever reads it never sees a half one.
    public static func replace(_ path: String, with content: [UInt8], mode: UInt32 = 0o600) throws(SystemError) {
        let fresh = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).tmp"
        do throws(SystemError) {
            let file = try FileDescriptor.open(fresh, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            var written: SystemError?
            content.withUnsafeBytes { bytes in
                do throws(SystemError) { try file.write(all: bytes) } catch { written = error }
            }
            if let written { throw written }
            try FileTree.rename(fresh, to: path)
        } catch {
            FileTree.remove(fresh)
            throw error
        }
    }
}
