internal import Secrets

/// Where secrets come from: `secrets`, and every credential that is written in place.
extension ConfigurationSchema {
    static let secret = ObjectShape(keys: providers, isExclusive: true, foreign: foreignProviders)

    /// A credential: a secret by name, or where it comes from.
    static let credential = ObjectShape(
        keys: [.init("secret", .value(.secretName), "The name of a secret under `secrets:`.")] + providers,
        name: "credential", isExclusive: true, foreign: foreignProviders)

    /// A credential that another secret needs.
    static let plainCredential = ObjectShape(
        keys: [
            .init("secret", .value(.secretName), "The name of a secret under `secrets:`."),
            .init("env", .value(.variableName), "The variable of the environment that holds it."),
            .init("file", .value(.path), "The file that holds it."),
            .init("docker", .value(.fileName), "The name of a secret that Docker or Kubernetes mounts."),
            .init("systemd", .value(.fileName), "The name of a credential that systemd hands to the service."),
        ], name: "plain_credential", isExclusive: true)

    private static let foreignProviders = [
        "environment": "write `env: NAME`", "value": "write `env: NAME` or `file: PATH`; values do not belong here",
        "credential": "write `systemd: NAME`", "cmd": "write `command: [PROGRAM, ARGUMENT]`",
        "exec": "write `command: [PROGRAM, ARGUMENT]`", "openbao": "write `vault: { path: … }`",
        "hcv": "write `vault: { path: … }`", "aws": "write `aws_secrets_manager: …` or `aws_parameter: …`",
        "awssm": "write `aws_secrets_manager: { name: … }`", "ssm": "write `aws_parameter: { name: … }`",
        "gcsm": "write `google_secret_manager: { project: …, name: … }`",
        "azkv": "write `azure_key_vault: { vault: …, name: … }`",
    ]

    private static let providers: [ObjectShape.Key] = [
        .init("env", .value(.variableName), "The variable of the environment that holds it."),
        .init(
            "file", .oneOf(value: .path, list: nil, object: fileSecret),
            "The file that holds it, without one newline at its end, or a value in a file of several; a relative path "
                + "starts at this file."),
        .init("docker", .value(.fileName), "The name of a secret that Docker or Kubernetes mounts at `/run/secrets`."),
        .init("systemd", .value(.fileName), "The name of a credential that systemd hands to the service."),
        .init(
            "command",
            .oneOf(value: nil, list: .list(of: .value(.argument), minimum: 1), object: commandSecret),
            "A program and its arguments, whose standard output is the secret; no shell reads them."),
        .init(
            "pass", .oneOf(value: .text, list: nil, object: passSecret),
            "An entry of `pass`, the password store; the first line is the secret."),
        .init(
            "libsecret",
            .named(
                NamedShape(
                    noun: "attribute", rule: "an attribute has a name", isValid: { !$0.isEmpty }, minimum: 1,
                    value: .value(.text), pattern: ".+")),
            "The attributes of an item of the desktop's Secret Service, as `secret-tool lookup` takes them."),
        .init("sops", .object(sopsSecret), "A value in a file that SOPS has encrypted, through the `sops` program."),
        .init("vault", .object(vaultSecret), "A value in the key-value store of HashiCorp Vault or OpenBao."),
        .init("aws_secrets_manager", .object(awsSecret), "A value in AWS Secrets Manager."),
        .init("aws_parameter", .object(awsParameter), "A parameter of AWS Systems Manager's Parameter Store."),
        .init("google_secret_manager", .object(googleSecret), "A value in Google Secret Manager."),
        .init("azure_key_vault", .object(azureSecret), "A value in Azure Key Vault."),
        .init(
            "duplicati", .object(duplicatiSecret), "A key of one of Duplicati's secret providers, for imported jobs."),
    ]

    // MARK: Files and programs

    private static let keyKey = ObjectShape.Key(
        "key", .value(.text), "The path to the value in a document, such as `database.password`.",
        absent: "all of it")

    static let fileSecret = ObjectShape(
        keys: [
            .init(
                "path", .value(.path), required: true, "The file; a relative path starts at this file.",
                advice: "add `path: …`"),
            keyKey,
            .init(
                "format", .value(.word(SecretContent.Format.allCases.map(\.rawValue))), "What the file holds.",
                absent: "by its name: `.json`, `.env`, `.yaml`"),
            .init(
                "passphrase", .oneOf(value: .credential, list: nil, object: plainCredential),
                "What opens it, when it is encrypted with AES Crypt.", absent: "not encrypted"),
        ], name: "file_secret")

