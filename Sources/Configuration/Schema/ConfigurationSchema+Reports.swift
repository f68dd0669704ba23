/// Who is told about each run: `reports`.
extension ConfigurationSchema {
    static let report = ObjectShape(
        keys: [
            .init("webhook", .object(webhook), "An HTTP endpoint.", advice: "add `webhook: { url: https://… }`"),
            .init("email", .object(email), "A message to people."),
            .init("xmpp", .object(xmpp), "A message over XMPP."),
        ] + adapters + [
            .init(
                "events", .list(of: .value(.event), minimum: 1), "Of what it tells.",
                absent: "`success`, `warning`, `failure`, `missed`, `overdue`, `recovered`"),
            .init(
                "include_log", .value(.word(ReportSpecification.LogDetail.allCases.map { $0.rawValue })),
                "How much of the log goes with it: `none`, `problems` or `all`.", absent: "`problems`"),
            .init("digest", .object(digest), "Summaries in place of single reports."),
        ], alternatives: ["webhook", "email", "xmpp"] + adapters.map(\.name), needsAlternative: true,
        foreign: [
            "on": "write `events: […]`; `on` is a boolean for older YAML readers", "states": "write `events: […]`",
            "when": "write `events: […]`", "conditions": "write `events: […]`",
            "url": "write `webhook: { url: https://… }`", "http": "write `webhook: { url: https://… }`",
            "mail": "write `email:`", "smtp": "write `email: { smtp: smtps://… }`",
            "healthchecks_io": "write `healthchecks: { url: … }`", "uptimekuma": "write `uptime_kuma: { url: … }`",
            "kuma": "write `uptime_kuma: { url: … }`",
            "shoutrrr": "write `apprise:` or `webhook:`", "notification_urls": "write `apprise:` or `webhook:`",
            "pushover": "use `apprise:`",
            "msteams": "write `teams:`", "jabber": "write `xmpp:`",
            "send_http_url": "write `webhook: { url: …, format: duplicati_form }`",
            "send_http_json_urls": "write `webhook: { url: …, format: duplicati }`",
        ])

    static let webhook = ObjectShape(
        keys: [
            .init(
                "url", .oneOf(value: .webURL, list: nil, object: credential), required: true,
                "Where the report is posted; `{job}` becomes the job's name.",
                advice: "add `url: https://…`"),
            .init(
                "sign", .oneOf(value: .credential, list: nil, object: credential),
                "The key that signs it, `whsec_…` as Standard Webhooks has it.", absent: "not signed"),
            .init(
                "format",
                .value(
                    .word(
                        ReportSpecification.Webhook.Format.allCases.map { $0.rawValue })),
                "What is sent: our `report`, a structured `cloudevents` event, Duplicati's `duplicati`, `duplicati_form` or `duplicati_status`, or a `template`.",
                absent: "`report`"),
            .init(
                "template", .value(.text), "The text that is sent, with `format: template`.",
                advice: "add `template: …`"),
            .init(
                "method", .value(.word(ReportSpecification.Webhook.Method.allCases.map { $0.rawValue })),
                "`POST`, `PUT` or `GET`.", absent: "`POST`"),
            .init("headers", .named(headers), "Further headers; a text or `{ secret: NAME }`."),
            .init("timeout", .value(.duration), "How long one attempt may take.", absent: "`10s`"),
            .init("retry", .object(retry), "How often, and with which pauses, it is sent again."),
            proof,
        ],
        companions: ["template": "format"],
        variants: .init(
            key: "format",
            values: Dictionary(
                uniqueKeysWithValues: ReportSpecification.Webhook.Format.allCases.map {
                    ($0.rawValue, $0 == .template ? (["template"], []) : ([], []))
                })),
        foreign: [
            "secret": "write `sign: { secret: NAME }`", "signing_key": "write `sign: { secret: NAME }`",
            "body": "write `format: template` and `template: …`", "verb": "write `method: POST`",
            "insecure": "write `tls: { ca_file: … }` or `tls: { pin_sha256: … }`",
            "skip_tls_verification": "write `tls: { ca_file: … }` or `tls: { pin_sha256: … }`",
        ])

