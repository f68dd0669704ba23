internal import CPosix
internal import Glibc
internal import Support

/// An open folder; names are resolved within it, so that it stays the same folder whatever is mounted meanwhile.
struct Folder: ~Copyable {
    /// What there is to know of a file.
    struct Status {
        let isFile: Bool
        let size: Int64
        let modified: Timestamp
    }

    /// The ways to publish, best first; which of them works is up to the file system.
    enum Publication: CaseIterable {
        /// One atomic step; not on NFS and some others.
        case renameWithoutReplacing
        /// Atomic for the new name, with both names for a moment; not on FAT.
        case link
        /// Where neither exists: a look first, then a rename; two writers of one name could meet in between.
        case lookThenRename
    }

    private let descriptor: FileDescriptor

    private var raw: Int32 { descriptor.raw }

    static func open(_ path: String) throws(SystemError) -> Folder {
        Folder(descriptor: try FileDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY))
    }

    /// Creates a folder and those above it that are missing, for this user only, and makes them durable.
    static func create(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 {
            try open(parent(of: path)).synchronize()
            return
        }
        if errno == EEXIST { return }
        guard errno == ENOENT, path != "/" else { throw SystemError("create", path: path) }
        try create(parent(of: path))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError("create", path: path) }
        try open(parent(of: path)).synchronize()
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    func openForReading(_ name: String) throws(SystemError) -> FileDescriptor {
        // Without O_NONBLOCK a named pipe would wait for a writer for ever.
        try openFile(name, O_RDONLY | O_NONBLOCK)
    }

    /// Gives a file of the same file system a further name here.
    /// - Returns: whether that was possible.
    func link(_ path: String, as name: String) -> Bool { linkat(AT_FDCWD, path, raw, name, 0) == 0 }

    func createFile(_ name: String) throws(SystemError) -> FileDescriptor {
        try openFile(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    }

    private func openFile(_ name: String, _ flags: Int32) throws(SystemError) -> FileDescriptor {
        while true {
            let opened = openat(raw, name, flags | O_CLOEXEC, 0o600)
            if opened >= 0 { return FileDescriptor(owning: opened, path: name) }
            if errno != EINTR { throw SystemError("open", path: name) }
        }
    }

    /// The status of a file, with links followed; nil when there is none.
    func status(of name: String) throws(SystemError) -> Status? {
        var status = stat()
        guard fstatat(raw, name, &status, 0) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("stat", path: name)
        }
        return Status(
            isFile: status.st_mode & S_IFMT == S_IFREG, size: Int64(status.st_size),
            modified: Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec)))
    }

    /// Every name in the folder that is UTF-8, in no order.
    func names() throws(SystemError) -> [String] {
        // A descriptor of its own, since reading moves a position that copies of one descriptor share.
        let copy = openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw SystemError("open", path: descriptor.path) }
        guard let stream = fdopendir(copy) else {
            let error = SystemError("open", path: descriptor.path)
            close(copy)
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError("list", path: descriptor.path) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name, name != ".", name != ".." { names.append(name) }
        }
    }

    /// Gives a part file its name, unless the name is taken.
    /// - Returns: whether it was free.
    func publish(
        _ part: String, as name: String, using ways: [Publication] = Publication.allCases
    ) throws(SystemError) -> Bool {
        var code = ENOSYS
        for way in ways {
            switch way {
            case .renameWithoutReplacing:
                if cposix_rename_without_replacing(raw, part, name) == 0 { return true }
            case .link:
                if linkat(raw, part, raw, name, 0) == 0 {
                    discard(part)
                    return true
                }
            case .lookThenRename:
                if try status(of: name) != nil { return false }
                if renameat(raw, part, raw, name) == 0 { return true }
            }
            code = errno
            if code == EEXIST { return false }
            guard [EINVAL, ENOSYS, EOPNOTSUPP, EPERM, EMLINK].contains(code) else { break }
        }
        throw SystemError("rename", path: part, code: code)
    }

    /// Removes a file; a missing one is success.
    func remove(_ name: String) throws(SystemError) {
        guard unlinkat(raw, name, 0) == 0 || errno == ENOENT else { throw SystemError("delete", path: name) }
    }

    /// Removes a file that is of no use any more, if possible.
    func discard(_ name: String) {
        unlinkat(raw, name, 0)
    }

    /// Makes the folder's names survive a power cut.
    func synchronize() throws(SystemError) {
        do throws(SystemError) {
            try descriptor.synchronize()
        } catch {
            // Some network and user-space file systems cannot synchronise folders; they have nothing better to offer.
            guard error.code == EINVAL || error.code == EOPNOTSUPP || error.code == ENOSYS else { throw error }
        }
    }

    /// The bytes that an ordinary user can still write.
    func freeSpace() throws(SystemError) -> Int64 {
        var status = statvfs()
        guard fstatvfs(raw, &status) == 0 else { throw SystemError("statvfs", path: descriptor.path) }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }
}

extension FileDescriptor {
    /// The size of a regular file; nil for anything else.
    borrowing func regularFileSize() throws(SystemError) -> Int64? {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw SystemError("stat", path: path) }
        return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
    }
}
