internal import Catalog
internal import StoreFormat

/// Versions that the destination lists and the session does not know.
///
/// They may need what a compaction is about to delete: an incomplete listing did not show them when the store was
/// opened, or another program has made them since.
enum NewVersions {
    /// The filelist of one, if there is any.
    static func first(in listing: StoreListing, _ session: StoreSession) throws -> ObjectName? {
        var listing = listing
        if session.properties.encryption != .none { listing.setUnencryptedAside() }
        let known = Set(session.listing.items.lazy.map(\.name))
        return try session.catalog.read { reader in
            listing.remove(SupersededList.settled(try SupersededList.all(in: reader), listing))
            listing.remove(try PendingDeletions(from: reader).lingering)
            return listing.dlists.map(\.name).first { !known.contains($0) }
        }
    }
}
