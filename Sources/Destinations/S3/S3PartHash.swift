internal import Cryptography
internal import Support
internal import Transport

/// Hashes the parts of a file in their order, and the whole of it along with them where there is a digest to compare.
final class S3PartHash {
    private let file: LocalFile
    private let cancellation: CancellationFlag
    private let whole: HashContext?

    init(_ file: LocalFile, _ cancellation: CancellationFlag) {
        self.file = file
        self.cancellation = cancellation
        whole = file.knownSHA256 == nil ? nil : HashContext(.sha256)
    }

    /// Hashes the part that follows those before it.
    func part(_ range: Range<Int64>) throws(SliceDigests.Failure) -> SliceDigests {
        let md5 = HashContext(.md5)
        let sha256 = HashContext(.sha256)
        let opened: FileDescriptor
        do throws(SystemError) {
            opened = try FileDescriptor.open(file.path)
        } catch {
            throw .file(error)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.step, alignment: 64)
        defer { buffer.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            if cancellation.isCancelled { throw .cancelled }
            let wanted = Int(min(Int64(Self.step), range.upperBound - position))
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            let count: Int
            do throws(SystemError) {
                count = try opened.read(into: piece, at: position)
            } catch {
                throw .file(error)
            }
            guard count == wanted else { throw .tooShort }
            md5.update(UnsafeRawBufferPointer(piece))
            sha256.update(UnsafeRawBufferPointer(piece))
            whole?.update(UnsafeRawBufferPointer(piece))
            position += Int64(count)
        }
        return SliceDigests(md5: md5.finish(), sha256: sha256.finish())
    }

    /// Whether all parts together are the file that was announced; asked once, after the last of them.
    func isAsAnnounced() -> Bool {
        guard let known = file.knownSHA256, let whole else { return true }
        return whole.finish() == known
    }

    private static let step = 1 << 20
}

extension SliceDigests {
    fileprivate init(md5: Digest, sha256: Digest) {
        self.md5 = md5
        self.sha256 = sha256
    }
}
