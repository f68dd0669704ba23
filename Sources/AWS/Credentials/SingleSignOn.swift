internal import Cryptography
internal import Glibc
internal import JSON
internal import Support
internal import Transport

/// The keys of a role that somebody gets who has logged in with `aws sso login`.
///
/// The login is in a cache of AWS's command line, under `~/.aws/sso/cache`.
/// - SeeAlso: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider".
struct SingleSignOn {
    let surroundings: CredentialSurroundings
    let profiles: AWSProfiles
    let settings: AWSProfiles.Section
    /// The profile, for errors.
    let place: String
    /// The profile's name, for advice.
    let profile: String

    private static let portal = "AWS's single sign-on"

    func find() throws(AWSError) -> AWSCredentials {
        var login = settings
        let cacheKey: String
        if let name = settings["sso_session"] {
            guard let session = profiles.session(name) else {
                throw .incompleteProfile(place, "there is no [sso-session \(name)]")
            }
            login.merge(session) { $1 }
            cacheKey = name
        } else {
            cacheKey = settings["sso_start_url"] ?? ""
        }
        let wanted = ["sso_region", "sso_start_url", "sso_account_id", "sso_role_name"]
        if let missing = wanted.first(where: { login[$0] == nil }) {
            throw .incompleteProfile(place, "`\(missing)` is missing")
        }
        let region = login["sso_region"] ?? ""
        let token = try token(cacheKey, region: region, canRefresh: settings["sso_session"] != nil)
        let query = [("role_name", login["sso_role_name"] ?? ""), ("account_id", login["sso_account_id"] ?? "")]
            .map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        let request = HTTPRequest(
            .get, "\(endpoint("sso", "SSO", "portal.sso", region))/federation/credentials?\(query)",
            headers: ["x-amz-sso_bearer_token": token.reveal()])
        let response = try surroundings.ask(request, of: Self.portal)
        if response.status == 401 { throw .signOn(profile) }
        guard response.isSuccess, let keys = (try? JSONValue(parsing: response.body))?["roleCredentials"],
            let id = keys["accessKeyId"]?.string, let key = keys["secretAccessKey"]?.string,
            let session = keys["sessionToken"]?.string, let end = keys["expiration"]?.integer
        else {
            let words = (try? JSONValue(parsing: response.body))?["message"]?.string ?? ""
            throw .refused(Self.portal, status: response.status, CredentialSurroundings.shortened(words))
        }
        return AWSCredentials(
            accessKeyID: id, secretKey: Secret(key), sessionToken: Secret(session),
            expires: Timestamp(seconds: end / 1000), origin: "single sign-on of \(place)")
    }

    private func endpoint(_ service: String, _ variable: String, _ host: String, _ region: String) -> String {
        if let given = AWSEndpoints(surroundings.environment, profiles, settings).configured(service, variable) {
            return given.hasSuffix("/") ? String(given.dropLast()) : given
        }
        return "https://\(host).\(region).\(AWSHosts.suffix(of: region))"
    }

    // MARK: The login

    private func token(_ cacheKey: String, region: String, canRefresh: Bool) throws(AWSError) -> Secret {
        guard let home = surroundings.variable("HOME") else { throw .signOn(profile) }
        let name = HashContext(.sha1).hash(Array(cacheKey.utf8)).hex
        let path = "\(home)/.aws/sso/cache/\(name).json"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try SmallFile.read(path, limit: 256 << 10)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { throw .signOn(profile) }
            throw .unreadable(path, error.message)
        }
        guard let document = try? JSONValue(parsing: bytes) else { throw .unreadable(path, "it is not JSON") }
        guard let token = document["accessToken"]?.string,
            let end = document["expiresAt"]?.string.flatMap({ AWSMoment.read($0) })
        else { throw .signOn(profile) }
        let now = surroundings.now()
        // As the command line does: a quarter of an hour before its end, when it can be prolonged.
        if now.seconds + 900 < end.seconds { return Secret(token) }
        if canRefresh, let fresh = try refreshed(document, region: region, path: path) { return fresh }
        guard now < end else { throw .signOn(profile) }
        return Secret(token)
    }

    /// A new token; nil when the old login cannot be prolonged.
    private func refreshed(_ document: JSONValue, region: String, path: String) throws(AWSError) -> Secret? {
        guard let refresh = document["refreshToken"]?.string, let id = document["clientId"]?.string,
            let secret = document["clientSecret"]?.string
        else { return nil }
        if let end = document["registrationExpiresAt"]?.string.flatMap({ AWSMoment.read($0) }),
            end <= surroundings.now()
        {
            return nil
        }
        let body = JSONValue.object([
            .init("grantType", .string("refresh_token")), .init("clientId", .string(id)),
            .init("clientSecret", .string(secret)), .init("refreshToken", .string(refresh)),
        ])
        let request = HTTPRequest(
            .post, "\(endpoint("sso_oidc", "SSO_OIDC", "oidc", region))/token",
            headers: ["Content-Type": "application/json"], body: body.serialized())
        let response = try surroundings.ask(request, of: Self.portal)
        guard response.isSuccess, let answer = try? JSONValue(parsing: response.body),
            let token = answer["accessToken"]?.string, let life = answer["expiresIn"]?.integer
        else { return nil }
        let end = Timestamp(seconds: surroundings.now().seconds + life)
        keep(document, token, answer["refreshToken"]?.string ?? refresh, end, path)
        return Secret(token)
    }

    /// Writes the new token to the cache, where AWS's command line and our next run find it.
    ///
    /// Where that fails, as in a container whose file system is read-only, the token is good all the same; when it can
    /// be used once only, the next run asks for a new login.
    private func keep(_ old: JSONValue, _ token: String, _ refresh: String, _ end: Timestamp, _ path: String) {
        var members = old.object ?? []
        for (name, value) in [("accessToken", token), ("refreshToken", refresh), ("expiresAt", end.iso8601)] {
            members.removeAll { $0.name == name }
            members.append(.init(name, .string(value)))
        }
        let temporary = "\(path).\(getpid())"
        do throws(SystemError) {
            let file = try FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            let bytes = JSONValue.object(members).serialized()
            let written = bytes.withUnsafeBytes { bytes in
                Result { () throws(SystemError) in try file.write(all: bytes) }
            }
            try written.get()
            if rename(temporary, path) != 0 { unlink(temporary) }
        } catch {
            unlink(temporary)
        }
    }
}
