internal import JSON
internal import Support
internal import Transport

/// The login of today's Keystone.
///
/// - SeeAlso: OpenStack Identity API v3, "Authentication and token management".
enum LoginV3 {
    /// The request of a login; with `defaultByID` a domain of the name `default` is sent as the id that clouds mean.
    static func request(
        _ base: IdentityAddress, _ settings: IdentitySettings, defaultByID: Bool
    ) throws(IdentityRefusal) -> HTTPRequest {
        let domains = Domains(settings, defaultByID: defaultByID)
        var identity: [JSONValue.Member]
        switch settings.credential {
        case .password(let secret), .apiKey(let secret):
            guard let user = settings.user else { throw .missing(.userName) }
            let members = named(user, in: domains.user) + [.init("password", .string(secret.reveal()))]
            identity = method("password", [.init("user", .object(members))])
        case .applicationCredential(let naming, let secret):
            var members = named(naming, in: nil) + [.init("secret", .string(secret.reveal()))]
            if case .name = naming {
                guard let user = settings.user else { throw .missing(.userName) }
                members.append(.init("user", .object(named(user, in: domains.user))))
            }
            identity = method("application_credential", members)
        case .token(let token):
            identity = method("token", [.init("id", .string(token.reveal()))])
        case nil: throw .missing(.password)
        }
        var auth: [JSONValue.Member] = [.init("identity", .object(identity))]
        // An application credential has its own project, and asking for one is refused, even for the right one.
        if !settings.isApplicationCredential {
            if let trust = settings.trust {
                auth.append(scope("OS-TRUST:trust", [.init("id", .string(trust))]))
            } else if let project = settings.project {
                auth.append(scope("project", named(project, in: domains.project)))
            }
        }
        return HTTPRequest(
            .post, "\(base.url)/auth/tokens", headers: IdentityService.jsonHeaders,
            body: JSONValue.object([.init("auth", .object(auth))]).serialized(),
            maximumResponseBytes: IdentityService.maximumAnswer)
    }

    private static func method(_ name: String, _ members: [JSONValue.Member]) -> [JSONValue.Member] {
        [.init("methods", .array([.string(name)])), .init(name, .object(members))]
    }

    private static func scope(_ name: String, _ members: [JSONValue.Member]) -> JSONValue.Member {
        .init("scope", .object([.init(name, .object(members))]))
    }

    /// An object by its id alone, or by its name and its domain.
    private static func named(
        _ naming: IdentitySettings.Naming, in domain: IdentitySettings.Naming?
    ) -> [JSONValue.Member] {
        switch naming {
        case .id(let id): return [.init("id", .string(id))]
        case .name(let name):
            let member = JSONValue.Member("name", .string(name))
            guard let domain else { return [member] }
            return [member, .init("domain", .object(named(domain, in: nil)))]
        }
    }

    static func login(_ response: HTTPResponse) -> Login? {
        guard response.isSuccess, let id = response.headers["X-Subject-Token"], !id.isEmpty,
            let token = (try? JSONValue(parsing: response.body))?["token"]
        else { return nil }
        return Login(
            token: Secret(id),
            life: Login.life(
                until: token["expires_at"]?.string, from: token["issued_at"]?.string, serverTime: response.serverTime),
            catalogue: ServiceCatalogue(token["catalog"]), projectID: token["project"]?["id"]?.string, version: .v3)
    }
}

extension LoginV3 {
    /// The domains of user and project, with the usual one where a name needs one and none was given.
    struct Domains {
        let user: IdentitySettings.Naming
        let project: IdentitySettings.Naming

        init(_ settings: IdentitySettings, defaultByID: Bool) {
            func resolved(_ naming: IdentitySettings.Naming?) -> IdentitySettings.Naming? {
                if defaultByID, case .name(let name)? = naming, name.lowercased() == "default" { return .id("default") }
                return naming
            }
            user = resolved(settings.userDomain) ?? .id("default")
            project = resolved(settings.projectDomain) ?? resolved(settings.userDomain) ?? .id("default")
        }
    }

    /// Whether a domain is sent by the name `default`, which only some databases find.
    static func sendsDefaultByName(_ settings: IdentitySettings) -> Bool {
        Domains(settings, defaultByID: false).sent(settings) != Domains(settings, defaultByID: true).sent(settings)
    }
}

extension LoginV3.Domains {
    /// The domains that a request carries: those of things that go by their names.
    func sent(_ settings: IdentitySettings) -> [IdentitySettings.Naming] {
        var sent: [IdentitySettings.Naming] = []
        let namesUser =
            switch settings.credential {
            case .applicationCredential(.id, _)?, .token?, nil: false
            default: true
            }
        if namesUser, case .name? = settings.user { sent.append(user) }
        if !settings.isApplicationCredential, settings.trust == nil, case .name? = settings.project {
            sent.append(project)
        }
        return sent
    }
}
