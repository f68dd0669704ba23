internal import Cryptography
internal import Support
internal import Transport

/// Where and how objects are kept in OpenStack Swift: the URL and the options, checked.
struct OpenStackOptions: Sendable {
    /// The container, as it is written.
    let container: String
    /// What stands before each object's name: empty, or ending with a slash.
    let prefix: String
    /// The policy of a container that is created.
    let storagePolicy: String?
    /// The size from which on objects are stored in segments of this size; nil for the server's limit.
    let segmentSize: Int64?
    /// The container for segments.
    let segmentContainer: String
    /// Where segments are beside the objects: below the container's name, where several containers share the place.
    var segmentsBeside: SegmentPlace {
        let isOwn = segmentContainer == "\(container)_segments"
        return SegmentPlace(container: segmentContainer, prefix: isOwn ? "" : "\(container)/")
    }
    /// Whether the MD5 of the content is sent and compared.
    let verifiesETag: Bool

    /// Every option of `openstack://`, `swift://` and `cloudfiles://`.
    static let all: [DestinationOption] =
        IdentityKey.allCases.compactMap(\.option).map { DestinationOption($0) }
        + [
            "openstack-cloud", "openstack-region-strict", "openstack-storage-policy", "openstack-segment-size",
            "openstack-segment-container", "openstack-verify-etag", "cloudfiles-username", "cloudfiles-accesskey",
            "cloudfiles-uk-account", "cloudfiles-authentication-url",
        ].map { DestinationOption($0) } + ConnectionOptions.names

    init(_ url: DestinationURL, _ options: DestinationOptions, at label: String) throws(DestinationError) {
        func refusal(_ detail: String) -> DestinationError {
            DestinationError(
                .configuration, .open, at: label, detail: detail,
                advice: "Write the URL as openstack://container or openstack://container/folder.")
        }
        guard HashAlgorithm.md5.isAvailable else {
            throw DestinationError(
                .unsupported, .open, at: label, detail: "OpenSSL offers no MD5 here, by which Swift compares contents",
                advice: "Allow it in the configuration of OpenSSL's providers.")
        }
        container = url.host
        if container.isEmpty { throw refusal("the URL names no container") }
        if container.utf8.count > 256 { throw refusal("the container's name is longer than 256 bytes") }
        if url.port != nil { throw refusal("what stands where the container should be is a host with a port") }
        let folders = url.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        prefix = Self.prefix(folders)
        if prefix.utf8.count > 768 { throw refusal("the folder's name is longer than 768 bytes") }
        let reader = OptionReader(options, at: label)
        storagePolicy = reader.given("openstack-storage-policy")
        segmentSize = try reader.bytes("openstack-segment-size", defaultUnit: 1)
        if let segmentSize, segmentSize < 1 || segmentSize > 5 << 30 {
            throw reader.wrong("openstack-segment-size", "a size of at most 5gb")
        }
        segmentContainer = reader.given("openstack-segment-container") ?? "\(url.host)_segments"
        if segmentContainer.utf8.count > 256 || segmentContainer.contains("/") {
            throw reader.wrong("openstack-segment-container", "the name of a container")
        }
        verifiesETag = options.flag("openstack-verify-etag") ?? true
    }

    /// The folder with one slash at its end, and none at its beginning.
    private static func prefix(_ folders: [String]) -> String {
        var folders = folders[...]
        while folders.first == "" { folders.removeFirst() }
        while folders.last == "" { folders.removeLast() }
        return folders.isEmpty ? "" : folders.joined(separator: "/") + "/"
    }
}

extension IdentitySettings {
    /// The settings of a URL and its options, clouds.yaml and the environment.
    init(
        _ url: DestinationURL, _ options: DestinationOptions, environment: [String: String]
    ) throws(IdentityRefusal) {
        var layers = [IdentityLayer(url, options)]
        if let cloud = (options["openstack-cloud"] ?? environment["OS_CLOUD"]).flatMap({ $0.isEmpty ? nil : $0 }) {
            layers.append(try CloudFile(environment: environment).layer(named: cloud))
        }
        layers.append(IdentityLayer(environment: environment))
        try self.init(layers: layers)
        endpoint.isStrict = options.flag("openstack-region-strict") ?? false
    }
}
