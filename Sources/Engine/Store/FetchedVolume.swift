public import Cryptography
public import StoreFormat

/// An object of the store, fetched and opened.
public struct FetchedVolume: Sendable {
    /// Its content.
    public let reader: VolumeReader
    /// Its size as stored.
    public let size: Int64
    /// The hash of the object as stored.
    public let hash: Digest
    /// What is wrong with it although it could be opened; only when asked to tolerate that.
    public let fault: String?
}
