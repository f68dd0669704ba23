internal import JSON
internal import Support
internal import Transport

/// The login of the old Keystone and of Rackspace.
///
/// - SeeAlso: OpenStack Identity API v2.0, "Authenticate"; Rackspace, "RAX-KSKEY".
enum LoginV2 {
    /// What is sent: where only one field is filled, it may be either a password or a key.
    enum Form: Sendable, Hashable {
        case password
        case apiKey

        var other: Form { self == .password ? .apiKey : .password }
    }

    /// What to try first, and whether the other one may be tried after it.
    static func forms(_ settings: IdentitySettings) -> [Form] {
        switch settings.credential {
        case .apiKey: [.apiKey]
        // A key has 32 digits; hardly anybody has such a password.
        case .password(let secret): secret.count >= 32 ? [.apiKey, .password] : [.password, .apiKey]
        default: [.password]
        }
    }

    static func request(
        _ base: IdentityAddress, _ settings: IdentitySettings, _ form: Form
    ) throws(IdentityRefusal) -> HTTPRequest {
        var auth: [JSONValue.Member]
        switch settings.credential {
        case .token(let token):
            auth = [.init("token", .object([.init("id", .string(token.reveal()))]))]
        case .password(let secret), .apiKey(let secret):
            guard case .name(let name)? = settings.user else { throw .missing(.userName) }
            let user = JSONValue.Member("username", .string(name))
            let proof = JSONValue.string(secret.reveal())
            auth =
                form == .password
                ? [.init("passwordCredentials", .object([user, .init("password", proof)]))]
                : [.init("RAX-KSKEY:apiKeyCredentials", .object([user, .init("apiKey", proof)]))]
        case .applicationCredential: throw IdentitySettings.needsVersion3(.v2)
        case nil: throw .missing(.password)
        }
        switch settings.project {
        case .id(let id)?: auth.append(.init("tenantId", .string(id)))
        case .name(let name)?: auth.append(.init("tenantName", .string(name)))
        case nil: break
        }
        return HTTPRequest(
            .post, "\(base.url)/tokens", headers: IdentityService.jsonHeaders,
            body: JSONValue.object([.init("auth", .object(auth))]).serialized(),
            maximumResponseBytes: IdentityService.maximumAnswer)
    }

    static func login(_ response: HTTPResponse) -> Login? {
        guard response.isSuccess, let access = (try? JSONValue(parsing: response.body))?["access"],
            let token = access["token"], let id = token["id"]?.string, !id.isEmpty
        else { return nil }
        return Login(
            token: Secret(id),
            life: Login.life(
                until: token["expires"]?.string, from: token["issued_at"]?.string, serverTime: response.serverTime),
            catalogue: ServiceCatalogue(access["serviceCatalog"]), projectID: token["tenant"]?["id"]?.string,
            defaultRegion: access["user"]?["RAX-AUTH:defaultRegion"]?.string, version: .v2)
    }
}
