internal import Cryptography
internal import StoreFormat
internal import Support

/// The name of a snapshot: `dunnage-catalog-1794900000000-0123456789abcdef.zip.aes`, foreign to Duplicati.
///
/// It tells when the snapshot was made and of which versions, so that nobody fetches one that is of no use.
struct SnapshotName: Sendable, Hashable, Comparable {
    let prefix: String
    let milliseconds: Int64
    let versions: String
    let isEncrypted: Bool

    var text: String {
        let store = prefix == ObjectName.defaultPrefix ? "" : "\(prefix)-"
        return "dunnage-catalog-\(store)\(milliseconds)-\(versions).zip\(isEncrypted ? ".aes" : "")"
    }

    init(prefix: String, at time: Timestamp, versions: String, isEncrypted: Bool) {
        self.prefix = prefix
        milliseconds = time.unixNanoseconds / 1_000_000
        self.versions = versions
        self.isEncrypted = isEncrypted
    }

    /// Reads a name; nil when it is not that of a snapshot of the store with this prefix.
    init?(parsing text: String, prefix: String) {
        let start = "dunnage-catalog-" + (prefix == ObjectName.defaultPrefix ? "" : "\(prefix)-")
        guard text.hasPrefix(start) else { return nil }
        isEncrypted = text.hasSuffix(".zip.aes")
        guard isEncrypted || text.hasSuffix(".zip") else { return nil }
        let parts = text.dropFirst(start.count).dropLast(isEncrypted ? 8 : 4)
            .split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), milliseconds > 0, parts[1].count == 16 else {
            return nil
        }
        self.prefix = prefix
        self.milliseconds = milliseconds
        versions = String(parts[1])
    }

    static func < (a: SnapshotName, b: SnapshotName) -> Bool { a.milliseconds < b.milliseconds }

    /// What tells one set of versions from another.
    static func fingerprint(_ listing: StoreListing) -> String {
        let names = listing.dlists.map { "\($0.name.text) \($0.size ?? -1)\n" }.sorted().joined()
        return Hex.encode(Array(HashContext(.sha256).hash(Array(names.utf8)).bytes.prefix(8)))
    }
}
