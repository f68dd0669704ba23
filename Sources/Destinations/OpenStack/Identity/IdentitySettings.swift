internal import Support

/// Everything that a login to OpenStack needs, put together from the URL, clouds.yaml and the environment.
struct IdentitySettings: Sendable {
    /// A user, project or domain: by exactly one of the two, as the identity service wants it.
    enum Naming: Sendable, Hashable, CustomStringConvertible {
        case id(String)
        case name(String)

        var description: String {
            switch self {
            case .id(let id): "with the id '\(id)'"
            case .name(let name): "'\(name)'"
            }
        }
    }

    /// What proves who somebody is.
    enum Credential: Sendable {
        case password(Secret)
        case apiKey(Secret)
        case applicationCredential(Naming, Secret)
        case token(Secret)
    }

    /// The identity service; nil only when a storage URL and a token make it unnecessary.
    var address: IdentityAddress?
    /// The version that somebody asked for.
    var version: IdentityVersion?
    /// What proves who somebody is; nil when there is nothing but a storage URL and a token.
    var credential: Credential?
    var user: Naming?
    var userDomain: Naming?
    var project: Naming?
    var projectDomain: Naming?
    var trust: String?
    /// Which endpoint is wanted.
    var endpoint = EndpointWish()
    /// The storage URL that wins over any catalogue.
    var storageURL: String?
    /// The token to begin with.
    var readyToken: Secret?
    /// A PEM file with the authorities of the servers.
    var certificateAuthorities: String?
    /// PEM files with a certificate of our own and its key.
    var clientCertificate: String?
    var clientKey: String?
    /// Whether somebody asked to accept any certificate, which is refused.
    var isUnverified = false
    /// Sentences about what is not used.
    var notes: [String] = []

    /// Every secret, for texts that must not show them.
    var secrets: [Secret] {
        var secrets = readyToken.map { [$0] } ?? []
        switch credential {
        case .password(let secret), .apiKey(let secret), .applicationCredential(_, let secret), .token(let secret):
            secrets.append(secret)
        case nil: break
        }
        return secrets
    }

    /// Puts the layers together; the earlier one wins.
    ///
    /// A name and an id of the same thing never come from two places, and an application credential leaves user and
    /// project out, since it has its own.
    init(layers: [IdentityLayer]) throws(IdentityRefusal) {
        let merge = LayerMerge(layers: layers)
        storageURL = try Self.cleanStorageURL(merge.text(.storageURL))
        certificateAuthorities = merge.text(.certificateAuthorities)
        clientCertificate = merge.text(.clientCertificate)
        clientKey = merge.text(.clientKey)
        isUnverified = merge.text(.isVerified).map { ["0", "false", "no", "off"].contains($0.lowercased()) } ?? false
        endpoint.region = merge.text(.region)
        try takeInterface(merge)
        takeVersion(merge)
        credential = try Self.credential(merge)
        if case .token(let token)? = credential, storageURL != nil {
            readyToken = token
            credential = nil
        } else if storageURL != nil {
            readyToken = merge.secret(.token)
        }
        if case .applicationCredential(.name, _)? = credential {
            takeUser(merge)
        } else if !isApplicationCredential {
            takeUser(merge)
            project = merge.naming((.projectID, .projectName))
            projectDomain = merge.naming((.projectDomainID, .projectDomainName), (.domainID, .domainName))
            trust = merge.text(.trustID)
        }
        try takeAddress(merge)
        try check()
    }

    var isApplicationCredential: Bool {
        if case .applicationCredential? = credential { true } else { false }
    }

    private mutating func takeUser(_ merge: LayerMerge) {
        user = merge.naming((.userID, .userName))
        userDomain = merge.naming((.userDomainID, .userDomainName), (.domainID, .domainName))
    }

    private mutating func takeAddress(_ merge: LayerMerge) throws(IdentityRefusal) {
        guard let text = merge.text(.authURL) else {
            guard readyToken != nil, credential == nil else { throw .missing(.authURL) }
            return
        }
        guard let address = IdentityAddress(text) else {
            throw IdentityRefusal(
                .configuration, "the identity URL is no http or https URL without a user and a password in it",
                advice: "Write it like https://api.example.org:5000/v3; user and password have options of their own.")
        }
        self.address = address
    }

