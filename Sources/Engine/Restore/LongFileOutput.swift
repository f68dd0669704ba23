internal import Glibc
internal import Support

/// A long file that is open for writing, by one thread.
final class LongFileOutput {
    /// The file's index in the tree.
    let index: Int32
    let descriptor: Int32
    private let path: String
    private let direct: DirectWriting?
    private var isDirect = false

    /// Takes over a descriptor; `path` is what errors name.
    init(_ index: Int32, owning descriptor: Int32, path: String, direct: DirectWriting?) {
        self.index = index
        self.path = path
        self.descriptor = descriptor
        self.direct = direct
    }

    deinit { close(descriptor) }

    /// Writes a block to its place.
    func put(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemError) {
        if let direct, direct.isOn, isAligned(bytes, offset), useDirect(true) {
            let start = DirectWriting.now()
            // Whatever it does not like is no fault before the cache does not like it either.
            let count = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            if count == bytes.count { return direct.wrote(count, in: DirectWriting.now() - start) }
            direct.turnOff()
        }
        _ = useDirect(false)
        var done = 0
        while let base = bytes.baseAddress, done < bytes.count {
            let count = pwrite(descriptor, base + done, bytes.count - done, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError("write", path: path)
            }
            done += count
        }
    }

    /// Reads what has been written.
    /// - Returns: how many bytes there are.
    func read(into room: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemError) -> Int {
        _ = useDirect(false)
        var done = 0
        while let base = room.baseAddress, done < room.count {
            let count = pread(descriptor, base + done, room.count - done, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path: path) }
            // A file that somebody cuts meanwhile will not have the right hash.
            if count == 0 { break }
            done += count
        }
        return done
    }

    private func isAligned(_ bytes: UnsafeRawBufferPointer, _ offset: Int64) -> Bool {
        (Int(bitPattern: bytes.baseAddress) | bytes.count | Int(offset)) % DirectWriting.alignment == 0
    }

    private func useDirect(_ wanted: Bool) -> Bool {
        if isDirect == wanted { return true }
        guard DirectWriting.set(wanted, descriptor) else {
            direct?.turnOff()
            return false
        }
        isDirect = wanted
        return true
    }
}
