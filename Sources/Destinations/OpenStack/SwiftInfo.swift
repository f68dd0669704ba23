internal import JSON

/// What a cluster tells of itself at `/info`, and what holds where it tells nothing.
///
/// - SeeAlso: OpenStack Swift, "Discoverability".
struct SwiftInfo: Sendable, Hashable {
    /// The largest object that is stored in one piece.
    var maximumObject: Int64 = 5 << 30
    /// The most rows of one page of a listing.
    var listingLimit = 10_000
    /// The most names of one bulk deletion; nil without that.
    var bulkDeletes: Int?
    /// The most segments of a large object; nil where there are no large objects by a list of segments.
    var maximumSegments: Int? = 1000
    /// The least size of a segment.
    var minimumSegment: Int64 = 1
    /// The names of the storage policies.
    var policies: [String] = []
    /// Whether old versions of objects can be kept.
    var hasVersions = false
    /// The version of the software, for reports.
    var version: String?
    /// Whether it is Swift itself, whose pages are full until the last.
    var isSwift = false

    init() {}

    /// Reads the answer; nil when it is something else.
    init?(_ body: [UInt8]) {
        guard let document = try? JSONValue(parsing: body), let swift = document["swift"], swift.object != nil else {
            return nil
        }
        maximumObject = swift["max_file_size"]?.integer ?? maximumObject
        listingLimit = Int(clamping: swift["container_listing_limit"]?.integer ?? 10_000)
        bulkDeletes = document["bulk_delete"].map { Int(clamping: $0["max_deletes_per_request"]?.integer ?? 1000) }
        maximumSegments = document["slo"].map { Int(clamping: $0["max_manifest_segments"]?.integer ?? 1000) }
        minimumSegment = document["slo"]?["min_segment_size"]?.integer ?? 1
        policies = (swift["policies"]?.array ?? []).compactMap { $0["name"]?.string }
        hasVersions = document["object_versioning"] != nil
        version = swift["version"]?.string
        // Ceph's gateway answers here as well, but has nothing to create accounts with.
        isSwift = swift["account_autocreate"] != nil
    }

    /// Where a storage URL's cluster tells about itself; nil when the URL has no version in its path.
    static func url(for storage: String) -> String? {
        guard let address = IdentityAddress(storage),
            let version = address.parts.lastIndex(where: { $0 == "v1" || $0 == "v1.0" })
        else { return nil }
        return ([address.origin] + address.parts[..<version] + ["info"]).joined(separator: "/")
    }
}