    static let commandSecret = ObjectShape(
        keys: [
            .init(
                "run", .list(of: .value(.argument), minimum: 1), required: true, "The program and its arguments.",
                advice: "add `run: [PROGRAM, ARGUMENT]`"),
            .init(
                "environment",
                .named(
                    NamedShape(
                        noun: "variable", rule: "a variable's name has letters, digits and `_`, and no digit first",
                        isValid: { ValueKind.variableName.check($0) == nil }, minimum: 0,
                        value: .oneOf(value: .option, list: nil, object: plainCredential),
                        pattern: "[A-Za-z_][A-Za-z0-9_]*")),
                "What it has in its environment besides `PATH`, `HOME`, `USER`, `LANG`, `TMPDIR` and "
                    + "`XDG_RUNTIME_DIR`."),
            .init("timeout", .value(.duration), "How long it may take.", absent: "`30s`"),
        ], name: "command_secret",
        foreign: ["args": "write all of it in `run: [PROGRAM, ARGUMENT]`", "command": "write `run: [PROGRAM]`"])

    static let passSecret = ObjectShape(
        keys: [
            .init("entry", .value(.text), required: true, "The entry's name.", advice: "add `entry: …`"),
            .init(
                "key", .value(.text), "The name before the colon of the line that holds the secret.",
                absent: "the first line"),
            .init(
                "store", .value(.path), "The folder of the store.", absent: "`PASSWORD_STORE_DIR`, `~/.password-store`"),
        ], name: "pass_secret")

    static let sopsSecret = ObjectShape(
        keys: [
            .init("file", .value(.path), required: true, "The encrypted file.", advice: "add `file: …`"), keyKey,
        ], name: "sops_secret")

    // MARK: Vault

    static let vaultSecret = ObjectShape(
        keys: [
            .init(
                "path", .value(.text), required: true, "Mount and path, as `vault kv get` takes them: `secret/backup`.",
                advice: "add `path: MOUNT/PATH`"),
            .init("key", .value(.text), "The key of the value.", absent: "the only one"),
            .init("mount", .value(.text), "Where the store is mounted.", absent: "the server tells"),
            .init(
                "engine", .value(.word(VaultSecret.Engine.allCases.map(\.rawValue))), "The kind of store.",
                absent: "the server tells; `kv2` with `mount`"),
            .init("version", .value(.integer(1...Int64(Int32.max))), "The version of the value.", absent: "the newest"),
            .init("url", .value(.serverURL), "The server's address.", absent: "`VAULT_ADDR`"),
            .init("namespace", .value(.text), "The namespace.", absent: "`VAULT_NAMESPACE`, or none"),
            .init(
                "ca_file", .value(.path), "A PEM file with the authorities of the server's certificate.",
                absent: "`VAULT_CACERT`, or the system's"),
            .init(
                "auth", .object(vaultAuth), "How the program proves who it is.",
                absent: "`VAULT_TOKEN`, or `~/.vault-token`"),
        ], name: "vault_secret")

    static let vaultAuth = ObjectShape(
        keys: [
            .init("token", .oneOf(value: .credential, list: nil, object: plainCredential), "A token."),
            .init("approle", .object(vaultAppRole), "A role and its secret."),
            .init("kubernetes", .object(vaultKubernetes), "The service account of a pod."),
            .init("jwt", .object(vaultJWT), "A token of an identity provider."),
        ], name: "vault_login", isExclusive: true)

    private static func mount(_ usual: String) -> ObjectShape.Key {
        .init("mount", .value(.text), "Where the method is mounted.", absent: "`\(usual)`")
    }

    static let vaultAppRole = ObjectShape(
        keys: [
            .init(
                "role_id", .oneOf(value: .option, list: nil, object: plainCredential), required: true, "The role.",
                advice: "add `role_id: …`"),
            .init(
                "secret_id", .oneOf(value: .credential, list: nil, object: plainCredential), "The role's secret.",
                absent: "none is sent"),
            mount("approle"),
        ], name: "vault_approle")

    static let vaultKubernetes = ObjectShape(
        keys: [
            .init("role", .value(.text), required: true, "The role.", advice: "add `role: …`"),
            .init("token_file", .value(.path), "The service account's token.", absent: "where Kubernetes mounts it"),
            mount("kubernetes"),
        ], name: "vault_kubernetes")

    static let vaultJWT = ObjectShape(
        keys: [
            .init("role", .value(.text), required: true, "The role.", advice: "add `role: …`"),
            .init(
                "token", .oneOf(value: .credential, list: nil, object: plainCredential), required: true, "The token.",
                advice: "add `token: { file: … }`"),
            mount("jwt"),
        ], name: "vault_jwt")

    // MARK: Clouds

    private static let awsAccount: [ObjectShape.Key] = [
        .init("region", .value(.text), "The region.", absent: "`AWS_REGION`, or the profile's"),
        .init("profile", .value(.text), "The profile of `~/.aws`.", absent: "AWS's usual search"),
        .init("url", .value(.serverURL), "The service's address.", absent: "`AWS_ENDPOINT_URL`, or AWS's own"),
        .init(
            "access_key_id", .oneOf(value: .option, list: nil, object: plainCredential), "The public part of a key.",
            absent: "AWS's usual search"),
        .init(
            "secret_access_key", .oneOf(value: .credential, list: nil, object: plainCredential),
            "The secret part of a key.", absent: "AWS's usual search"),
    ]

