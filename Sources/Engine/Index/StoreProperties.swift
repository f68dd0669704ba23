public import Catalog
internal import Cryptography
public import StoreFormat

/// What a catalog remembers of its store as a whole.
public struct StoreProperties: Sendable, Hashable {
    /// Block size and hash algorithms; fixed for the store's life.
    public var settings: StoreSettings
    /// How the objects' names begin.
    public var prefix: String
    /// How new objects are encrypted.
    public var encryption: Encryption

    /// Properties from their parts.
    public init(settings: StoreSettings, prefix: String, encryption: Encryption) {
        self.settings = settings
        self.prefix = prefix
        self.encryption = encryption
    }

    /// The properties that a catalog holds; nil when it is new, or when they make no sense.
    public init?(from reader: borrowing CatalogReader) throws {
        guard let size = try reader.property("block_size").flatMap({ Int($0) }), size > 0,
            let blockHash = try reader.property("block_hash").flatMap({ HashAlgorithm(rawValue: $0) }),
            let fileHash = try reader.property("file_hash").flatMap({ HashAlgorithm(rawValue: $0) }),
            let prefix = try reader.property("prefix"),
            let encryption = try reader.property("encryption").flatMap({ Encryption(rawValue: $0) })
        else { return nil }
        self.init(
            settings: StoreSettings(blockSize: size, blockHash: blockHash, fileHash: fileHash), prefix: prefix,
            encryption: encryption)
    }

    /// Keeps the properties in a catalog.
    public func write(to writer: borrowing CatalogWriter) throws {
        try writer.setProperty("block_size", String(settings.blockSize))
        try writer.setProperty("block_hash", settings.blockHash.rawValue)
        try writer.setProperty("file_hash", settings.fileHash.rawValue)
        try writer.setProperty("prefix", prefix)
        try writer.setProperty("encryption", encryption.rawValue)
    }
}
