internal import Cryptography

/// A block that versions need and no sound volume has.
struct LostBlock: Sendable {
    let id: Int64
    let digest: Digest
    let size: Int
    /// The damaged volume that is its home, or 0.
    let volume: Int64
    /// Whether it lists the hashes of other blocks.
    let isList: Bool
}
