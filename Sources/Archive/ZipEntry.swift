/// One entry of a zip archive as its directory tells; nothing of it has been verified.
public struct ZipEntry: Sendable, Hashable {
    /// The name, with `/` also where old Windows versions wrote `\`.
    public let name: String
    /// How the content is packed.
    public let method: ZipMethod
    /// The checksum of the content.
    public let crc: UInt32
    /// The size in the archive.
    public let packedSize: Int
    /// The size of the content.
    public let size: Int

    /// Where the local header is.
    let offset: Int
    let isEncrypted: Bool
}
