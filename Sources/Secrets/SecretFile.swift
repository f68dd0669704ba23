internal import Glibc
internal import Support

/// A file that holds one secret.
struct SecretFile {
    /// Enough for any key or certificate chain; more is a wrong path.
    static let limit = 64 << 10

    /// The secret's name, for errors.
    let name: String
    let path: String
    /// The largest file that is read, in bytes.
    var largest = limit

    /// The content without one newline at its end.
    func read() throws(SecretError) -> Secret {
        try withContent { content throws(SecretError) in
            guard let secret = SecretText.secret(content) else { throw SecretError(name, .fileNotText(path)) }
            guard !secret.isEmpty else { throw SecretError(name, .fileEmpty(path)) }
            return secret
        }
    }

    /// All of the content, for the caller to wipe.
    func bytes() throws(SecretError) -> [UInt8] {
        try withContent { content throws(SecretError) in
            guard !content.isEmpty else { throw SecretError(name, .fileEmpty(path)) }
            return Array(content)
        }
    }

    private func withContent<Result>(
        _ body: (UnsafeRawBufferPointer) throws(SecretError) -> Result
    ) throws(SecretError) -> Result {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: largest + 1, alignment: 1)
        defer {
            if let base = buffer.baseAddress { wipe(base, buffer.count) }
            buffer.deallocate()
        }
        let content = try content(in: buffer)
        guard content.count <= largest else {
            throw SecretError(name, .fileTooLarge(path, limit: ByteCount(Int64(largest))))
        }
        return try body(UnsafeRawBufferPointer(rebasing: content))
    }

    private func content(in buffer: UnsafeMutableRawBufferPointer) throws(SecretError) -> Slice<UnsafeRawBufferPointer>
    {
        let mode: mode_t
        let count: Int
        do throws(SystemError) {
            let file = try FileDescriptor.open(path, flags: O_RDONLY | O_NOCTTY)
            var status = stat()
            guard fstat(file.raw, &status) == 0 else { throw SystemError("stat", path: path) }
            mode = status.st_mode
            count = try file.read(into: buffer)
        } catch {
            throw SecretError(name, reason(error))
        }
        if mode & S_IFMT == S_IFREG, mode & S_IWOTH != 0 { throw SecretError(name, .fileWritableByAll(path)) }
        return UnsafeRawBufferPointer(buffer)[..<count]
    }

    private func reason(_ error: SystemError) -> SecretError.Reason {
        switch error.code {
        case ENOENT, ENOTDIR: .fileMissing(path)
        case EACCES, EPERM: .fileDenied(path)
        case EISDIR: .fileIsFolder(path)
        default: .fileUnreadable(error)
        }
    }
}
