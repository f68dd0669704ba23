internal import CPosix
internal import Glibc
internal import Support

/// An open source file and what it was like when it was opened.
struct SourceFile: ~Copyable {
    let file: FileDescriptor
    let size: Int64
    private let modified: timespec

    /// Opens a file for reading once from the beginning to the end.
    ///
    /// Without following links unless told to, without waiting for anything that turned into a pipe, and, where allowed, without
    /// touching the access time.
    /// - Parameters:
    ///   - name: the last component, as a C string.
    ///   - folder: an open descriptor of the folder.
    ///   - followsLinks: whether the name may be a link.
    /// - Returns: the file, to be read from its beginning.
    /// - Throws: `SystemError`; `ENOENT` also when the name has become something else than a regular file.
    static func open(_ name: UnsafePointer<UInt8>, in folder: Int32, followsLinks: Bool = false) throws(SystemError)
        -> SourceFile
    {
        let name = UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self)
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
        var raw = openat(folder, name, flags | CPOSIX_O_NOATIME)
        if raw < 0, errno == EPERM { raw = openat(folder, name, flags) }
        guard raw >= 0 else { throw SystemError("open") }
        let file = FileDescriptor(owning: raw)
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw SystemError("stat") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", code: ENOENT) }
        if status.st_size > 1 << 20 { posix_fadvise(raw, 0, 0, POSIX_FADV_SEQUENTIAL) }
        return SourceFile(file: file, size: Int64(status.st_size), modified: status.st_mtim)
    }

    private init(file: consuming FileDescriptor, size: Int64, modified: timespec) {
        self.file = file
        self.size = size
        self.modified = modified
    }

    /// Whether size or modification time differ from what they were at the beginning.
    func hasChanged() -> Bool {
        var status = stat()
        guard fstat(file.raw, &status) == 0 else { return true }
        return Int64(status.st_size) != size || status.st_mtim.tv_sec != modified.tv_sec
            || status.st_mtim.tv_nsec != modified.tv_nsec
    }
}
