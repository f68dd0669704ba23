public import Support

/// Where a secret comes from.
public indirect enum SecretSource: Sendable, Hashable {
    /// A variable of the environment.
    case environment(String)
    /// A file that holds the secret and nothing else; one newline at its end does not count.
    case file(String)
    /// The secret itself, as found in the configuration.
    case literal(Secret)
    /// A text that other secrets are part of.
    case composed(Template)
    /// A value in a file of several, or in an encrypted file.
    case content(SecretContent)
    /// A credential that systemd hands over.
    case systemd(String)
    /// What a program writes.
    case command(SecretCommand)
    /// An entry of `pass`, the password store.
    case pass(PassEntry)
    /// An item of the Secret Service.
    case libsecret(LibsecretItem)
    /// A value in a file that SOPS has encrypted.
    case sops(SOPSFile)
    /// A value in HashiCorp Vault or OpenBao.
    case vault(VaultSecret)
    /// A value in AWS Secrets Manager.
    case awsSecretsManager(AWSManagedSecret)
    /// A parameter of AWS Systems Manager.
    case awsParameter(AWSParameter)
    /// A value in Google Secret Manager.
    case google(GoogleSecret)
    /// A value in Azure Key Vault.
    case azure(AzureSecret)
    /// A key of one of Duplicati's secret providers.
    case duplicati(DuplicatiSecret)

    /// Where the value is, for people; without credentials.
    public var provenance: String {
        switch self {
        case .environment(let variable): "environment variable \(variable)"
        case .file(let path): "file \(path)"
        case .literal: "written in the configuration"
        case .composed(let template):
            "composed of \(template.references.map { "`\($0.name)`" }.joined(separator: ", "))"
        default: provider?.provenance ?? ""
        }
    }

    var provider: (any SecretProvider)? {
        switch self {
        case .environment, .file, .literal, .composed: nil
        case .content(let provider): provider
        case .systemd(let name): SystemdCredential(name: name)
        case .command(let provider): provider
        case .pass(let provider): provider
        case .libsecret(let provider): provider
        case .sops(let provider): provider
        case .vault(let provider): provider
        case .awsSecretsManager(let provider): provider
        case .awsParameter(let provider): provider
        case .google(let provider): provider
        case .azure(let provider): provider
        case .duplicati(let provider): provider
        }
    }
}
