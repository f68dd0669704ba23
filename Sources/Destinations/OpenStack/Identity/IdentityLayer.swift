internal import Support

/// The settings of a login that one place gives.
struct IdentityLayer: Sendable {
    private var values: [IdentityKey: Secret] = [:]

    /// A value that is not empty.
    subscript(key: IdentityKey) -> Secret? {
        get { values[key] }
        set { values[key] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// Whether any of these is given.
    func hasAny(_ keys: IdentityKey...) -> Bool { keys.contains { values[$0] != nil } }

    init() {}

    /// What the URL and the options of the configuration give; user and password before the host come first.
    init(_ url: DestinationURL, _ options: DestinationOptions) {
        for key in IdentityKey.allCases {
            if let option = key.option { self[key] = options[option].map { Secret($0) } }
        }
        if let user = url.user, !user.isEmpty { self[.userName] = Secret(user) }
        if let password = url.password, !password.isEmpty { self[.password] = password }
        self[.certificateAuthorities] = options["ca-bundle"].map { Secret($0) }
        if url.scheme == "cloudfiles" { takeCloudFiles(options) }
    }

    /// The names that the former CloudFiles destination had, and the servers that it knew.
    private mutating func takeCloudFiles(_ options: DestinationOptions) {
        if self[.userName] == nil { self[.userName] = options["cloudfiles-username"].map { Secret($0) } }
        if let key = options["cloudfiles-accesskey"] {
            self[.apiKey] = Secret(key)
        } else if self[.apiKey] == nil, let key = self[.password] {
            self[.apiKey] = key
            self[.password] = nil
        }
        if self[.authURL] == nil {
            let isBritish = options.flag("cloudfiles-uk-account") == true
            let usual = "https://\(isBritish ? "lon." : "")identity.api.rackspacecloud.com/v2.0"
            self[.authURL] = Secret(options["cloudfiles-authentication-url"] ?? usual)
        }
    }

    /// What the variables of the environment give: those of OpenStack's programs, then those of Swift's own.
    init(environment: [String: String]) {
        for key in IdentityKey.allCases {
            let value = key.variables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
            self[key] = value.map { Secret($0) }
        }
        if ["1", "true", "yes", "on"].contains(environment["OS_INSECURE"]?.lowercased()) {
            self[.isVerified] = Secret("false")
        }
        guard self[.authURL] == nil, let url = environment["ST_AUTH"], !url.isEmpty else { return }
        self[.authURL] = Secret(url)
        self[.version] = Secret(environment["ST_AUTH_VERSION"] ?? "1")
        if let user = environment["ST_USER"] { self[.userName] = Secret(user) }
        if let key = environment["ST_KEY"] { self[.password] = Secret(key) }
    }
}
