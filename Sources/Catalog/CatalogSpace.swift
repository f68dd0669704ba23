internal import GRDB
internal import Glibc

/// Which file system is full when SQLite says that one is, or only that it could not write.
enum CatalogSpace {
    /// Less than this is no room: a page of the log with its header, and a file's own bookkeeping.
    private static let little: UInt64 = 64 << 10

    /// The folder whose file system is full, if that is what a code of SQLite means for a database.
    static func fullFolder(_ path: String, _ code: ResultCode) -> String? {
        let own = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        switch code.primaryResultCode {
        case .SQLITE_FULL: break
        // The index of the log grows in a way of its own, and SQLite has no better word when it cannot.
        case .SQLITE_IOERR where code == .SQLITE_IOERR_SHMSIZE: return own
        // Some file systems notice only when the data is flushed.
        case .SQLITE_IOERR where (room(own) ?? .max) < little: return own
        case .SQLITE_CANTOPEN where (room(own) ?? .max) < little: return own
        default: return nil
        }
        let other = (getenv("SQLITE_TMPDIR") ?? getenv("TMPDIR")).map { String(cString: $0) } ?? "/var/tmp"
        guard let free = room(other), free < little, (room(own) ?? 0) >= little else { return own }
        return other
    }

    /// The bytes that this user may still write where a folder is.
    private static func room(_ folder: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }
}
