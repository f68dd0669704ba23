internal import Glibc
internal import Support

/// Shows to other processes that a run is at work, so that nobody takes back what it still needs.
///
/// The system gives the lock back when the process ends, however that happens. Its file is removed with it.
final class UndoLock: Sendable {
    private let file: FileDescriptor
    private let path: String

    /// Takes the lock of a run.
    /// - Parameters:
    ///   - folder: where locks are; it is made when it is missing.
    ///   - run: the run's identifier.
    /// - Throws: `SystemError`; with the code `EWOULDBLOCK` while the run is at work, or somebody takes back what it did.
    init(in folder: String, run: String) throws(SystemError) {
        path = "\(folder)/\(run).lock"
        try FileTree.createFolder(folder, mode: 0o700)
        while true {
            let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o600)
            while flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
                if errno == EINTR { continue }
                throw SystemError("lock", path: path)
            }
            // Whoever held it until now has removed it; a file without a name keeps nobody away.
            var status = stat()
            guard fstat(file.raw, &status) == 0, status.st_nlink > 0 else { continue }
            self.file = file
            return
        }
    }

    deinit {
        unlink(path)
        // Closing would not do: a child that is just being started may still have a copy of the descriptor.
        flock(file.raw, LOCK_UN)
    }
}

extension SystemError {
    /// Whether somebody else holds a lock.
    var isLocked: Bool { code == EWOULDBLOCK }
}
