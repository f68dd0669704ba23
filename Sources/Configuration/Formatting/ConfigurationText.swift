internal import Glibc
public import Support

/// A configuration's bytes, to be read and put back.
public struct ConfigurationText: Sendable, Hashable {
    /// The file's path, with links followed.
    public let path: String
    /// The bytes.
    public let bytes: [UInt8]

    /// Reads a file.
    /// - Throws: `SystemError` when it cannot be read.
    public static func read(_ path: String) throws(SystemError) -> ConfigurationText {
        let bytes = try ConfigurationFile.read(path)
        // Otherwise a link would become a file.
        guard let resolved = realpath(path, nil) else { throw SystemError("resolve", path: path) }
        defer { free(resolved) }
        return ConfigurationText(path: String(cString: resolved), bytes: bytes)
    }

    /// Puts another text in the file's place, complete or not at all; owner and mode stay.
    /// - Throws: `SystemError` when it cannot be written; the file is then as it was.
    public func replace(with text: String) throws(SystemError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError("stat", path: path) }
        let temporary = "\(path).dunnage-\(getpid())"
        do throws(SystemError) {
            let file = try FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            var result: Result<Void, SystemError> = .success(())
            Array(text.utf8).withUnsafeBytes { buffer in
                do throws(SystemError) {
                    try file.write(all: buffer)
                } catch {
                    result = .failure(error)
                }
            }
            try result.get()
            if fchown(file.raw, status.st_uid, status.st_gid) != 0, errno != EPERM {
                throw SystemError("chown", path: temporary)
            }
            guard fchmod(file.raw, status.st_mode & 0o7777) == 0 else { throw SystemError("chmod", path: temporary) }
            guard fsync(file.raw) == 0 else { throw SystemError("sync", path: temporary) }
            guard rename(temporary, path) == 0 else { throw SystemError("rename", path: temporary) }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
