/// Who may ask a service: `runtime.api`.
extension ConfigurationSchema {
    static let api = ObjectShape(
        keys: [
            .init(
                "tokens", .list(of: .object(apiToken), minimum: 0),
                "Who may ask over the network; an empty list says that probes are all that is wanted.",
                absent: "nobody: nothing but probes is answered"),
            .init(
                "tls",
                .oneOf(
                    value: .word(["none"], advice: "write `tls: { certificate: FILE, key: FILE }`"), list: nil,
                    object: serverTLS),
                "The certificate; `none` says that what stands before the service encrypts.", absent: "plain HTTP"),
            .init(
                "hosts", .list(of: .value(.hostName), minimum: 1),
                "Names by which the service is called, such as that of a proxy before it.",
                absent: "addresses, `localhost` and the names in `listen`"),
            .init(
                "restore_roots", .list(of: .value(.path), minimum: 1),
                "Folders that restores through the API may write below.", absent: "none: such restores are refused"),
        ],
        foreign: [
            "token": "write `tokens: [{ name: NAME, token: { secret: NAME }, scope: read }]`",
            "auth": "write `tokens: [{ name: NAME, token: { secret: NAME }, scope: read }]`",
            "listen": "write `listen` beside `api`", "cert": "write `tls: { certificate: FILE, key: FILE }`",
            "allowed_hosts": "write `hosts: [NAME]`",
        ])

    static let apiToken = ObjectShape(
        keys: [
            .init("name", .value(.tokenName), required: true, "Who has it, for the log.", advice: "add `name: NAME`"),
            .init(
                "token", .oneOf(value: .credential, list: nil, object: credential), required: true,
                "The token, as a reference to a secret: 16 characters or more, such as `openssl rand -hex 32` prints.",
                advice: "add `token: { secret: NAME }`"),
            .init(
                "scope", .value(.word(APISettings.Scope.allCases.map(\.rawValue), foreign: foreignScopes)),
                required: true,
                "What it allows, each with what those before it do: `metrics`, `read`, `operate` (run, stop, pause), "
                    + "`admin` (restore).", advice: "add `scope: read`"),
        ],
        foreign: ["secret": "write `token: { secret: NAME }`", "value": "write `token: { secret: NAME }`"])

    private static let foreignScopes = [
        "restore": "write `admin`", "write": "write `operate`", "run": "write `operate`", "full": "write `admin`",
        "monitor": "write `metrics`", "readonly": "write `read`", "read_only": "write `read`",
    ]

    static let serverTLS = ObjectShape(
        keys: [
            .init(
                "certificate", .value(.path), required: true,
                "The file with the certificate, and behind it those that lead to its authority.",
                advice: "add `certificate: FILE`"),
            .init(
                "key", .value(.path), required: true, "The file with its private key.", advice: "add `key: FILE`"),
        ],
        foreign: [
            "cert": "write `certificate: FILE`", "cert_file": "write `certificate: FILE`",
            "key_file": "write `key: FILE`",
        ])
}
