internal import Archive
internal import Cryptography

/// The names of entries that stand for a hash.
enum IndexEntries {
    /// The start of the names of blocklist copies in index volumes.
    static let listPrefix = "list/"

    /// The start of the names of control files in file lists.
    static let controlPrefix = "extra/"

    /// The hash that a name stands for; nil for any other name.
    static func digest(_ name: Substring, algorithm: HashAlgorithm) -> Digest? {
        // `manifest` is a valid Base64 word, but too short for any hash.
        guard name.utf8.count == (algorithm.digestLength + 2) / 3 * 4 else { return nil }
        var name = name
        guard let digest = name.withUTF8({ Digest(base64: UnsafeRawBufferPointer($0), urlSafe: true) }) else {
            return nil
        }
        return digest.count == algorithm.digestLength ? digest : nil
    }
}
