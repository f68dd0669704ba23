internal import Glibc
public import Support

/// Paths as system calls take them: ended by a zero byte and shorter than 4096 bytes.
public enum SystemPath {
    /// Calls `body` with a path that system calls accept and that leads to `path`, which may be of any length.
    ///
    /// The parents of a path that is too long are opened piece by piece, and `body` gets one that begins at the
    /// last of them. A slash at the end is dropped, since with it system calls follow a symbolic link.
    /// - Throws: `SystemError` when a parent of a long path cannot be opened.
    public static func with<Result>(
        _ path: some Sequence<UInt8>, _ body: (UnsafePointer<CChar>) -> Result
    ) throws(SystemError) -> Result {
        var bytes = Array(path)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard bytes.count >= Int(PATH_MAX) else {
            bytes.append(0)
            return call(bytes, body)
        }
        var folder: Int32 = AT_FDCWD
        defer { if folder != AT_FDCWD { close(folder) } }
        var rest = bytes[...]
        while rest.count > pieceLimit {
            guard let cut = rest.prefix(pieceLimit).lastIndex(of: UInt8(ascii: "/")), cut > rest.startIndex else {
                throw SystemError("open", path: String(decoding: bytes, as: UTF8.self), code: ENAMETOOLONG)
            }
            let piece = Array(rest[..<cut]) + [0]
            let next = call(piece) { openat(folder, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            guard next >= 0 else { throw SystemError("open", path: String(decoding: bytes, as: UTF8.self)) }
            if folder != AT_FDCWD { close(folder) }
            folder = next
            rest = rest[(cut + 1)...]
        }
        return call(Array("/proc/self/fd/\(folder)/".utf8) + rest + [0], body)
    }

    private static let pieceLimit = 4000

    private static func call<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { buffer in
                // The array holds at least the zero byte, so there is an address.
                buffer.baseAddress.map(body) ?? body([0])
            }
        }
    }
}
