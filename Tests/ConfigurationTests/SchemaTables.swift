@testable import Configuration

/// The schema as the tables of `docs/configuration.md`.
enum SchemaTables {
    static func render() -> String {
        var sections = [table("The file", ConfigurationSchema.root)]
        sections.append(table("`runtime`", ConfigurationSchema.runtime))
        sections.append(table("`runtime.log`", ConfigurationSchema.log))
        sections.append(table("`secrets.NAME`", ConfigurationSchema.secret))
        for (name, shape) in secrets { sections.append(table("`secrets.NAME.\(name)`", shape)) }
        sections.append(table("`destinations.NAME`", ConfigurationSchema.destination))
        sections.append(table("`jobs.NAME`; in `defaults` all but `sources`", ConfigurationSchema.job))
        sections.append(table("`jobs.NAME.sources`, each", ConfigurationSchema.source))
        sections.append(table("`jobs.NAME.selection`", ConfigurationSchema.selection))
        sections.append(table("`jobs.NAME.filters`, each", ConfigurationSchema.filter))
        sections.append(table("`jobs.NAME.encryption`", ConfigurationSchema.encryption))
        sections.append(table("A credential: `passphrase`, `sign`", ConfigurationSchema.credential))
        sections.append(table("`jobs.NAME.retention`", ConfigurationSchema.retention))
        sections.append(table("`jobs.NAME.retention.tiers`, each", ConfigurationSchema.tier))
        sections.append(table("`jobs.NAME.compact`", ConfigurationSchema.compact))
        sections.append(table("`jobs.NAME.verify`", ConfigurationSchema.verification))
        sections.append(table("`jobs.NAME.verify.after_backup`", ConfigurationSchema.samples))
        sections.append(table("`jobs.NAME.options`", ConfigurationSchema.options))
        sections.append(table("`reports.NAME`", ConfigurationSchema.report))
        sections.append(table("`reports.NAME.webhook`", ConfigurationSchema.webhook))
        return "\n" + sections.joined(separator: "\n") + "\n"
    }

    private static let secrets: [(String, ObjectShape)] = [
        ("file", ConfigurationSchema.fileSecret), ("command", ConfigurationSchema.commandSecret),
        ("pass", ConfigurationSchema.passSecret), ("sops", ConfigurationSchema.sopsSecret),
        ("vault", ConfigurationSchema.vaultSecret), ("vault.auth", ConfigurationSchema.vaultAuth),
        ("vault.auth.approle", ConfigurationSchema.vaultAppRole),
        ("vault.auth.kubernetes", ConfigurationSchema.vaultKubernetes),
        ("vault.auth.jwt", ConfigurationSchema.vaultJWT),
        ("aws_secrets_manager", ConfigurationSchema.awsSecret), ("aws_parameter", ConfigurationSchema.awsParameter),
        ("google_secret_manager", ConfigurationSchema.googleSecret),
        ("azure_key_vault", ConfigurationSchema.azureSecret), ("azure_key_vault.auth", ConfigurationSchema.azureAuth),
        ("azure_key_vault.auth.client", ConfigurationSchema.azureClient),
        ("azure_key_vault.auth.managed_identity", ConfigurationSchema.azureManaged),
        ("duplicati", ConfigurationSchema.duplicatiSecret),
    ]

    private static func table(_ title: String, _ object: ObjectShape) -> String {
        var lines = ["### \(title)", ""]
        if object.isExclusive { lines += ["Exactly one of these keys.", ""] }
        lines += ["| Key | Value | Meaning | When absent |", "| --- | --- | --- | --- |"]
        for key in object.keys {
            let absent = key.isRequired ? "**required**" : key.absent ?? ""
            lines.append("| `\(key.name)` | \(noun(key.shape)) | \(key.summary) | \(absent) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func noun(_ shape: Shape) -> String {
        switch shape {
        case .list(let item, _): "a list; each \(item.noun)"
        case .named(let named): "a mapping by \(named.noun) name"
        default: shape.noun
        }
    }
}
