internal import Catalog
internal import Cryptography
internal import Support

/// A catalog's way of telling a wrong passphrase without asking the destination.
///
/// It holds a small text encrypted as the objects are, so it gives nothing away that the destination does not. Without
/// it, a run that finds nothing new could go on with another passphrase than all runs before.
enum PassphraseCheck {
    private static let property = "passphrase_check"

    /// What to keep for a passphrase.
    static func make(_ passphrase: Secret) throws -> String {
        let sink = MemorySink()
        let writer = try AESCryptWriter(to: sink, passphrase: passphrase, createdBy: nil)
        try Array("dunnage".utf8).withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return Base64.encode(sink.bytes)
    }

    /// Whether a passphrase is the one that something was kept for; nil when nothing readable was kept.
    static func verify(_ passphrase: Secret, against kept: String?) -> Bool? {
        guard let stored = kept.flatMap({ Base64.decode($0) }) else { return nil }
        return stored.withUnsafeBytes { stored in
            do throws(CryptError) {
                let capacity = try AESCryptReader.plaintextCapacity(of: stored)
                let output = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
                defer { output.deallocate() }
                _ = try AESCryptReader.decrypt(stored, passphrase: passphrase, into: output)
                return true
            } catch {
                return error == .wrongPassphrase ? false : nil
            }
        }
    }

    /// Reads what a catalog keeps.
    static func kept(in reader: borrowing CatalogReader) throws -> String? {
        try reader.property(property)
    }

    /// Keeps it in a catalog.
    static func keep(_ check: String, _ writer: borrowing CatalogWriter) throws {
        try writer.setProperty(property, check)
    }
}