    static let tls = ObjectShape(keys: [
        .init(
            "ca_file", .value(.path), "The file with the certificates of authorities that are trusted.",
            absent: "the system's"),
        .init(
            "pin_sha256", .value(.pin),
            "The SHA-256 of the certificate's public key, as 64 hexadecimal digits or in base64."),
    ])

    private static let proof = ObjectShape.Key("tls", .object(tls), "How the server proves who it is.")

    // What mail and XMPP have in common.
    private static let addressees = ObjectShape.Key(
        "to", .list(of: .value(.mailAddress), minimum: 1), required: true, "Who gets it.",
        advice: "add `to: [someone@example.com]`")
    private static let startTLS = ObjectShape.Key(
        "starttls", .value(.word(ReportSpecification.Email.StartTLS.allCases.map { $0.rawValue })),
        "Whether a plain connection must become an encrypted one: `required`, `opportunistic` or `off`.",
        absent: "`required`")

    static let email = ObjectShape(
        keys: [
            .init(
                "smtp", .oneOf(value: .mailURL, list: nil, object: credential), required: true,
                "The server: `smtps://USER@HOST:465`, or `smtp://USER@HOST:587` with STARTTLS.",
                advice: "add `smtp: smtps://USER@HOST:465`"),
            .init(
                "password", .oneOf(value: .credential, list: nil, object: credential), "The password of the user.",
                absent: "no log-in"),
            .init(
                "from", .value(.mailAddress), required: true, "Who sends it.",
                advice: "add `from: \"Backups <backup@example.com>\"`"),
            addressees,
            .init(
                "format", .value(.word(ReportSpecification.Email.Format.allCases.map { $0.rawValue })),
                "What it looks like: our `report` as text and HTML, or the text of `duplicati`.", absent: "`report`"),
            .init(
                "subject", .value(.text),
                "The subject: `{{title}}` and other members of the report, or with `format: duplicati` its `%placeholders%`.",
                absent: "the report's title"),
            .init(
                "body", .value(.text),
                "The text in place of the usual one: Mustache, or with `format: duplicati` its `%placeholders%`; no HTML goes along then.",
                absent: "what happened"),
            startTLS, proof,
        ],
        foreign: [
            "host": "write `smtp: smtps://USER@HOST:465`", "server": "write `smtp: smtps://USER@HOST:465`",
            "port": "write it in the URL: `smtp: smtps://USER@HOST:465`",
            "username": "write it in the URL: `smtp: smtps://USER@HOST:465`", "sender": "write `from:`",
            "recipient": "write `to: [ADDRESS]`", "recipients": "write `to: [ADDRESS]`",
            "send_mail_url": "write `smtp:`", "message": "write `body:`", "template": "write `body:`",
        ])

    static let xmpp = ObjectShape(
        keys: [
            .init(
                "from", .value(.mailAddress), required: true, "The account that sends.",
                advice: "add `from: backup@example.com`"),
            .init(
                "password", .oneOf(value: .credential, list: nil, object: credential), required: true,
                "Its password.", advice: "add `password: { secret: NAME }`"),
            addressees,
            .init(
                "server", .value(.xmppURL),
                "The server where it is not the account's domain: `xmpp://HOST:5222` with STARTTLS, or `xmpps://HOST:5223` with TLS from the first byte.",
                absent: "the account's domain, port 5222"),
            .init(
                "resource", .value(.text), "What this connection of the account is called.",
                absent: "a name of the server's choice"),
            .init(
                "format", .value(.word(ReportSpecification.Email.Format.allCases.map { $0.rawValue })),
                "What it looks like: our `report`, or the text of `duplicati`.", absent: "`report`"),
            .init(
                "message", .value(.text),
                "The text in place of the usual one: Mustache, or with `format: duplicati` its `%placeholders%`.",
                absent: "what happened"),
            startTLS, proof,
        ],
        foreign: [
            "username": "write `from: USER@DOMAIN`", "jid": "write `from: USER@DOMAIN`",
            "host": "write `server: xmpp://HOST:5222`", "port": "write `server: xmpp://HOST:PORT`",
            "url": "write `server: xmpp://HOST:5222`", "recipient": "write `to: [ADDRESS]`",
            "recipients": "write `to: [ADDRESS]`", "template": "write `message:`", "body": "write `message:`",
        ])

