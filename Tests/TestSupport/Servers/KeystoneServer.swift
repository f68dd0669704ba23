public import Support

/// The real Keystone (v3), with two regions of one Swift cluster; its tokens live five minutes unless asked otherwise.
public struct KeystoneServer: Sendable {
    /// A user with a project, which the user's password logs in to.
    public struct Login: Sendable {
        /// The user's name.
        public let user: String
        /// The user's id.
        public let userID: String
        /// The password.
        public let password: Secret
        /// The project's name.
        public let project: String
        /// The project's id; the account is `AUTH_` and this.
        public let projectID: String
        /// The name of the domain of both.
        public let domain: String
        /// The id of the domain of both.
        public let domainID: String
    }

    /// An application credential of the user `backup`.
    public struct ApplicationCredential: Sendable {
        /// Its id, which needs no user beside it.
        public let id: String
        /// Its name, which needs the user.
        public let name: String
        /// Its secret.
        public let secret: Secret
    }

    /// Its address without a path.
    public let url: String
    /// The names of the regions; the first one comes first in the catalogue, with its admin endpoint before all.
    public let regions: [String]
    /// The addresses of the regions' proxies, without a path.
    public let proxies: [String]
    /// May do everything in its project; the password has characters that URLs must encode.
    public let backup: Login
    /// May read everything in the project of `backup`, and nothing else.
    public let reader: Login
    /// Has no role in the project of `backup`, so that Keystone refuses it.
    public let stranger: Login
    /// A user with a project in the domain with the name `Default` and the id `default`.
    public let inDefaultDomain: Login
    /// Logs in as `backup`, for its project, without its password.
    public let applicationCredential: ApplicationCredential
    private let requestLog: String

    /// The URL to log in at, with `/v3`.
    public var authURL: String { "\(url)/v3" }

    /// A URL to log in at, of which the tokens live as long as told.
    /// - Parameters:
    ///   - tokenLife: seconds.
    ///   - tag: letters and digits that mark the requests in the log.
    /// - Returns: the URL, with `/v3`.
    public func authURL(tokenLife: Int, tag: String = "") -> String {
        "\(url)/life-\(tokenLife)\(tag.isEmpty ? "" : "-\(tag)")/v3"
    }

    /// How often a token was asked for and given at such a URL with this tag.
    public func logins(tag: String) throws -> Int {
        try RunningServers.lines(of: requestLog).count { line in
            line.hasPrefix("201 POST /life-") && line.contains("-\(tag)/") && line.hasSuffix("/auth/tokens")
        }
    }

    init(_ servers: RunningServers) throws {
        func fact(_ name: String) throws -> String { try servers.text("keystone", name) }
        url = try fact("url")
        regions = try servers.texts("keystone", "regions")
        proxies = [try servers.text("proxies", "one"), try servers.text("proxies", "two")]
        requestLog = try fact("requests")
        func corporate(_ user: String) throws -> Login {
            Login(
                user: try fact(user), userID: try fact("\(user)_id"),
                password: Secret(try fact(user == "user" ? "password" : "\(user)_password")),
                project: try fact("project"), projectID: try fact("project_id"), domain: try fact("domain"),
                domainID: try fact("domain_id"))
        }
        backup = try corporate("user")
        reader = try corporate("reader")
        stranger = try corporate("stranger")
        inDefaultDomain = Login(
            user: try fact("default_user"), userID: try fact("default_user_id"),
            password: Secret(try fact("default_password")), project: try fact("default_project"),
            projectID: try fact("default_project_id"), domain: "Default", domainID: "default")
        applicationCredential = ApplicationCredential(
            id: try fact("credential_id"), name: try fact("credential_name"),
            secret: Secret(try fact("credential_secret")))
    }
}
