internal import Cryptography
internal import Glibc
internal import Support
internal import Transport

/// MD5 values of files of this machine, which are what Swift compares contents by.
struct ContentDigest {
    /// The digest of each piece, in hexadecimal digits, in order.
    let pieces: [String]
    /// How many bytes a piece has; the last one may have fewer.
    let pieceSize: Int64

    /// Why a file has no digest.
    enum Failure: Error {
        case file(SystemError)
        /// The file has fewer or more bytes than it should.
        case otherSize(Int64)
        /// The file is not the one whose SHA-256 was told.
        case otherContent
        case cancelled
    }

    /// Reads a file once.
    /// - Parameters:
    ///   - path: the file.
    ///   - size: how many bytes it has to have.
    ///   - pieceSize: how many bytes each digest covers; nil for one digest of all.
    ///   - sha256: what the SHA-256 of all has to be, where it is known.
    ///   - isCancelled: is asked now and then.
    /// - Throws: why it has no digests.
    init(
        path: String, size: Int64, pieceSize: Int64? = nil, sha256: Digest? = nil, isCancelled: () -> Bool = { false }
    ) throws(Failure) {
        let piece = max(1, pieceSize ?? max(1, size))
        self.pieceSize = piece
        let file = try Self.local { () throws(SystemError) in try FileDescriptor.open(path) }
        let actual = try Self.local { () throws(SystemError) in try file.size() }
        guard actual == size else { throw .otherSize(actual) }
        let context = HashContext(.md5)
        let whole = sha256.map { _ in HashContext(.sha256) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var pieces: [String] = []
        var offset: Int64 = 0
        while offset < size {
            if isCancelled() { throw .cancelled }
            let end = min(size, (offset / piece + 1) * piece)
            let wanted = Int(min(Int64(buffer.count), end - offset))
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            let position = offset
            let count = try Self.local { () throws(SystemError) in try file.read(into: part, at: position) }
            guard count > 0 else { throw .otherSize(offset) }
            context.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            whole?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += Int64(count)
            if offset == end { pieces.append(context.finish().hex) }
        }
        if let sha256, let whole, whole.finish() != sha256 { throw .otherContent }
        self.pieces = pieces.isEmpty ? [context.finish().hex] : pieces
    }

    private static func local<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
        do throws(SystemError) { return try body() } catch { throw .file(error) }
    }

    /// The digest of all, where there is one piece.
    var whole: String? { pieces.count == 1 ? pieces[0] : nil }

    /// The tag that Swift gives to a list of these pieces: the MD5 of their digests' digits.
    var manifestTag: String { Self.manifestTag(pieces) }

    /// The tag that Swift gives to a list of pieces with these digests.
    static func manifestTag(_ digests: [String]) -> String {
        HashContext(.md5).hash(Array(digests.joined().utf8)).hex
    }
}

extension OpenStackDestination {
    /// The digests of a local file that is to be stored, or the error that says what is wrong with it.
    func digest(
        of file: LocalFile, pieceSize: Int64? = nil, _ operation: DestinationError.Operation, _ name: String
    ) throws(DestinationError) -> ContentDigest {
        do throws(ContentDigest.Failure) {
            let cancellation = caller.environment.cancellation
            return try ContentDigest(
                path: file.path, size: file.size, pieceSize: pieceSize, sha256: file.knownSHA256
            ) {
                cancellation.isCancelled
            }
        } catch {
            switch error {
            case .file(let cause): throw failure(.localFile, operation, name, "\(cause)")
            case .otherSize(let actual):
                throw failure(
                    .localFile, operation, name,
                    "the local file has \(actual) bytes, and not the \(file.size) that were announced")
            case .otherContent:
                throw failure(.localFile, operation, name, "\(file.path) has changed since it was made")
            case .cancelled: throw failure(.cancelled, operation, name, "the run was stopped")
            }
        }
    }
}
