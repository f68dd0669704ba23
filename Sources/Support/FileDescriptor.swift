public import Glibc

/// An open file that is closed when its owner is done with it.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by.
    public let raw: Int32
    /// The path it was opened with, for messages.
    public let path: String?

    /// Takes over an open descriptor.
    public init(owning raw: Int32, path: String? = nil) {
        self.raw = raw
        self.path = path
    }

    /// Opens a file, never inherited by child processes.
    public static func open(
        _ path: String, flags: Int32 = O_RDONLY, mode: mode_t = 0o600
    ) throws(SystemError) -> FileDescriptor {
        let raw = retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard raw >= 0 else { throw SystemError("open", path: path) }
        return FileDescriptor(owning: raw, path: path)
    }

    /// Reads at the file's position; fewer bytes than asked only at the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = retrying { Glibc.read(raw, base + done, buffer.count - done) }
            guard count >= 0 else { throw SystemError("read", path: path) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Reads from `offset`; fewer bytes than asked only at the end of the file.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = retrying { pread(raw, base + done, buffer.count - done, off_t(offset) + off_t(done)) }
            guard count >= 0 else { throw SystemError("read", path: path) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Writes all bytes at the file's position.
    public func write(all bytes: UnsafeRawBufferPointer) throws(SystemError) {
        try writeAll(raw, bytes, path: path)
    }

    /// Writes all bytes from `offset` on.
    public func write(all bytes: UnsafeRawBufferPointer, at offset: Int64) throws(SystemError) {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = retrying { pwrite(raw, base + done, bytes.count - done, off_t(offset) + off_t(done)) }
            guard count >= 0 else { throw SystemError("write", path: path) }
            done += count
        }
    }

    /// The file's size in bytes.
    public func size() throws(SystemError) -> Int64 {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw SystemError("stat", path: path) }
        return Int64(status.st_size)
    }

    /// Makes the contents survive a power cut.
    public func synchronize() throws(SystemError) {
        guard retrying({ fsync(raw) }) == 0 else { throw SystemError("fsync", path: path) }
    }

    deinit {
        // Nothing can be done about a failing close here; writers that care call `synchronize` first.
        _ = close(raw)
    }
}

/// Repeats a system call that a signal interrupted.
@inline(__always)
private func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
