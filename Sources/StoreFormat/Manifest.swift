internal import Cryptography
internal import JSON
public import Support

/// The first entry of every object: the settings it was written with.
public struct Manifest: Sendable, Hashable {
    /// The name of its entry.
    public static let entryName = "manifest"

    /// The format's version that this program writes and reads.
    public static let currentVersion = 2

    /// What new manifests name as their writer.
    public static let writer = "Dunnage"

    /// The format's version: 1 or 2.
    public var version: Int

    /// When the object was created, if that is readable.
    public var created: Timestamp?

    /// The settings of the store.
    public var settings: StoreSettings

    /// The program that wrote the object.
    public var application: String

    /// The entry's bytes: byte order mark and one line of JSON, members in Duplicati's order.
    public static func encode(
        _ settings: StoreSettings, created: Timestamp, application: String = Manifest.writer
    ) -> [UInt8] {
        var output: [UInt8] = [0xEF, 0xBB, 0xBF]
        JSONWriter.append("{\"Version\":", to: &output)
        JSONWriter.appendInteger(Int64(currentVersion), to: &output)
        JSONWriter.append(",\"Created\":\"", to: &output)
        created.appendCompact(to: &output)
        JSONWriter.append("\",\"Encoding\":\"utf8\",\"Blocksize\":", to: &output)
        JSONWriter.appendInteger(Int64(settings.blockSize), to: &output)
        JSONWriter.append(",\"BlockHash\":", to: &output)
        JSONWriter.appendString(settings.blockHash.rawValue, to: &output)
        JSONWriter.append(",\"FileHash\":", to: &output)
        JSONWriter.appendString(settings.fileHash.rawValue, to: &output)
        JSONWriter.append(",\"AppVersion\":", to: &output)
        JSONWriter.appendString(application, to: &output)
        JSONWriter.append("}", to: &output)
        return output
    }

    /// Reads the entry of an object.
    public static func decode(_ bytes: [UInt8], object: String) throws(StoreFormatError) -> Manifest {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw StoreFormatError(.damaged, object: object, detail: "its manifest is not readable: \(error)")
        }
        func unsupported(_ detail: String) -> StoreFormatError {
            StoreFormatError(.unsupported, object: object, detail: detail)
        }
        guard let version = document["Version"]?.integer else {
            throw StoreFormatError(.damaged, object: object, detail: "its manifest has no version")
        }
        guard version >= 1, version <= Int64(currentVersion) else { throw unsupported("format version \(version)") }
        let encoding = document["Encoding"]?.string ?? ""
        guard encoding == "utf8" else { throw unsupported("text encoding '\(encoding)'") }
        let blockHash = try algorithm(document["BlockHash"], object: object)
        let fileHash = try algorithm(document["FileHash"], object: object)
        guard let blockSize = document["Blocksize"]?.integer, blockSize >= Int64(blockHash.digestLength),
            blockSize <= Int64(Int32.max)
        else {
            throw StoreFormatError(.damaged, object: object, detail: "its manifest has no valid block size")
        }
        return Manifest(
            version: Int(version),
            created: document["Created"]?.string.flatMap { Timestamp(compact: $0) },
            settings: StoreSettings(blockSize: Int(blockSize), blockHash: blockHash, fileHash: fileHash),
            application: document["AppVersion"]?.string ?? "")
    }

    private static func algorithm(_ value: JSONValue?, object: String) throws(StoreFormatError) -> HashAlgorithm {
        let name = value?.string ?? ""
        guard let algorithm = HashAlgorithm(rawValue: name) else {
            throw StoreFormatError(.unsupported, object: object, detail: "hash algorithm '\(name)'")
        }
        return algorithm
    }

    /// Refuses an object whose settings differ from the store's.
    public func check(against expected: StoreSettings, object: String) throws(StoreFormatError) {
        guard settings != expected else { return }
        var differences: [String] = []
        if settings.blockSize != expected.blockSize {
            differences.append("block size \(settings.blockSize) instead of \(expected.blockSize)")
        }
        if settings.blockHash != expected.blockHash {
            differences.append("block hash \(settings.blockHash.rawValue) instead of \(expected.blockHash.rawValue)")
        }
        if settings.fileHash != expected.fileHash {
            differences.append("file hash \(settings.fileHash.rawValue) instead of \(expected.fileHash.rawValue)")
        }
        throw StoreFormatError(.settingsDiffer, object: object, detail: differences.joined(separator: ", "))
    }
}
