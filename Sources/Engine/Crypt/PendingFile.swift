internal import CPosix
internal import Cryptography
internal import Glibc
internal import Support

/// A file that gets its name when it is complete, and leaves nothing behind when it never is.
final class PendingFile: ByteSink {
    private let path: String
    private let temporary: String
    private let file: FileDescriptor
    private var isPublished = false
    private(set) var count: Int64 = 0

    /// Starts a file beside `path`, readable by this user only.
    init(_ path: String) throws(SystemError) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        temporary = "\(folder).\(name.prefix(100)).\(Hex.encode(RandomBytes.make(6))).part"
        file = try FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL)
    }

    deinit {
        if !isPublished { unlink(temporary) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try file.write(all: bytes)
        count += Int64(bytes.count)
    }

    /// Makes it durable and gives it its name; an existing file is only replaced when told to.
    func publish(replacing: Bool) throws(SystemError) {
        try file.synchronize()
        if replacing {
            try FileTree.rename(temporary, to: path)
        } else {
            var status = cposix_rename_without_replacing(AT_FDCWD, temporary, path)
            if status != 0, errno == EINVAL || errno == ENOSYS {
                status = link(temporary, path)
                if status == 0 { unlink(temporary) }
            }
            guard status == 0 else { throw SystemError("create", path: path) }
        }
        isPublished = true
    }
}
