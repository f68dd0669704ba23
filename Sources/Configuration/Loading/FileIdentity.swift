internal import Glibc
internal import Support

/// What tells one file or folder from another, by whatever path it is reached.
struct FileIdentity: Hashable {
    let device: UInt64
    let inode: UInt64
    let isFolder: Bool

    /// Looks a path up, through symbolic links.
    init(_ path: String) throws(SystemError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError("stat", path: path) }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }
}
