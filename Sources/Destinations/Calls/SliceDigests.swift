internal import Cryptography
internal import Support
internal import Transport

/// What servers compare an upload with: MD5 and SHA-256 of a part of a file of this machine, read once for both.
struct SliceDigests: Sendable, Hashable {
    /// The MD5, in bytes.
    let md5: Digest
    /// The SHA-256, in bytes.
    let sha256: Digest

    /// What keeps a part of a file from being hashed.
    enum Failure: Error {
        /// The file cannot be read.
        case file(SystemError)
        /// The file ends before the part does.
        case tooShort
        /// The caller asked to stop.
        case cancelled
    }

    /// Reads a part of a file; where its SHA-256 is known already, only the MD5 is computed.
    init(
        of slice: FileSlice, sha256 known: Digest? = nil, _ cancellation: CancellationFlag
    ) throws(Failure) {
        let md5 = HashContext(.md5)
        let sha256 = known == nil ? HashContext(.sha256) : nil
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor.open(slice.path)
        } catch {
            throw .file(error)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(Int64(Self.step), max(1, slice.count))), alignment: 64)
        defer { buffer.deallocate() }
        var position: Int64 = 0
        while position < slice.count {
            if cancellation.isCancelled { throw .cancelled }
            let wanted = Int(min(Int64(buffer.count), slice.count - position))
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
            let count: Int
            do throws(SystemError) {
                count = try file.read(into: part, at: slice.offset + position)
            } catch {
                throw .file(error)
            }
            guard count == wanted else { throw .tooShort }
            md5.update(UnsafeRawBufferPointer(part))
            sha256?.update(UnsafeRawBufferPointer(part))
            position += Int64(count)
        }
        self.md5 = md5.finish()
        // One of the two is there.
        self.sha256 = known ?? sha256?.finish() ?? HashContext(.sha256).finish()
    }

    private static let step = 1 << 20
}

extension DestinationError {
    /// The error of an object whose file could not be hashed.
    init(_ failure: SliceDigests.Failure, of path: String, _ object: String, at label: String) {
        switch failure {
        case .file(let error):
            self.init(.localFile, .put, object: object, at: label, detail: "\(error)")
        case .tooShort:
            self.init(.localFile, .put, object: object, at: label, detail: "\(path) became shorter while it was read")
        case .cancelled:
            self.init(.cancelled, .put, object: object, at: label, detail: "the run was stopped")
        }
    }
}

extension LocalFile {
    /// Checks that the file has the announced size.
    /// - Throws: `.localFile`.
    func checkSize(_ name: String, at label: String) throws(DestinationError) {
        let size: Int64
        do throws(SystemError) {
            size = try FileDescriptor.open(path).size()
        } catch {
            throw DestinationError(.localFile, .put, object: name, at: label, detail: "\(error)")
        }
        guard size == self.size else {
            throw DestinationError(
                .localFile, .put, object: name, at: label, detail: "\(path) has \(size) bytes instead of \(self.size)")
        }
    }

    /// The SHA-256 that came with the file.
    var knownSHA256: Digest? { sha256.flatMap { Hex.decode($0) }.flatMap { $0.count == 32 ? Digest($0) : nil } }
}