    static let awsSecret = ObjectShape(
        keys: [
            .init("name", .value(.text), required: true, "The secret's name or ARN.", advice: "add `name: …`"), keyKey,
            .init("stage", .value(.text), "The stage of the version.", absent: "`AWSCURRENT`"),
        ] + awsAccount, name: "aws_secret")

    static let awsParameter = ObjectShape(
        keys: [
            .init(
                "name", .value(.text), required: true, "The parameter's name or ARN; `:3` behind it for a version.",
                advice: "add `name: …`"), keyKey,
        ] + awsAccount, name: "aws_parameter")

    static let googleSecret = ObjectShape(
        keys: [
            .init("project", .value(.words), required: true, "The project.", advice: "add `project: …`"),
            .init("name", .value(.text), required: true, "The secret's name.", advice: "add `name: …`"),
            .init("version", .value(.words), "The version.", absent: "`latest`"), keyKey,
            .init(
                "credentials_file", .value(.path), "The key file of a service account.",
                absent: "`GOOGLE_APPLICATION_CREDENTIALS`, `gcloud`'s, or the machine's account"),
            .init(
                "credentials", .oneOf(value: .credential, list: nil, object: plainCredential),
                "The content of such a file."),
            .init(
                "access_token", .oneOf(value: .credential, list: nil, object: plainCredential),
                "A token that somebody else has fetched."),
            .init("url", .value(.serverURL), "The service's address.", absent: "Google's own"),
        ], name: "google_secret", alternatives: ["credentials_file", "credentials", "access_token"])

    static let azureSecret = ObjectShape(
        keys: [
            .init(
                "vault", .value(.text), required: true, "The vault's name or URL.", advice: "add `vault: NAME`"),
            .init("name", .value(.text), required: true, "The secret's name.", advice: "add `name: …`"),
            .init("version", .value(.words), "The version.", absent: "the newest"), keyKey,
            .init(
                "auth", .object(azureAuth), "How the program proves who it is.",
                absent: "`AZURE_CLIENT_ID` and its like, or the machine's identity"),
        ], name: "azure_secret")

    static let azureAuth = ObjectShape(
        keys: [
            .init("client", .object(azureClient), "A registered application."),
            .init("managed_identity", .object(azureManaged), "The identity of the machine."),
        ], name: "azure_login", isExclusive: true)

    static let azureClient = ObjectShape(
        keys: [
            .init("tenant", .value(.text), required: true, "The tenant.", advice: "add `tenant: …`"),
            .init("id", .value(.text), required: true, "The application's id.", advice: "add `id: …`"),
            .init(
                "secret", .oneOf(value: .credential, list: nil, object: plainCredential), required: true,
                "The application's secret.", advice: "add `secret: { secret: NAME }`"),
        ], name: "azure_client")

    static let azureManaged = ObjectShape(
        keys: [
            .init("client_id", .value(.text), "Which identity, where there are several.", absent: "the only one")
        ], name: "azure_managed_identity")

    static let duplicatiSecret = ObjectShape(
        keys: [
            .init(
                "url", .value(.providerURL), required: true,
                "The provider's URL, as Duplicati's `secret-provider` has it.",
                advice: "add `url: file-secret:///path/secrets.json`"),
            .init(
                "key", .value(.text), required: true, "The key, without the placeholder's `$`.", advice: "add `key: …`"),
            .init(
                "cache", .value(.word(DuplicatiSecret.Cache.allCases.map(\.rawValue))),
                "Whether values are kept for the case that the provider cannot be reached: not at all, in memory, or in an "
                    + "encrypted file of the state folder.", absent: "`none`"),
        ], name: "duplicati_secret")
}

extension ValueKind {
    /// Any value that is not empty, taken as it is written.
    static let words = ValueKind(noun: "a text", accepted: .words) { text in
        text.isEmpty ? Problem(code: .badValue, message: "an empty text is no use in") : nil
    }

    /// The address of a server that secrets come from.
    static let serverURL = ValueKind(noun: "a URL", isURL: true) { text in
        URLs.problem(text, schemes: ["https", "http"])
    }

    /// The URL of one of Duplicati's secret providers, or the variable that holds it.
    static let providerURL = ValueKind(noun: "a URL", secrets: .kept, isURL: true) { text in
        if text.hasPrefix("$") || text.hasPrefix("%") { return nil }
        let schemes = ["env", "file-secret", "pass", "libsecret", "hcv", "awssm", "gcsm", "azkv"]
        guard let end = text.firstRange(of: "://") else {
            return Problem(code: .badURL, message: "the value is not a URL in", notes: ["expected scheme://…"])
        }
        let scheme = text[..<end.lowerBound].lowercased()
        guard !schemes.contains(scheme) else { return nil }
        return Problem(
            code: .badURL, message: "`\(scheme)` is not a provider of Duplicati's on Linux in",
            notes: ["one of: \(schemes.joined(separator: ", "))"])
    }
}
