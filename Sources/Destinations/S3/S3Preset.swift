/// What is known beforehand of a provider that speaks S3, by the name of its server.
///
/// What is not known here is found out: by asking once, and by what the server refuses.
struct S3Preset: Sendable, Hashable {
    /// How a put is kept from replacing an object.
    enum Creation: Sendable, Hashable {
        /// `If-None-Match: *`, which the provider documents.
        case documented
        /// A header field that has to be tried out before it is relied on.
        case tried(header: String, value: String)
    }

    /// Whose it is.
    var name = "an S3 server"
    /// The ends of the names of its servers.
    var hosts: [String] = []
    /// How a put is kept from replacing an object.
    var creation = Creation.tried(header: "If-None-Match", value: "*")
    /// Whether the entity tag of an object of parts is made of the MD5s of its parts.
    var hasMultipartETags = true
    /// Whether a multipart tag that differs is an error, and not merely a provider of its own ways.
    var trustsMultipartETags = false
    /// How many parts an object may have.
    var maximumParts: Int64 = 10_000
    /// How many bytes every part but the last has at least.
    var minimumPart: Int64 = 5 << 20
    /// Which kind of listing to begin with.
    var listVersion = 2
    /// Whether `encoding-type=url` works.
    var encodesListings = true
    /// Whether many objects can be deleted in one request.
    var deletesInBatches = true
    /// Whether `x-amz-checksum-sha256` is known to work.
    var takesChecksums = false
    /// Whether listings can tell of objects that were ordered from the archive.
    var listsRestores = false
    /// Classes of storage, beside Amazon's, from which objects have to be ordered.
    var archiveClasses: Set<String> = []

    /// Finds the provider of a server.
    /// - Parameters:
    ///   - host: the server's name, perhaps with a port or as a URL; nil for AWS.
    ///   - isAWS: whether the address is AWS's own.
    /// - Returns: what is known of it; the usual for a server that nobody has heard of.
    static func of(_ host: String?, isAWS: Bool) -> S3Preset {
        if isAWS { return aws }
        var name = (host ?? "").lowercased()
        if let mark = name.firstRange(of: "://") { name = String(name[mark.upperBound...]) }
        name = String(name.prefix { $0 != "/" && $0 != ":" })
        return table.first { $0.hosts.contains { name == $0 || name.hasSuffix(".\($0)") } } ?? S3Preset()
    }

    static let aws = S3Preset(
        name: "Amazon S3", creation: .documented, trustsMultipartETags: true, takesChecksums: true, listsRestores: true)

    /// The providers whose servers' names tell who they are.
    static let table: [S3Preset] = [
        S3Preset(name: "Backblaze B2", hosts: ["backblazeb2.com"]),
        S3Preset(name: "Wasabi", hosts: ["wasabisys.com"]),
        S3Preset(
            name: "Cloudflare R2", hosts: ["r2.cloudflarestorage.com"], creation: .documented, hasMultipartETags: false),
        S3Preset(
            name: "Google Cloud Storage", hosts: ["storage.googleapis.com"], hasMultipartETags: false,
            deletesInBatches: false),
        S3Preset(name: "Scaleway", hosts: ["scw.cloud"], maximumParts: 1000, archiveClasses: ["COLD_ARCHIVE"]),
        S3Preset(name: "OVHcloud", hosts: ["cloud.ovh.net", "cloud.ovh.us"], archiveClasses: ["COLD_ARCHIVE"]),
        S3Preset(name: "DigitalOcean Spaces", hosts: ["digitaloceanspaces.com"], encodesListings: false),
        S3Preset(name: "Hetzner", hosts: ["your-objectstorage.com"]),
        S3Preset(
            name: "Alibaba Cloud OSS", hosts: ["aliyuncs.com"],
            creation: .tried(header: "x-oss-forbid-overwrite", value: "true"), hasMultipartETags: false,
            archiveClasses: ["Archive", "ColdArchive", "DeepColdArchive"]),
        S3Preset(
            name: "Tencent Cloud COS", hosts: ["myqcloud.com", "tencentcos.cn"],
            creation: .tried(header: "x-cos-forbid-overwrite", value: "true"), hasMultipartETags: false, listVersion: 1,
            archiveClasses: ["ARCHIVE", "DEEP_ARCHIVE"]),
        S3Preset(name: "IDrive e2", hosts: ["idrivee2.com"]),
        S3Preset(name: "Linode", hosts: ["linodeobjects.com"]),
        S3Preset(name: "Storj", hosts: ["storjshare.io"], minimumPart: 64 << 20),
    ]
}
