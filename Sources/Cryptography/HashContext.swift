internal import COpenSSL

/// A hash computation that can be used again and again; not for several threads at once.
///
/// The implementation is fetched once per process and the context is reused, so that hashing small
/// blocks costs little more than the hash.
public final class HashContext {
    /// The algorithm.
    public let algorithm: HashAlgorithm
    private let context: OpaquePointer
    private let implementation: HashImplementation

    /// Prepares a computation.
    ///
    /// - Precondition: `algorithm.isAvailable`.
    public init(_ algorithm: HashAlgorithm) {
        guard let implementation = algorithm.implementation, let context = EVP_MD_CTX_new() else {
            fatalError("OpenSSL offers no \(algorithm.rawValue); allow it in the configuration of its providers")
        }
        self.algorithm = algorithm
        self.implementation = implementation
        self.context = context
        start()
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Feeds bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "OpenSSL failed while hashing")
    }

    /// Feeds bytes.
    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Ends the computation and starts the next.
    public func finish() -> Digest {
        Digest(count: algorithm.digestLength) { finish(into: $0) }
    }

    /// Hashes one piece; must not stand between `update` and `finish`.
    public func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
        update(bytes)
        return finish()
    }

    /// Hashes one piece; must not stand between `update` and `finish`.
    public func hash(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { hash($0) }
    }

    /// Ends the computation into `output`, which has room for the digest, and starts the next.
    func finish(into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count >= algorithm.digestLength)
        let status = EVP_DigestFinal_ex(context, output.bindMemory(to: UInt8.self).baseAddress, nil)
        precondition(status == 1, "OpenSSL failed while hashing")
        start()
    }

    private func start() {
        let status = EVP_DigestInit_ex2(context, implementation.pointer, nil)
        precondition(status == 1, "OpenSSL failed to start a hash")
    }
}
