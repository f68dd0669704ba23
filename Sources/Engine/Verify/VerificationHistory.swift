internal import Catalog
internal import Glibc

/// How often the volumes of a store were verified, by their names: what outlives a catalog.
struct VerificationHistory {
    private var counts: [String: CatalogVerification] = [:]

    /// What the catalog at `path` knows; nothing when it cannot be read.
    init(catalogAt path: String) {
        // Opening would make one where there is none.
        guard access(path, F_OK) == 0, let catalog = try? Catalog(path: path) else { return }
        counts = (try? catalog.read { reader in try Self.counts(reader) }) ?? [:]
    }

    /// What a catalog knows.
    static func counts(_ reader: borrowing CatalogReader) throws -> [String: CatalogVerification] {
        let verifications = try reader.verifications()
        guard !verifications.isEmpty else { return [:] }
        var counts: [String: CatalogVerification] = [:]
        for volume in try reader.volumes() { counts[volume.name] = verifications[volume.id] }
        return counts
    }

    /// Records it in another catalog of the same store, for the volumes that are still there; what that catalog knows
    /// already is newer.
    func write(to writer: borrowing CatalogWriter) throws {
        guard !counts.isEmpty else { return }
        let found = try writer.reading { try $0.verifications() }
        for volume in try writer.reading({ try $0.volumes() }) where found[volume.id] == nil {
            if let verification = counts[volume.name] { try writer.put(verification, of: volume.id) }
        }
    }
}
