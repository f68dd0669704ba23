import Secrets
import Support
import Testing

@testable import Configuration

/// What the keys of a secret mean.
@Suite struct SecretSourcesTests {
    private func load(_ secret: String, rest: String = "") throws(InvalidConfiguration) -> Configuration {
        let text = """
            version: 1
            secrets:
              s: \(secret)
              token: { env: TOKEN }
            destinations: { d: { url: "file:///b/${secret:token}" } }
            jobs:
              j:
                sources: [{ path: /a }]
                encryption: { passphrase: { secret: s } }
                destinations: [d]
            \(rest)
            """
        return try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "t.yaml", folder: "/etc/dunnage", environment: [:]
        ).configuration
    }

    private static let token = SecretReference("token")

    @Test(
        "each provider's keys become its source",
        arguments: [
            ("{ file: p }", .file("/etc/dunnage/p")), ("{ docker: n }", .file("/run/secrets/n")),
            ("{ systemd: n }", .systemd("n")), ("{ file: { path: /p } }", .file("/p")),
            ("{ file: { path: s.json, key: a.b } }", .content(SecretContent(path: "/etc/dunnage/s.json", key: "a.b"))),
            (
                "{ file: { path: /p, key: k, format: dotenv, passphrase: { secret: token } } }",
                .content(SecretContent(path: "/p", format: .dotenv, key: "k", passphrase: token))
            ),
            ("{ command: [a, b] }", .command(SecretCommand(["a", "b"]))),
            (
                "{ command: { run: [a], timeout: 1min, environment: { X: { secret: token }, Y: z } } }",
                .command(
                    SecretCommand(
                        ["a"], environment: ["X": Template([.secret(token)]), "Y": Template("z")], timeout: 60))
            ),
            ("{ pass: a/b }", .pass(PassEntry("a/b"))),
            ("{ pass: { entry: a, key: user, store: /s } }", .pass(PassEntry("a", part: .field("user"), store: "/s"))),
            ("{ libsecret: { service: x } }", .libsecret(LibsecretItem(["service": "x"]))),
            ("{ sops: { file: f.yaml, key: k } }", .sops(SOPSFile("/etc/dunnage/f.yaml", key: "k"))),
            (
                "{ vault: { path: secret/a, url: \"https://v\", auth: { approle: { role_id: r, secret_id: { secret: token } } } } }",
                .vault(
                    VaultSecret(
                        path: "secret/a", key: nil,
                        server: VaultServer(
                            url: "https://v", namespace: nil, certificateAuthorities: nil,
                            login: .appRole(role: Template("r"), secret: token, mount: "approle"))))
            ),
            (
                "{ aws_secrets_manager: { name: n, key: k, region: r } }",
                .awsSecretsManager(AWSManagedSecret(name: "n", key: "k", account: AWSAccount(region: "r")))
            ),
            ("{ aws_parameter: { name: /n } }", .awsParameter(AWSParameter(name: "/n", account: AWSAccount()))),
            (
                "{ google_secret_manager: { project: 123, name: n, access_token: { secret: token } } }",
                .google(GoogleSecret(project: "123", name: "n", identity: .accessToken(token)))
            ),
            (
                "{ azure_key_vault: { vault: v, name: n, auth: { managed_identity: {} } } }",
                .azure(AzureSecret(vault: "v", name: "n", identity: .managed(clientID: nil)))
            ),
            (
                "{ duplicati: { url: \"env://\", key: k, cache: memory } }",
                .duplicati(DuplicatiSecret(url: Template("env://"), key: "k", cache: .memory))
            ),
        ] as [(String, SecretSource)])
    func sources(_ written: String, _ expected: SecretSource) throws {
        #expect(try load(written).secrets["s"] == expected)
    }

    @Test(
        "keys that do not fit together are refused, each with its code",
        arguments: [
            ("{ file: { path: /p, key: k } }", DiagnosticCode.missingKey),
            ("{ file: { path: /p.json, format: json } }", .missingKey),
            ("{ file: { key: k } }", .missingKey), ("{ command: [] }", .empty), ("{ command: x }", .wrongType),
            ("{ vault: { path: a, auth: {} } }", .missingKey), ("{ vault: { path: a, url: \"hcv://x\" } }", .badURL),
            ("{ vault: { path: a, engine: kv3 } }", .notAllowed),
            ("{ aws_parameter: { name: n, access_key_id: a } }", .missingKey),
            ("{ duplicati: { url: \"wincred://\", key: k } }", .badURL), ("{ env: A, docker: b }", .conflictingKeys),
            ("{ systemd: a/b }", .badPath), ("{ docker: { name: a } }", .wrongType),
        ])
    func refused(_ written: String, _ code: DiagnosticCode) throws {
        let error = #expect(throws: InvalidConfiguration.self) { try load(written) }
        #expect(error?.diagnostics.filter { $0.severity == .error }.map(\.code).first == code)
    }

    @Test("a secret may stand for a whole URL or option, and a provider in place of a reference")
    func whole() throws {
        let configuration = try load(
            "{ env: S }",
            rest: """
                reports: { r: { webhook: { url: { env: HOOK }, sign: { docker: key } } } }
                """)
        let webhook = try #require(configuration.reports["r"]).webhook
        #expect(webhook?.url == Template([.secret(SecretReference("reports.r.webhook.url"))]))
        #expect(configuration.secrets["reports.r.webhook.url"] == .environment("HOOK"))
        #expect(configuration.secrets["reports.r.webhook.sign"] == .file("/run/secrets/key"))
    }
}
