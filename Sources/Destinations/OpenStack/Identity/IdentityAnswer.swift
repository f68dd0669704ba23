internal import JSON
internal import Support
internal import Transport

/// What an answer means that brought no login.
struct IdentityAnswer {
    /// One row of the table of answers; the first that fits counts.
    struct Row: Sendable {
        /// What else an answer must have than its status.
        enum Sign: Sendable, Hashable {
            case none
            case receipt
            case retryAfter
            case words(String)
        }

        let statuses: ClosedRange<Int>
        let versions: [IdentityVersion]
        let sign: Sign
        let kind: DestinationError.Kind
        let reason: String
        let advice: Advice
    }

    /// What to do about it.
    enum Advice: Sendable, Hashable {
        case usual
        case checks
        case text(String)
    }

    let response: HTTPResponse
    let version: IdentityVersion
    let url: String
    let settings: IdentitySettings

    static let table: [Row] =
        retryable + [
            row(
                401, of: [.v3], .receipt, .authentication, "this account needs a second factor",
                .text("Use an application credential, which needs none.")),
            row(
                401, of: [.v3], .words("cannot request a scope"), .configuration,
                "an application credential was sent with a project",
                .text("Leave the project out; the credential has its own.")),
            row(
                401, of: [.v3], .words("expired"), .authentication, "the credential has expired",
                .text("Create a new one, and put it into the configuration.")),
            row(
                401, of: [.v3], .words("locked"), .authentication, "the account is locked",
                .text("Wait until it is unlocked, or ask the provider; more attempts make it worse.")),
            row(401, of: [.v1, .v2, .v3], .none, .authentication, "the login is refused", .checks),
            row(
                403, of: [.v2, .v3], .none, .authentication, "the login is forbidden",
                .text(
                    "The account may be locked, or the provider blocks this address; more attempts make it worse.")),
            row(
                400, of: [.v2, .v3], .none, .configuration, "the identity service does not understand the login",
                .text("Check the options of this destination; if they are right, please report this as a defect.")),
            row(
                404...404, of: [.v2], .none, .configuration, "this server has no version 2 of the identity service",
                .text("It offers v3 only: set `openstack-version` to v3, or let the identity URL end with /v3.")),
            row(
                402...499, of: [.v3], .none, .configuration,
                "this is not the address of the identity service's version 3",
                .text("Correct the path of `openstack-authuri`; it usually ends with /v3 or has no path at all.")),
            row(
                402...499, of: [.v2], .none, .configuration,
                "this is not the address of the identity service's version 2",
                .text("Correct the path of `openstack-authuri`; it usually ends with /v2.0.")),
            row(
                400...499, of: [.v1], .none, .configuration, "this is not the address of a version 1 login",
                .text("Correct the path of `openstack-authuri`; it usually ends with /auth/v1.0 or /v1.0.")),
            row(
                200...399, of: [.v1, .v2, .v3], .none, .configuration, "what answers is no identity service",
                .text("Correct `openstack-authuri`; behind a web portal it is another address.")),
        ]

    /// What passes by itself.
    private static let retryable = [
        row(429, of: [.v1, .v2, .v3], .none, .throttled, "the identity service asks to slow down", .usual),
        row(498, of: [.v1, .v2, .v3], .none, .throttled, "the identity service asks to slow down", .usual),
        row(413, of: [.v1, .v2, .v3], .retryAfter, .throttled, "the identity service asks to slow down", .usual),
        row(503, of: [.v1, .v2, .v3], .retryAfter, .throttled, "the identity service asks to wait", .usual),
        row(408, of: [.v1, .v2, .v3], .none, .transient, "the identity service lost patience", .usual),
        row(499, of: [.v1, .v2, .v3], .none, .transient, "the connection to the identity service broke", .usual),
        row(
            501, of: [.v1, .v2, .v3], .none, .configuration, "the identity service cannot do this",
            .text("Check `openstack-version` and the identity URL.")),
        row(500...599, of: [.v1, .v2, .v3], .none, .transient, "the identity service is out of order", .usual),
    ]

    private static func row(
        _ status: Int, of versions: [IdentityVersion], _ sign: Row.Sign, _ kind: DestinationError.Kind,
        _ reason: String, _ advice: Advice
    ) -> Row { row(status...status, of: versions, sign, kind, reason, advice) }

