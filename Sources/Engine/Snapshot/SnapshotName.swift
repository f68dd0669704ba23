internal import Cryptography
internal import StoreFormat
internal import Support

/// The name of a snapshot: `dunnage-catalog-1794900000000-0123456789abcdef-fedcba9876543210.zip.aes`, foreign to
/// Duplicati.
///
/// It tells when the snapshot was made, of which versions and of which objects, so that nobody fetches one that is of no
/// use, and everybody sees whether it is up to date.
struct SnapshotName: Sendable, Hashable, Comparable {
    let prefix: String
    let milliseconds: Int64
    let contents: Contents
    let isEncrypted: Bool

    /// What a store holds, in short.
    struct Contents: Sendable, Hashable {
        /// What tells one set of versions from another.
        let versions: String
        /// The same of all objects, data and index volumes included.
        let objects: String

        init(versions: String, objects: String) {
            self.versions = versions
            self.objects = objects
        }

        /// What a listing shows.
        init(_ listing: StoreListing) {
            versions = Self.fingerprint(listing.dlists)
            objects = Self.fingerprint(listing.items)
        }

        private static func fingerprint(_ items: some Sequence<StoreListing.Item>) -> String {
            let names = items.map { "\($0.name.text) \($0.size ?? -1)\n" }.sorted().joined()
            return Hex.encode(Array(HashContext(.sha256).hash(Array(names.utf8)).bytes.prefix(8)))
        }
    }

    var text: String {
        let store = prefix == ObjectName.defaultPrefix ? "" : "\(prefix)-"
        return "dunnage-catalog-\(store)\(milliseconds)-\(contents.versions)-\(contents.objects).zip"
            + (isEncrypted ? ".aes" : "")
    }

    init(prefix: String, at time: Timestamp, contents: Contents, isEncrypted: Bool) {
        self.prefix = prefix
        milliseconds = time.unixNanoseconds / 1_000_000
        self.contents = contents
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
        guard parts.count == 3, let milliseconds = Int64(parts[0]), milliseconds > 0, parts[1].count == 16,
            parts[2].count == 16
        else { return nil }
        self.prefix = prefix
        self.milliseconds = milliseconds
        contents = Contents(versions: String(parts[1]), objects: String(parts[2]))
    }

    static func < (a: SnapshotName, b: SnapshotName) -> Bool { a.milliseconds < b.milliseconds }
}