    private mutating func takeVersion(_ merge: LayerMerge) {
        guard let text = merge.text(.version) else { return }
        version = IdentityVersion(text: text)
        if version == nil {
            notes.append("the identity version '\(text)' is none of v1, v2 and v3; the identity URL decides")
        }
    }

    private mutating func takeInterface(_ merge: LayerMerge) throws(IdentityRefusal) {
        guard let text = merge.text(.interface) else { return }
        guard let interface = EndpointInterface(text: text) else {
            throw IdentityRefusal(
                .configuration, "the interface '\(text)' is none of public, internal and admin",
                advice: "Correct `openstack-interface` or OS_INTERFACE.")
        }
        endpoint.interface = interface
    }

    private static func cleanStorageURL(_ text: String?) throws(IdentityRefusal) -> String? {
        guard let text else { return nil }
        guard let address = IdentityAddress(text) else {
            throw IdentityRefusal(
                .configuration, "the storage URL is no http or https URL",
                advice: "Write it like https://storage.example.org/v1/AUTH_0123.")
        }
        return address.url
    }

    /// The first place with a credential decides; within one place an application credential comes first.
    private static func credential(_ merge: LayerMerge) throws(IdentityRefusal) -> Credential? {
        let wanted = merge.text(.authType)?.lowercased()
        if let wanted, wanted.contains("applicationcredential") || wanted.contains("application_credential") {
            return try applicationCredential(merge)
        }
        if let wanted, wanted.hasSuffix("token"), let token = merge.secret(.token) { return .token(token) }
        for layer in merge.layers {
            if layer.hasAny(
                .applicationCredentialID, .applicationCredentialName, .applicationCredentialSecret),
                wanted?.hasSuffix("password") != true
            {
                return try applicationCredential(merge)
            }
            if let key = layer[.apiKey] { return .apiKey(key) }
            if let password = layer[.password] { return .password(password) }
            if let token = layer[.token] { return .token(token) }
        }
        return nil
    }

    private static func applicationCredential(_ merge: LayerMerge) throws(IdentityRefusal) -> Credential {
        guard let naming = merge.naming((.applicationCredentialID, .applicationCredentialName)) else {
            throw .missing(.applicationCredentialID)
        }
        guard let secret = merge.secret(.applicationCredentialSecret) else {
            throw .missing(.applicationCredentialSecret)
        }
        return .applicationCredential(naming, secret)
    }

    /// Refuses what can never become a login, before anything is sent.
    private func check() throws(IdentityRefusal) {
        switch credential {
        case nil:
            if readyToken == nil { throw .missing(.password) }
        case .applicationCredential(let naming, _):
            if let version, version != .v3 { throw Self.needsVersion3(version) }
            if case .name = naming, user == nil { throw .missing(.userName) }
        case .password, .apiKey:
            if user == nil { throw .missing(.userName) }
        case .token: break
        }
    }

    static func needsVersion3(_ version: IdentityVersion) -> IdentityRefusal {
        IdentityRefusal(
            .configuration, "application credentials need version 3 of the identity service, not \(version)",
            advice: "Leave `openstack-version` out, or set it to v3; the identity URL ends with /v3.")
    }
}

extension IdentityRefusal {
    /// The refusal for a setting that is nowhere.
    static func missing(_ key: IdentityKey) -> IdentityRefusal {
        let name = key.option.map { "the option `\($0)`" } ?? key.rawValue
        let more =
            key == .password
            ? " A password is left out of what Duplicati exports; an application credential is the better choice." : ""
        return IdentityRefusal(.configuration, "\(name) is missing", advice: key.remedy + more)
    }
}

/// The layers of settings, the one that wins first.
struct LayerMerge {
    let layers: [IdentityLayer]

    func secret(_ key: IdentityKey) -> Secret? { layers.lazy.compactMap { $0[key] }.first }

    func text(_ key: IdentityKey) -> String? { secret(key)?.reveal() }

    /// What the first layer says that has either name of a thing; the id counts where both are given.
    ///
    /// Later pairs are what the same layer may say instead, such as one domain for user and project.
    func naming(_ pairs: (id: IdentityKey, name: IdentityKey)...) -> IdentitySettings.Naming? {
        for layer in layers {
            for pair in pairs {
                if let id = layer[pair.id] { return .id(id.reveal()) }
                if let name = layer[pair.name] { return .name(name.reveal()) }
            }
        }
        return nil
    }
}
