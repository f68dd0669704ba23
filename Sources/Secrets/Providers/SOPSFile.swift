internal import JSON
internal import Support

/// A value in a file that SOPS has encrypted, through the `sops` program.
///
/// The program finds its keys itself: age and GnuPG keys of this user, or the environment's credentials for a cloud's.
public struct SOPSFile: Sendable, Hashable {
    /// The encrypted file.
    public let path: String
    /// The path to the value, such as `database.password`; nil for the whole file.
    public let key: String?

    /// A value in a file.
    public init(_ path: String, key: String?) {
        self.path = path
        self.key = key
    }
}

extension SOPSFile: SecretProvider {
    var provenance: String { "SOPS file \(path)\(key.map { ", key \($0)" } ?? "")" }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        try ProgramCall(
            session: session, provider: "SOPS", place: "file \(path)",
            arguments: ["sops", "--decrypt"] + (key.map { ["--extract", Self.expression($0)] } ?? []) + [path],
            inherited: [
                "GNUPGHOME", "GPG_TTY", "XDG_CONFIG_HOME", "GOOGLE_APPLICATION_CREDENTIALS", "KUBECONFIG",
            ],
            inheritedPrefixes: ["SOPS_", "AWS_", "AZURE_", "VAULT_", "CLOUDSDK_"]
        ).secret()
    }

    /// The key as SOPS wants it: `["database"]["password"][0]`.
    static func expression(_ key: String) -> String {
        key.split(separator: ".").map { part in
            part.allSatisfy { $0.isASCII && $0.isNumber } ? "[\(part)]" : "[\(JSONValue.string(String(part)))]"
        }.joined()
    }
}
