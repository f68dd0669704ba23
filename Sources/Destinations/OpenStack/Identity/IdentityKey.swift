/// One setting of a login to OpenStack, and the names that it has in each place.
enum IdentityKey: String, CaseIterable, Sendable {
    case authURL
    case version
    case authType
    case userName
    case userID
    case password
    case apiKey
    case token
    case applicationCredentialID
    case applicationCredentialName
    case applicationCredentialSecret
    case projectName
    case projectID
    case userDomainName
    case userDomainID
    case projectDomainName
    case projectDomainID
    case domainName
    case domainID
    case trustID
    case region
    case interface
    case storageURL
    case certificateAuthorities
    case clientCertificate
    case clientKey
    case isVerified

    /// The option of a URL, or of a configuration's `options`.
    var option: String? { names.option }

    /// Variables of the environment; the first that is set counts.
    var variables: [String] { names.variables }

    /// Where it stands below a cloud of clouds.yaml; the first that is there counts.
    var paths: [[String]] { names.paths }

    private typealias Names = (option: String?, variables: [String], paths: [[String]])

    private var names: Names {
        switch self {
        case .authURL: ("openstack-authuri", ["OS_AUTH_URL"], [["auth", "auth_url"]])
        case .version:
            ("openstack-version", ["OS_IDENTITY_API_VERSION", "OS_AUTH_VERSION"], [["identity_api_version"]])
        case .authType: (nil, ["OS_AUTH_TYPE"], [["auth_type"]])
        case .userName: ("auth-username", ["OS_USERNAME", "AUTH_USERNAME"], [["auth", "username"]])
        case .userID: ("openstack-user-id", ["OS_USER_ID"], [["auth", "user_id"]])
        case .password: ("auth-password", ["OS_PASSWORD", "AUTH_PASSWORD"], [["auth", "password"]])
        case .apiKey: ("openstack-apikey", ["OS_API_KEY"], [["auth", "api_key"]])
        case .token: ("openstack-auth-token", ["OS_TOKEN", "OS_AUTH_TOKEN"], [["auth", "token"]])
        case .applicationCredentialID: Self.application("id")
        case .applicationCredentialName: Self.application("name")
        case .applicationCredentialSecret: Self.application("secret")
        case .projectName:
            (
                "openstack-tenant-name", ["OS_PROJECT_NAME", "OS_TENANT_NAME"],
                [["auth", "project_name"], ["auth", "tenant_name"]]
            )
        case .projectID:
            (
                "openstack-tenant-id", ["OS_PROJECT_ID", "OS_TENANT_ID"],
                [["auth", "project_id"], ["auth", "tenant_id"]]
            )
        case .userDomainName: Self.domain("user", "name")
        case .userDomainID: Self.domain("user", "id")
        case .projectDomainName: Self.domain("project", "name")
        case .projectDomainID: Self.domain("project", "id")
        case .domainName:
            (
                "openstack-domain-name", ["OS_DOMAIN_NAME", "OS_DEFAULT_DOMAIN_NAME", "OS_DEFAULT_DOMAIN"],
                [["auth", "domain_name"], ["auth", "default_domain_name"]]
            )
        case .domainID:
            (
                "openstack-domain-id", ["OS_DOMAIN_ID", "OS_DEFAULT_DOMAIN_ID"],
                [["auth", "domain_id"], ["auth", "default_domain_id"], ["auth", "default_domain"]]
            )
        case .trustID: ("openstack-trust-id", ["OS_TRUST_ID"], [["auth", "trust_id"]])
        case .region: ("openstack-region", ["OS_REGION_NAME"], [["region_name"]])
        case .interface: ("openstack-interface", ["OS_INTERFACE", "OS_ENDPOINT_TYPE"], [["interface"]])
        case .storageURL: ("openstack-storage-url", ["OS_STORAGE_URL"], [["object_store_endpoint_override"]])
        case .certificateAuthorities: (nil, ["OS_CACERT"], [["cacert"]])
        case .clientCertificate: (nil, ["OS_CERT"], [["cert"]])
        case .clientKey: (nil, ["OS_KEY"], [["key"]])
        case .isVerified: (nil, [], [["verify"]])
        }
    }

    private static func application(_ part: String) -> Names {
        (
            "openstack-application-credential-\(part)", ["OS_APPLICATION_CREDENTIAL_\(part.uppercased())"],
            [["auth", "application_credential_\(part)"]]
        )
    }

    private static func domain(_ whose: String, _ part: String) -> Names {
        (
            "openstack-\(whose)-domain-\(part)", ["OS_\(whose.uppercased())_DOMAIN_\(part.uppercased())"],
            [["auth", "\(whose)_domain_\(part)"]]
        )
    }

    /// What to write where, for somebody who left it out.
    var remedy: String {
        let option = option.map { "add `\($0)` to the URL or the options, or " } ?? ""
        let sentence = "\(option)set \(variables.first ?? "-")"
        return sentence.prefix(1).uppercased() + sentence.dropFirst() + "."
    }
}
