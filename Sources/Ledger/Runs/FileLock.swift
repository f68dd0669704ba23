internal import Glibc
internal import Support

/// A file that one holder has at a time; the system gives it back when its process ends, however that happens.
///
/// It counts between processes of one machine, whatever name spaces they live in.
final class FileLock: Sendable {
    /// Where the file is.
    let path: String
    private let file: FileDescriptor

    private init(_ path: String, _ file: consuming FileDescriptor) {
        self.path = path
        self.file = file
    }

    /// Takes the lock, creating its file.
    /// - Returns: nil when somebody else has it.
    /// - Throws: `SystemError` when the file cannot be had.
    static func taken(_ path: String) throws(SystemError) -> FileLock? {
        while true {
            let lock = FileLock(path, try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600))
            guard try lock.take() else { return nil }
            // Whoever found it free may have removed the file in between: then nobody would see this lock.
            if lock.isInPlace { return lock }
        }
    }

    /// Whether somebody has the lock; a file that nobody has is removed.
    static func isTaken(_ path: String) -> Bool {
        do {
            let lock = FileLock(path, try FileDescriptor.open(path, flags: O_RDWR))
            guard try lock.take() else { return true }
            lock.remove()
            return false
        } catch {
            // What cannot be opened, but is there, may be in use.
            return error.code != ENOENT
        }
    }

    /// Removes the file, while the lock is held.
    func remove() {
        // Another one's file stands there when this one was moved away.
        if isInPlace { unlink(path) }
    }

    private func take() throws(SystemError) -> Bool {
        while flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw SystemError("lock", path: path) }
            return false
        }
        return true
    }

    private var isInPlace: Bool {
        var own = stat()
        var named = stat()
        guard fstat(file.raw, &own) == 0, stat(path, &named) == 0 else { return false }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }

    deinit {
        // Closing would not do: a child that is just being started may still have a copy of the descriptor.
        flock(file.raw, LOCK_UN)
    }
}
