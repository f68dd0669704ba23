public import Secrets
internal import Support

/// A store as Duplicati's own tools are told of it.
public struct DuplicatiAddress: Sendable, Hashable {
    /// What has to be said beyond the command, because Duplicati knows less or other things.
    public enum Gap: Sendable, Hashable {
        /// It takes keys, and no roles, profiles or variables of Amazon's programs.
        case keysOnly
        /// It knows no application credentials.
        case applicationCredential
        /// It reads neither OpenStack's variables nor `clouds.yaml`.
        case loginInOptions
        /// It wants the name of the project, not its id.
        case projectName
        /// It knows no temporary keys and no roles.
        case lastingKeys
    }

    /// Where the store is.
    public let url: Template
    /// The options that it needs, without its login.
    public let options: [RecoveryKit.Setting]
    /// Who logs in.
    public let user: Template?
    /// With what.
    public let password: Template?
    /// What the person who types has to add.
    public let gaps: [Gap]

    /// How Duplicati is told of an address.
    /// - Returns: nil for a kind of destination that it does not have.
    init?(_ address: StoreAddress) {
        guard let scheme = Self.schemes[address.scheme] else { return nil }
        var options: [String: Template] = [:]
        for (name, value) in address.options { options[Self.spellings[name] ?? name] = value }
        var gaps: [Gap] = []
        switch scheme {
        case "s3":
            // Duplicati speaks http unless it is told otherwise.
            let server = options["s3-server-name"]?.text ?? ""
            if options["use-ssl"] == nil {
                options["use-ssl"] = Template(server.hasPrefix("http://") ? "false" : "true")
            }
            if address.scheme == "s3s" { options["use-ssl"] = Template("true") }
            if options["s3-addressing"]?.text == "path" { options["s3-ext-forcepathstyle"] = Template("true") }
            if address.password == nil { gaps.append(.keysOnly) }
            if options["aws-session-token"] != nil || options["s3-role-arn"] != nil { gaps.append(.lastingKeys) }
        case "openstack":
            if options.keys.contains(where: { $0.hasPrefix("openstack-application-credential") }) {
                gaps.append(.applicationCredential)
            } else if address.surroundings != nil {
                gaps.append(.loginInOptions)
            } else if options["openstack-tenant-name"] == nil, options["openstack-tenant-id"] != nil {
                gaps.append(.projectName)
            }
            let identity = options["openstack-authuri"]?.text ?? ""
            let isThird = identity.hasSuffix("/v3") || options["openstack-version"]?.text == "v3"
            if isThird, options["openstack-domain-name"] == nil, gaps.isEmpty {
                options["openstack-domain-name"] = Template("Default")
            }
        default: break
        }
        url = Self.url(scheme, address.path)
        let known = Self.known[scheme] ?? []
        self.options = options.keys.sorted().compactMap { name in
            guard known.contains(name) || name == "prefix" || (scheme == "s3" && name.hasPrefix("s3-ext-")) else {
                return nil
            }
            return options[name].map { RecoveryKit.Setting(name: name, value: $0) }
        }
        user = address.user
        password = address.password
        self.gaps = gaps
    }

    /// A folder by its path, anything else with what means something to a URL encoded.
    private static func url(_ scheme: String, _ path: Template) -> Template {
        if scheme == "file" {
            let isPlain = path.text?.utf8.allSatisfy { $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "+") } ?? false
            return isPlain && path.text?.contains("?") == false ? Template([.text("file://")] + path.pieces) : path
        }
        return Template(
            [.text("\(scheme)://")]
                + path.pieces.map { piece in
                    guard case .text(let text) = piece else { return piece }
                    return .text(
                        PercentEncoding.encode(text.utf8) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") })
                })
    }

    /// Duplicati's name of each scheme; it no longer has Rackspace's.
    private static let schemes = [
        "file": "file", "s3": "s3", "s3s": "s3", "e2": "e2", "aliyunoss": "aliyunoss", "cos": "cos",
        "openstack": "openstack", "swift": "openstack",
    ]

    private static let spellings = [
        "s3-servername": "s3-server-name", "server-name": "s3-server-name",
        "s3-location-contraint": "s3-location-constraint", "s3-list-api-version": "list-api-version",
        "oss-bucket": "oss-bucket-name",
    ]

    /// The options that matter for reading.
    private static let known: [String: Set<String>] = [
        "file": ["alternate-target-paths", "alternate-destination-marker"],
        "s3": [
            "s3-server-name", "s3-location-constraint", "s3-authentication-region", "s3-client",
            "s3-disable-chunk-encoding", "s3-disable-payload-signing", "s3-archive-classes", "list-api-version",
            "s3-recursive-list", "use-ssl",
        ],
        "openstack": [
            "openstack-authuri", "openstack-version", "openstack-domain-name", "openstack-tenant-name",
            "openstack-apikey", "openstack-region",
        ],
        "aliyunoss": ["oss-endpoint", "oss-bucket-name"], "cos": ["cos-app-id", "cos-region", "cos-bucket"],
    ]
}
