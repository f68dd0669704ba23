public import Cryptography
internal import Glibc
internal import Synchronization

/// A finished object in a local temporary file, ready to be stored.
///
/// The file disappears with the last owner, unless somebody took it over.
public final class SealedVolume: Sendable {
    /// The name that it is to have in the store.
    public let name: ObjectName

    /// Where the file is.
    public let path: String

    /// Its size.
    public let size: Int64

    /// Its hash by the store's file hash algorithm.
    public let hash: Digest

    /// Its SHA-256, which some destinations want beforehand; the same as `hash` in almost every store.
    public let sha256: Digest

    private let isTakenOver = Atomic<Bool>(false)

    init(name: ObjectName, path: String, size: Int64, hash: Digest, sha256: Digest) {
        self.name = name
        self.path = path
        self.size = size
        self.hash = hash
        self.sha256 = sha256
    }

    /// Makes the caller responsible for the file.
    /// - Returns: its path.
    public func takeFile() -> String {
        isTakenOver.store(true, ordering: .relaxed)
        return path
    }

    deinit {
        if !isTakenOver.load(ordering: .relaxed) { unlink(path) }
    }
}
