internal import Glibc

/// A folder of our own that disappears, with everything in it, when its last owner lets go.
///
/// What a killed process left is removed by the next one that makes such a folder in the same place: as long as a
/// process lives, it holds a lock on a file beside its folder. The folder itself begins empty.
public final class TemporaryFolder: Sendable {
    /// Its absolute path, without a slash at the end.
    public let path: String
    private let lock: FileDescriptor

    private static let lockSuffix = ".lock"
    private static let randomLength = 6

    /// Makes a fresh folder, readable by this user only.
    /// - Parameters:
    ///   - parent: where; the environment's `TMPDIR`, or `/tmp`, unless told.
    ///   - prefix: how its name begins.
    /// - Throws: `SystemError` when it cannot be made.
    public init(in parent: String? = nil, prefix: String = "dunnage") throws(SystemError) {
        let parent = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        Self.removeLeftovers(in: parent, prefix: prefix)
        while true {
            let made = try Self.make(in: parent, prefix: prefix)
            do {
                let lock = try FileDescriptor.open(made + Self.lockSuffix, flags: O_RDWR | O_CREAT)
                if flock(lock.raw, LOCK_EX | LOCK_NB) == 0, Self.isLinked(lock) {
                    path = made
                    self.lock = lock
                    return
                }
            } catch {
                FileTree.remove(made)
                throw error
            }
            // Another process took the folder for a leftover, in the instant before it was locked, and removes it.
        }
    }

    private static func make(in parent: String, prefix: String) throws(SystemError) -> String {
        var template = Array("\(parent)/\(prefix)-\(String(repeating: "X", count: randomLength))".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw SystemError("create a temporary folder in", path: parent) }
        return made
    }

    /// Whether a file still has a name.
    private static func isLinked(_ file: borrowing FileDescriptor) -> Bool {
        var status = stat()
        return fstat(file.raw, &status) == 0 && status.st_nlink > 0
    }

    deinit {
        FileTree.remove(path)
        unlink("\(path)\(Self.lockSuffix)")
    }

    /// Removes folders of this user whose processes are gone.
    ///
    /// Failing to is no reason to stop.
    private static func removeLeftovers(in parent: String, prefix: String) {
        let length = prefix.utf8.count + 1 + randomLength + lockSuffix.utf8.count
        // The length first: the folder of all programs may hold a great many names.
        for name in FileTree.names(in: Array(parent.utf8CString)) ?? [] where name.count == length {
            let name = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard name.hasPrefix("\(prefix)-"), name.hasSuffix(lockSuffix) else { continue }
            removeIfLeft("\(parent)/\(name.dropLast(lockSuffix.count))")
        }
    }

    private static func removeIfLeft(_ path: String) {
        let lock = path + lockSuffix
        var status = stat()
        guard lstat(lock, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else { return }
        let file = open(lock, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return }
        let isOurs = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
        if isOurs { FileTree.remove(path) }
        unlink(lock)
    }
}