    private static func row(
        _ statuses: ClosedRange<Int>, of versions: [IdentityVersion], _ sign: Row.Sign, _ kind: DestinationError.Kind,
        _ reason: String, _ advice: Advice
    ) -> Row {
        Row(statuses: statuses, versions: versions, sign: sign, kind: kind, reason: reason, advice: advice)
    }

    /// The row that fits.
    var row: Row? {
        Self.table.first { $0.statuses.contains(response.status) && $0.versions.contains(version) && has($0.sign) }
    }

    private func has(_ sign: Row.Sign) -> Bool {
        switch sign {
        case .none: true
        case .receipt: response.headers["Openstack-Auth-Receipt"] != nil
        case .retryAfter: response.headers["Retry-After"] != nil
        case .words(let words): message?.lowercased().contains(words) == true
        }
    }

    /// Whether this is the voice of an identity service, and not of a web server that knows no such path.
    var isOfIdentityService: Bool {
        guard let body = try? JSONValue(parsing: response.body) else { return false }
        return body["error"] != nil || body["unauthorized"] != nil || body["access"] != nil || body["token"] != nil
    }

    /// The server's own words, without anything secret and not too many.
    var message: String? {
        guard let body = try? JSONValue(parsing: response.body) else { return nil }
        // Version 2 names the error itself: {"unauthorized": {"message": …}}.
        let error = body["error"] ?? body.object?.first?.value
        guard let text = error?["message"]?.string ?? error?.string else { return nil }
        return ServerWords.short(text, hiding: settings.secrets)
    }

    /// The refusal to give up with.
    var refusal: IdentityRefusal {
        var facts = ["status \(response.status)"]
        if let message, !message.isEmpty { facts.append("“\(message)”") }
        facts.append("\(version) at \(url)")
        facts.append("sent: \(settings.sent(version))")
        if let id = response.headers["X-Openstack-Request-Id"] ?? response.headers["X-Trans-Id"] {
            facts.append("request \(ServerWords.short(id, hiding: []))")
        }
        let row = row
        let advice: String? =
            switch row?.advice {
            case .checks?: settings.checks(version)
            case .text(let text)?: text
            case .usual?, nil: nil
            }
        return IdentityRefusal(
            row?.kind ?? .configuration,
            "\(row?.reason ?? "the identity service gave no login") (\(facts.joined(separator: "; ")))",
            advice: advice, retryAfter: response.retryAfter(now: Timestamp.now()))
    }
}

extension IdentitySettings {
    /// What was sent, without what is secret.
    func sent(_ version: IdentityVersion) -> String {
        func text(_ what: String, _ naming: Naming?, in domain: Naming?) -> String? {
            guard let naming else { return nil }
            if case .name = naming, let domain { return "\(what) \(naming) in the domain \(domain)" }
            return "\(what) \(naming)"
        }
        let domains = version == .v3 ? LoginV3.Domains(self, defaultByID: false) : nil
        var parts: [String?] = []
        switch credential {
        case .applicationCredential(let naming, _):
            parts.append("application credential \(naming)")
            if case .name = naming { parts.append(text("user", user, in: domains?.user)) }
        case .token: parts.append("a token")
        case .apiKey: parts += [text("user", user, in: domains?.user), "an API key"]
        case .password, nil: parts.append(text("user", user, in: domains?.user))
        }
        if !isApplicationCredential {
            parts.append(trust.map { "trust \($0)" } ?? text("project", project, in: domains?.project))
        }
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    /// What to check in which order, since all causes look alike from outside.
    fileprivate func checks(_ version: IdentityVersion) -> String {
        var checks: [String] = []
        if isApplicationCredential {
            checks = ["its id or name", "its secret", "whether it has expired or was deleted"]
        } else {
            if version == .v3 {
                checks.append("the domain's spelling, and whether it is a name or an id")
                checks.append(
                    "whether the project is a name (`openstack-tenant-name`) or an id (`openstack-tenant-id`)")
            }
            if version == .v1 { checks.append("that the user is written `account:user`") }
            checks.append("the user, which need not be the e-mail address of the dashboard")
            checks.append(
                "that special characters in the URL are percent-encoded (%2B for +, %40 for @, %26 for &, %25 for %)")
            checks.append("the password or key, and that the user has a role in the project")
        }
        return "Check in this order: \(checks.joined(separator: "; "))."
    }
}
