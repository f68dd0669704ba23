public import Glibc

/// Files and folders that are their owner's alone.
public enum OwnerOnly {
    /// Makes an empty file of mode 0600 where none is, for something that would make it as the umask says, as SQLite does.
    ///
    /// A file that is there is not opened: closing it would end the locks that this process has on it.
    /// - Throws: `SystemError` when it cannot be made.
    public static func make(_ path: String) throws(SystemError) {
        if mknod(path, S_IFREG | 0o600, 0) == 0 || errno == EEXIST { return }
        // Not every file system makes files that way.
        do throws(SystemError) {
            _ = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        } catch  where error.code == EEXIST {
            return
        }
    }

    /// Takes from others what they may do with a file or folder; a link, and what is not there, stays as it is.
    /// - Returns: the permissions that it had, if others had some.
    /// - Throws: `SystemError` when others keep them.
    public static func narrow(_ path: String) throws(SystemError) -> mode_t? {
        guard let mode = mode(path), mode & 0o077 != 0 else { return nil }
        guard chmod(path, mode & 0o7700) == 0 else { throw SystemError("chmod", path: path) }
        // A file system without permissions says yes, and nothing happens.
        guard let now = Self.mode(path), now & 0o077 == 0 else {
            throw SystemError("chmod", path: path, code: EOPNOTSUPP)
        }
        return mode & 0o777
    }

    /// The mode of a file or folder.
    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFREG || kind == S_IFDIR ? status.st_mode & 0o7777 : nil
    }
}
