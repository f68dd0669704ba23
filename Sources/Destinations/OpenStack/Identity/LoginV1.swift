internal import Support
internal import Transport

/// Swift's own login: name and key in the header, token and storage URL in the answer's header.
///
/// - SeeAlso: OpenStack Swift, "tempauth".
enum LoginV1 {
    static func request(_ base: IdentityAddress, _ settings: IdentitySettings) throws(IdentityRefusal) -> HTTPRequest {
        let key: Secret
        switch settings.credential {
        case .password(let secret), .apiKey(let secret): key = secret
        default: throw .missing(.password)
        }
        guard case .name(let name)? = settings.user else { throw .missing(.userName) }
        return HTTPRequest(
            .get, base.url, headers: ["X-Auth-User": user(name, settings.project), "X-Auth-Key": key.reveal()])
    }

    /// Users are written `account:user`; an account may also come as the project.
    private static func user(_ name: String, _ project: IdentitySettings.Naming?) -> String {
        guard case .name(let account)? = project, !name.contains(":") else { return name }
        return "\(account):\(name)"
    }

    static func login(_ response: HTTPResponse, _ settings: IdentitySettings) -> Login? {
        guard response.isSuccess,
            let token = response.headers["X-Auth-Token"] ?? response.headers["X-Storage-Token"], !token.isEmpty,
            let url = response.headers["X-Storage-Url"], let storage = IdentityAddress(url)
        else { return nil }
        let seconds = (response.headers["X-Auth-Token-Expires"]).flatMap { Int64($0) }
        let isInternal = settings.endpoint.interface == .internal && storage.origin.hasPrefix("https://storage")
        return Login(
            token: Secret(token), life: seconds.map { .seconds($0) },
            // Rackspace's servers have a second name in its own network.
            storageURL: isInternal ? storage.url.replacingPrefix("https://", with: "https://snet-") : storage.url,
            version: .v1)
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
        hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
    }
}
