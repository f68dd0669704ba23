internal import CSHA256

/// Hashes each block of a file and the file as a whole, in one pass over the bytes where the machine can.
///
/// Not for several threads at once.
public final class BlockwiseHash {
    private enum Method {
        /// Both are SHA-256 and share their work.
        case together(UnsafeMutablePointer<csha256_file>)
        case apart(block: HashContext, file: HashContext)
    }

    private let method: Method

    /// Prepares the hash of a first file.
    ///
    /// - Precondition: both algorithms are available.
    public convenience init(block: HashAlgorithm, file: HashAlgorithm) {
        self.init(
            block: block, file: file, sharing: block == .sha256 && file == .sha256 && csha256_is_available() != 0)
    }

    init(block: HashAlgorithm, file: HashAlgorithm, sharing: Bool) {
        if sharing {
            let running = UnsafeMutablePointer<csha256_file>.allocate(capacity: 1)
            csha256_begin(running)
            method = .together(running)
        } else {
            method = .apart(block: HashContext(block), file: HashContext(file))
        }
    }

    deinit {
        if case .together(let running) = method { running.deallocate() }
    }

    /// Continues the file with its next block.
    ///
    /// - Returns: the hash of the block.
    public func add(_ block: UnsafeRawBufferPointer) -> Digest {
        switch method {
        case .together(let running):
            guard let bytes = block.bindMemory(to: UInt8.self).baseAddress else {
                return HashContext(.sha256).hash(block)
            }
            return Digest(count: HashAlgorithm.sha256.digestLength) { output in
                csha256_add_block(
                    running, bytes, block.count, output.bindMemory(to: UInt8.self).baseAddress)
            }
        case .apart(let blockHash, let fileHash):
            fileHash.update(block)
            return blockHash.hash(block)
        }
    }

    /// Ends the file, and starts the next.
    public func finish() -> Digest {
        switch method {
        case .together(let running):
            let digest = Digest(count: HashAlgorithm.sha256.digestLength) { output in
                csha256_finish(running, output.bindMemory(to: UInt8.self).baseAddress)
            }
            csha256_begin(running)
            return digest
        case .apart(_, let fileHash):
            return fileHash.finish()
        }
    }
}
