public import Cryptography

/// What all objects of a store agree on.
public struct StoreSettings: Sendable, Hashable {
    /// The most bytes a block has.
    public var blockSize: Int

    /// The algorithm of block hashes.
    public var blockHash: HashAlgorithm

    /// The algorithm of file, metadata and volume hashes.
    public var fileHash: HashAlgorithm

    /// Creates settings; the defaults are Duplicati's.
    public init(blockSize: Int = 1 << 20, blockHash: HashAlgorithm = .sha256, fileHash: HashAlgorithm = .sha256) {
        self.blockSize = blockSize
        self.blockHash = blockHash
        self.fileHash = fileHash
    }

    /// How many hashes fit into one blocklist.
    public var hashesPerBlocklist: Int { max(1, blockSize / blockHash.digestLength) }

    /// Whether a file of one block has one hash for both.
    public var hashesAreShared: Bool { blockHash == fileHash }

    /// The number of blocks that content of a size has.
    public func blockCount(of size: Int64) -> Int64 {
        size <= 0 ? 0 : (size - 1) / Int64(blockSize) + 1
    }

    /// The number of blocklists that content of a size has: none up to one block.
    public func blocklistCount(of size: Int64) -> Int64 {
        let blocks = blockCount(of: size)
        return blocks <= 1 ? 0 : (blocks - 1) / Int64(hashesPerBlocklist) + 1
    }

    /// The most bytes that metadata may have: what one blocklist describes.
    public var maximumMetadataSize: Int {
        let (product, overflow) = hashesPerBlocklist.multipliedReportingOverflow(by: blockSize)
        return overflow ? .max : product
    }
}
