internal import CPosix
internal import Glibc
internal import Support

/// The file of a Unix socket that this process made.
struct SocketFile: Sendable {
    private let path: String
    private let device: UInt64
    private let inode: UInt64

    /// The file that is there now.
    init(_ path: String) throws(SystemError) {
        self.path = path
        guard let status = Self.status(path) else { throw SystemError("stat", path: path) }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Removes it, unless another process has put its own there.
    func remove() {
        guard let status = Self.status(path), UInt64(status.st_dev) == device, UInt64(status.st_ino) == inode else {
            return
        }
        unlink(path)
    }

    /// Removes a socket that a process left which is gone; anything else stays.
    static func clear(_ path: String, _ address: ListenAddress) throws(ListeningError) {
        guard let status = status(path) else {
            guard errno == ENOENT else { throw .notAvailable(address, SystemError("stat", path: path)) }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let probe = socket(AF_UNIX, kind, 0)
        guard probe >= 0 else { throw .system(SystemError("socket")) }
        defer { close(probe) }
        switch SocketAddress(socket: path).connect(probe) {
        case 0, EAGAIN: throw .socketInUse(path: path)
        case ECONNREFUSED: break
        case ENOENT: return
        case let code: throw .notAvailable(address, SystemError("connect", path: path, code: code))
        }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .notAvailable(address, SystemError("remove", path: path))
        }
    }

    /// Keeps other processes from looking at what is in the folder of a socket at the same time.
    static func lockFolder(of path: String, _ address: ListenAddress) throws(ListeningError) -> FileDescriptor {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let folder = end == path.startIndex ? "/" : String(path[..<end])
        let lock: FileDescriptor
        do {
            lock = try FileDescriptor.open(folder, flags: O_RDONLY | O_DIRECTORY)
        } catch {
            throw .notAvailable(address, error)
        }
        for _ in 0..<40 {
            if flock(lock.raw, LOCK_EX | LOCK_NB) == 0 { return lock }
            // Where folders cannot be locked, two processes that begin together are the user's business.
            guard errno == EWOULDBLOCK || errno == EINTR else { return lock }
            usleep(50_000)
        }
        throw .socketInUse(path: path)
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }
}
