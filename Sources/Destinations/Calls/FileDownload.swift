internal import Cryptography
internal import Glibc
internal import Support
internal import Transport

/// Takes an object into a local file, over as many responses as that needs: each goes on where the last one broke off.
///
/// Give it to one request after the other, with the header fields of `resumption`, until the object is complete; then
/// `finish` compares length and MD5. For one thread at a time.
final class FileDownload: ResponseSink {
    /// What the server calls this content, without quotation marks.
    private(set) var etag: String?
    /// How many bytes of the object have come.
    private(set) var received: Int64 = 0
    /// How many bytes the object has, as the first response said.
    private(set) var total: Int64?
    /// Why a response was refused, when it does not belong to what is there.
    private(set) var complaint: String?

    /// Whether the tag does not promise the same bytes.
    private var isWeak = false
    private let path: String
    private let md5 = HashContext(.md5)
    private var file: OpenFile?
    /// The last bytes that came, which are not in the file yet: libcurl hands on 16 KiB at a time, too little for a
    /// system call and for a hash.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var buffered = 0

    private final class OpenFile {
        let descriptor: FileDescriptor

        init(_ path: String) throws(SystemError) {
            descriptor = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        }
    }

    /// A download into a file, which is created or replaced when the first bytes come.
    init(to path: String) {
        self.path = path
    }

    deinit { buffer.deallocate() }

    /// What asks for the rest, of the same content: empty while nothing is there.
    var resumption: HTTPHeaders {
        guard received > 0, let etag, !isWeak else { return [:] }
        return ["Range": "bytes=\(received)-", "If-Match": "\"\(etag)\""]
    }

    /// Whether everything is there already, so that no further request is needed.
    var isComplete: Bool { total == received && file != nil }

    func begin(_ head: HTTPResponse) throws(SystemError) {
        complaint = nil
        if head.status == 206 {
            guard let range = ContentRange(head.headers["Content-Range"]), range.first == received,
                total == nil || range.total == total
            else {
                complaint = "the server sent another part of the object than it was asked for"
                throw SystemError("resume", path: path, code: EIO)
            }
            total = range.total
            if let tag = head.headers["ETag"].map(Self.unquoted), let etag, tag != etag {
                complaint = "the object was replaced while it was read"
                throw SystemError("resume", path: path, code: EIO)
            }
        } else {
            restart()
            total = head.headers["Content-Length"].flatMap { Int64($0) }
        }
        if let tag = head.headers["ETag"] {
            etag = Self.unquoted(tag)
            isWeak = tag.hasPrefix("W/")
        }
        if file == nil { file = try OpenFile(path) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        guard file != nil else { return }
        var rest = bytes[...]
        while !rest.isEmpty {
            if buffered == buffer.count { try flush() }
            let next = rest.prefix(buffer.count - buffered)
            UnsafeMutableRawBufferPointer(rebasing: buffer[buffered...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: next))
            buffered += next.count
            received += Int64(next.count)
            rest = rest.dropFirst(next.count)
        }
        // The connection may break before libcurl knows that this was all.
        if received == total { try flush() }
    }

    func end() throws(SystemError) { try flush() }

    /// Brings to the file what came; if that fails nothing is lost, and the next flush writes it.
    private func flush() throws(SystemError) {
        guard let file, buffered > 0 else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<buffered])
        try file.descriptor.write(all: bytes, at: received - Int64(buffered))
        md5.update(bytes)
        buffered = 0
    }

    /// Begins anew: the response is the whole object.
    private func restart() {
        _ = md5.finish()
        received = 0
        buffered = 0
        file = nil
    }

    /// Forgets what came so far, because it cannot be right.
    func forget() {
        restart()
        total = nil
        etag = nil
    }

    /// Removes the file of a download that failed.
    func discard() {
        file = nil
        unlink(path)
    }

    /// What is wrong with what came, by its length and its MD5 where the server told it; nil when it is the object.
    func objection(md5 expected: String?) -> String? {
        if let total, total != received { return "\(received) bytes arrived instead of \(total)" }
        guard let expected else { return nil }
        // The context starts anew with this, as does the next try.
        let actual = md5.finish().hex
        return actual == expected.lowercased() ? nil : "the MD5 of what arrived is \(actual) instead of \(expected)"
    }

    /// An entity tag without its quotation marks and without the mark of a weak one.
    static func unquoted(_ etag: String) -> String {
        var text = etag[...]
        if text.hasPrefix("W/") { text = text.dropFirst(2) }
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
        return String(text)
    }
}

/// Which bytes of how many a response has: `bytes 5-9/10`.
struct ContentRange: Hashable {
    let first: Int64
    let last: Int64
    /// Nil for `*`.
    let total: Int64?

    init?(_ text: String?) {
        guard let text, text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/")
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-")
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]), first <= last else { return nil }
        self.first = first
        self.last = last
        total = Int64(parts[1])
    }
}
