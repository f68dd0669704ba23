public import Cryptography

/// A block whose content is the raw hashes of other blocks, one after the other.
public enum Blocklist {
    /// Appends a hash to a blocklist under construction.
    public static func append(_ digest: Digest, to blocklist: inout [UInt8]) {
        digest.withUnsafeBytes { blocklist.append(contentsOf: $0) }
    }

    /// Reads the hashes of a blocklist.
    /// - Returns: nil when its length is no multiple of the hashes' length.
    public static func decode(_ bytes: UnsafeRawBufferPointer, algorithm: HashAlgorithm) -> [Digest]? {
        let length = algorithm.digestLength
        guard bytes.count % length == 0 else { return nil }
        var digests: [Digest] = []
        digests.reserveCapacity(bytes.count / length)
        for start in stride(from: 0, to: bytes.count, by: length) {
            guard let digest = Digest(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])) else {
                return nil
            }
            digests.append(digest)
        }
        return digests
    }

    /// Reads the hashes of a blocklist.
    /// - Returns: nil when its length is no multiple of the hashes' length.
    public static func decode(_ bytes: [UInt8], algorithm: HashAlgorithm) -> [Digest]? {
        bytes.withUnsafeBytes { decode($0, algorithm: algorithm) }
    }
}
