internal import Glibc

/// Something that takes bytes in order: a file, a cipher, a hash.
public protocol ByteSink: AnyObject {
    /// Takes all of `bytes`; they are only valid during the call.
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Bytes appended to an open file that somebody else closes.
public final class FileSink: ByteSink {
    private let descriptor: Int32
    private let path: String?
    /// How many bytes went through.
    public private(set) var bytesWritten: Int64 = 0

    /// Writes at the descriptor's position; `path` is for messages only.
    public init(descriptor: Int32, path: String? = nil) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Writes all of `bytes`, or throws `SystemError`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        try writeAll(descriptor, bytes, path: path)
        bytesWritten += Int64(bytes.count)
    }
}

/// Bytes gathered in memory.
public final class MemorySink: ByteSink {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty sink.
    public init() {}

    /// Appends a copy of the bytes.
    public func write(_ more: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: more)
    }
}

/// Writes everything, however many calls it takes.
func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: String?) throws(SystemError) {
    var rest = bytes
    while let base = rest.baseAddress, rest.count > 0 {
        let written = Glibc.write(descriptor, base, rest.count)
        if written < 0 {
            if errno == EINTR { continue }
            throw SystemError("write", path: path)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
}
