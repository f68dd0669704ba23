internal import Configuration
internal import Cryptography
internal import Reporting
internal import Secrets
internal import Support
internal import Transport

extension ReportSpecification {
    /// Where it is and how to log in there, with its secrets; known for the time of an attempt.
    ///
    /// The subject is the job's name, or the installation's where a report is of no job.
    func endpoint(
        for subject: String, _ secrets: SecretStore, now: @escaping @Sendable () -> Timestamp
    ) throws -> ReportEndpoint {
        switch channel {
        case .webhook(let webhook): .http(try webhook.endpoint(for: subject, secrets, now: now))
        case .email(let email): .mail(try email.endpoint(secrets))
        case .xmpp(let xmpp): .xmpp(try xmpp.endpoint(secrets))
        case .service(let service): .http(try service.endpoint(for: subject, secrets, now: now))
        }
    }

    /// What it says of pauses, on top of what holds for all.
    func policy(over policy: DeliveryPolicy) -> DeliveryPolicy {
        guard let webhook else { return policy }
        var policy = policy
        if let timeout = webhook.timeout { policy.timeout = .seconds(max(1, timeout.fixedSeconds)) }
        guard let retry = webhook.retry else { return policy }
        policy.attempts = retry.attempts
        switch retry.backoff {
        case .none: policy.growth = .none
        case .linear: policy.growth = .linear
        case .exponential: policy.growth = .exponential
        }
        if let initial = retry.initial { policy.firstPause = .seconds(initial.fixedSeconds) }
        if let longest = retry.longest { policy.longestPause = .seconds(longest.fixedSeconds) }
        policy.longestPause = max(policy.longestPause, policy.firstPause)
        return policy
    }

    /// How its server proves who it is.
    var tls: Webhook.TLS? {
        switch channel {
        case .webhook(let webhook): webhook.tls
        case .email(let email): email.tls
        case .xmpp(let xmpp): xmpp.tls
        case .service: nil
        }
    }
}

extension ReportSpecification.Webhook.TLS {
    /// The fingerprint in base64, whichever way it was written.
    var publicKey: String? {
        pin.map { text in
            guard text.utf8.count == 64, let bytes = Hex.decode(text) else { return text }
            return Base64.encode(bytes)
        }
    }
}

extension ReportSpecification.Webhook {
    fileprivate func endpoint(
        for subject: String, _ secrets: SecretStore, now: @escaping @Sendable () -> Timestamp
    ) throws -> HTTPEndpoint {
        let url = try secrets.resolveURL(url(forJob: subject))
        let key = try signingKey.map { try SigningKey(try secrets.secret($0)) }
        let fields = try headers.sorted { $0.key < $1.key }.map { name, value in
            HTTPEndpoint.Field(name, Secret(try secrets.resolve(value)))
        }
        return HTTPEndpoint(
            url: Secret(url), method: HTTPRequest.Method(rawValue: method.rawValue), keys: key.map { [$0] } ?? [],
            isWebhook: true, headers: fields, now: now)
    }
}

extension ReportSpecification.Email {
    fileprivate func endpoint(_ secrets: SecretStore) throws -> MailEndpoint {
        MailEndpoint(
            server: Secret(try secrets.resolveURL(server)), password: try password.map { try secrets.secret($0) },
            startTLS: startTLS.requested, sender: sender, recipients: recipients)
    }
}

extension ReportSpecification.Email.StartTLS {
    /// The same in the words of the transport.
    fileprivate var requested: MailRequest.StartTLS {
        switch self {
        case .required: .required
        case .opportunistic: .opportunistic
        case .off: .off
        }
    }
}

extension ReportSpecification.XMPP {
    fileprivate func endpoint(_ secrets: SecretStore) throws -> XMPPEndpoint {
        XMPPEndpoint(
            account: account, password: try secrets.secret(password), recipients: recipients, server: server,
            resource: resource, startTLS: startTLS.requested)
    }
}

extension ReportSpecification.Service {
    private static let telegram = "https://api.telegram.org"
    private static let pagerDuty = "https://events.pagerduty.com/v2/enqueue"

    fileprivate func endpoint(
        for subject: String, _ secrets: SecretStore, now: @escaping @Sendable () -> Timestamp
    ) throws -> HTTPEndpoint {
        func secret(_ key: String) throws -> Secret? {
            guard let template = settings[key]?.first else { return nil }
            return Secret(try secrets.resolve(template))
        }
        var endpoint = HTTPEndpoint(url: Secret(""), now: now)
        let url = try settings["url"]?.first.map { template in
            try secrets.resolveURL(template.replacing(DestinationSpecification.jobPlaceholder, with: subject))
        }
        endpoint.url = Secret(url ?? "")
        switch kind {
        case "healthchecks": endpoint.dialect = .healthchecks
        case "uptime_kuma": endpoint.dialect = .statusInBody
        case "discord": endpoint.dialect = .retryInBody
        case "apprise": endpoint.dialect = .apprise
        case "ntfy":
            if let token = try secret("token") {
                endpoint.headers = [.init("Authorization", Secret("Bearer \(token.reveal())"))]
            }
        case "gotify": endpoint.headers = [.init("X-Gotify-Key", try secret("token") ?? Secret(""))]
        case "telegram":
            let token = try secret("token") ?? Secret("")
            endpoint.url = Secret("\(url ?? Self.telegram)/bot\(token.reveal())/sendMessage")
            endpoint.members = [.init("chat_id", try secret("chat") ?? Secret(""))]
            endpoint.dialect = .statusInBody
        case "pagerduty":
            endpoint.url = Secret(url ?? Self.pagerDuty)
            endpoint.members = [.init("routing_key", try secret("routing_key") ?? Secret(""))]
        default: break
        }
        return endpoint
    }
}
