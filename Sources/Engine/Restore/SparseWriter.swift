internal import CPosix
internal import Glibc
internal import Support

/// Writes into files so that long runs of zeros take no space.
///
/// A run becomes a hole whatever the file had there before, so it makes no difference whether the file is new.
enum SparseWriter {
    /// Runs of zeros are looked for in steps of this size, which is the least that most file systems leave out.
    static let step = 4096

    /// Gives a file its size, so that holes at its end count.
    static func setSize(_ size: Int64, of file: Int32) throws(SystemError) {
        guard ftruncate(file, off_t(size)) == 0 else { throw SystemError("write") }
    }

    /// Writes bytes to their place in a file that has its size already.
    static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int64) throws(SystemError) {
        var start = 0
        while start < bytes.count {
            let isZero = Self.isZero(bytes, start, end(of: start, bytes.count, offset))
            var end = end(of: start, bytes.count, offset)
            while end < bytes.count, Self.isZero(bytes, end, self.end(of: end, bytes.count, offset)) == isZero {
                end = self.end(of: end, bytes.count, offset)
            }
            let run = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if !isZero || cposix_punch_hole(file, offset + Int64(start), Int64(run.count)) != 0 {
                try writeAll(run, to: file, at: offset + Int64(start))
            }
            start = end
        }
    }

    /// Where the step that begins at `start` ends; steps lie as the file system's blocks do.
    private static func end(of start: Int, _ count: Int, _ offset: Int64) -> Int {
        min(count, start + step - Int((offset + Int64(start)) % Int64(step)))
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        guard let base = bytes.baseAddress, bytes[start] == 0 else { return false }
        // Each byte is compared with the one before it.
        return memcmp(base + start, base + start + 1, end - start - 1) == 0
    }

    private static func writeAll(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int64
    ) throws(SystemError) {
        var done = 0
        while let base = bytes.baseAddress, done < bytes.count {
            let count = pwrite(file, base + done, bytes.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("write")
            }
            done += count
        }
    }
}
