internal import Cryptography
internal import Glibc
internal import Support

/// The temporary file that an object is written to: gathers small writes, hashes what goes through.
final class VolumeOutput: ByteSink {
    private static let bufferSize = 256 << 10

    let path: String
    private let file: FileDescriptor
    private let hash: HashContext
    private let sha256: HashContext?
    private let buffer: UnsafeMutableRawBufferPointer
    private var buffered = 0
    private var size: Int64 = 0
    private var isSealed = false

    init(folder: String, fileHash: HashAlgorithm) throws(SystemError) {
        path = "\(folder)/.dunnage-\(Hex.encode(RandomBytes.make(12))).volume"
        file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_EXCL)
        hash = HashContext(fileHash)
        sha256 = fileHash == .sha256 ? nil : HashContext(.sha256)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 64)
    }

    deinit {
        buffer.deallocate()
        if !isSealed { unlink(path) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if buffered + bytes.count > buffer.count { try flush() }
        if bytes.count >= buffer.count {
            try put(bytes)
        } else if bytes.count > 0 {
            UnsafeMutableRawBufferPointer(rebasing: buffer[buffered...]).copyMemory(from: bytes)
            buffered += bytes.count
        }
    }

    /// Ends the file.
    func seal(as name: ObjectName) throws -> SealedVolume {
        try flush()
        let digest = hash.finish()
        let sha256 = sha256?.finish() ?? digest
        isSealed = true
        return SealedVolume(name: name, path: path, size: size, hash: digest, sha256: sha256)
    }

    private func flush() throws {
        guard buffered > 0 else { return }
        try put(UnsafeRawBufferPointer(rebasing: buffer[..<buffered]))
        buffered = 0
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws {
        try file.write(all: bytes)
        hash.update(bytes)
        sha256?.update(bytes)
        size += Int64(bytes.count)
    }
}