    static let digest = ObjectShape(keys: [
        .init(
            "schedule", .oneOf(value: .cron, list: nil, object: subordinateSchedule), required: true,
            "When: a cron expression, or a mapping.", advice: "add `schedule: \"0 8 * * 1\"`"),
        .init("include", .list(of: .value(.event), minimum: 1), "What it tells of.", absent: "all `events`"),
    ])

    // MARK: Services

    private static let adapters: [ObjectShape.Key] = [
        adapter(
            "healthchecks", "A check of healthchecks.io or a server of its kind.",
            address(.webURL, "The check's ping URL; `{job}` becomes the job's name."),
            .init(
                "create", .value(.boolean), "Whether the check is made when its name is not known yet.",
                absent: "`false`"),
            .init(
                "warnings", .value(.word(ReportSpecification.WarningMeaning.allCases.map { $0.rawValue })),
                "What a run with warnings is for the check: `success` or `failure`.", absent: "`success`")),
        adapter("uptime_kuma", "A push monitor of Uptime Kuma.", address(.webURL, "The monitor's push URL.")),
        adapter("cronitor", "A monitor of Cronitor.", address(.webURL, "The monitor's telemetry URL.")),
        adapter(
            "ntfy", "A topic of ntfy.", address(.webURL, "The topic's URL."),
            secret("token", "The access token.", absent: "no log-in"),
            .init("priority", .value(.integer(1...5)), "The priority of every message.", absent: "by what happened")),
        adapter(
            "gotify", "An application of Gotify.", address(.webURL, "The server's URL."),
            secret("token", "The application's token.", required: true)),
        adapter(
            "slack", "An incoming webhook of Slack.",
            secret("url", "The webhook's URL, which is a secret.", required: true)),
        adapter(
            "discord", "A webhook of Discord.", secret("url", "The webhook's URL, which is a secret.", required: true)),
        adapter(
            "teams", "A workflow of Microsoft Teams.",
            secret("url", "The workflow's URL, which is a secret.", required: true)),
        adapter(
            "telegram", "A chat of Telegram.", secret("token", "The bot's token.", required: true),
            .init(
                "chat", .value(.option), required: true, "The number or @name of the chat.",
                advice: "add `chat: \"@channel\"`"),
            address(.webURL, "The server of the Bot API.", absent: "`https://api.telegram.org`")),
        adapter(
            "pagerduty", "A service of PagerDuty (Events API v2).",
            secret("routing_key", "The integration's key.", required: true),
            address(
                .webURL, "The URL that events are sent to.", absent: "`https://events.pagerduty.com/v2/enqueue`")),
        adapter("alertmanager", "Prometheus' Alertmanager.", address(.webURL, "The server's URL.")),
        adapter(
            "apprise", "An Apprise API, which passes on to a hundred services.",
            address(.webURL, "The URL with the key: `https://HOST/notify/KEY`."),
            .init("tag", .value(.text), "The tag that chooses services.", absent: "all")),
    ]

    private static func adapter(_ name: String, _ summary: String, _ keys: ObjectShape.Key...) -> ObjectShape.Key {
        .init(name, .object(ObjectShape(keys: keys)), summary)
    }

    /// A URL; required unless there is a usual one.
    private static func address(_ kind: ValueKind, _ summary: String, absent: String? = nil) -> ObjectShape.Key {
        .init(
            "url", .oneOf(value: kind, list: nil, object: credential), required: absent == nil, summary,
            absent: absent, advice: "add `url: https://…`")
    }

    private static func secret(
        _ name: String, _ summary: String, required: Bool = false, absent: String? = nil
    ) -> ObjectShape.Key {
        .init(
            name, .oneOf(value: .credential, list: nil, object: credential), required: required, summary,
            absent: absent,
            advice: "add `\(name): { secret: NAME }`")
    }
}
