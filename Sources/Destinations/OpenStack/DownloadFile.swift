internal import Cryptography
internal import Glibc
internal import Support
internal import Transport

/// The local file that an object is fetched into, over as many attempts as it takes.
///
/// An attempt goes on where the one before it broke, if the object is still the same.
final class DownloadFile: ResponseSink {
    private let path: String
    private let descriptor: FileDescriptor
    private let digest = HashContext(.md5)

    /// How many bytes have come.
    private(set) var count: Int64 = 0
    /// The object's tag, as the server writes it.
    private(set) var tag: String?
    /// The header of the response that began the object.
    private(set) var head: HTTPResponse?

    /// Creates the file, or empties it.
    init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
    }

    /// The header fields of a request that goes on where the last one broke.
    var continuation: HTTPHeaders {
        guard count > 0, let tag else { return [:] }
        return ["Range": "bytes=\(count)-", "If-Match": tag]
    }

    func begin(_ head: HTTPResponse) throws(SystemError) {
        // Only what begins at the right byte goes on; anything else begins again.
        if head.status == 206, count > 0, head.rangeStart == count { return }
        try restart()
        self.head = head
        tag = head.headers["Etag"]
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        try descriptor.write(all: bytes)
        digest.update(bytes)
        count += Int64(bytes.count)
    }

    /// Forgets what has come.
    func restart() throws(SystemError) {
        guard ftruncate(descriptor.raw, 0) == 0, lseek(descriptor.raw, 0, SEEK_SET) == 0 else {
            throw SystemError("begin again with", path: path)
        }
        _ = digest.finish()
        count = 0
        head = nil
        tag = nil
    }

    /// The MD5 of what has come; to be asked once.
    func finish() -> String { digest.finish().hex }
}

extension HTTPResponse {
    /// The first byte of `Content-Range: bytes 5-9/10`.
    var rangeStart: Int64? {
        guard let range = headers["Content-Range"], range.hasPrefix("bytes ") else { return nil }
        return Int64(range.dropFirst(6).prefix { $0.isNumber })
    }

    /// The size of the whole of `Content-Range: bytes 5-9/10`.
    var rangeTotal: Int64? {
        headers["Content-Range"].flatMap { $0.split(separator: "/").last }.flatMap { Int64($0) }
    }
}
