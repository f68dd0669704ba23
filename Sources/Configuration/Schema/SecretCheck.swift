internal import Secrets
internal import YAML

/// Checks what no key of a secret can tell alone.
enum SecretCheck {
    static func run(_ root: Node, _ check: inout SchemaCheck) {
        for secret in root["secrets"]?.entries ?? [] where !Extension.isExtension(secret.key) {
            let place = "secrets.\(secret.key)"
            if let file = secret.value["file"], file.entries != nil { checkFile(file, "\(place).file", &check) }
            for provider in ["aws_secrets_manager", "aws_parameter"] {
                if let account = secret.value[provider] { checkKeys(account, "\(place).\(provider)", &check) }
            }
        }
    }

    /// A key needs a document, and a document a key.
    private static func checkFile(_ node: Node, _ place: String, _ check: inout SchemaCheck) {
        let entries = node.entries ?? []
        let format = node["format"].flatMap(check.text)
        let path = node["path"].flatMap(check.text)
        if let key = entries.first(where: { $0.key == "key" }), format == nil, let path,
            SecretContent.format(ofName: path) == nil
        {
            check.add(
                .missingKey, "`key` needs `format` in \(place)", at: key.keyRange, in: Place(),
                notes: ["the name of the file does not tell what it holds"],
                help: ["add `format: json`, `dotenv` or `yaml`"])
        }
        if let format = entries.first(where: { $0.key == "format" }), node["key"] == nil {
            check.add(
                .missingKey, "`format` needs `key` in \(place)", at: format.keyRange, in: Place(),
                help: ["add `key: …`, or remove it: without a key, all of the file is the secret"])
        }
    }

    /// Keys come in pairs, and not beside a profile.
    private static func checkKeys(_ node: Node, _ place: String, _ check: inout SchemaCheck) {
        let pair = ["access_key_id", "secret_access_key"]
        let given = (node.entries ?? []).filter { pair.contains($0.key) }
        if given.count == 1, let other = pair.first(where: { $0 != given[0].key }) {
            check.add(
                .missingKey, "`\(given[0].key)` needs `\(other)` in \(place)", at: given[0].keyRange, in: Place(),
                help: ["add `\(other)`, or remove both for AWS's usual search"])
        }
        if let first = given.first, node["profile"] != nil {
            check.add(
                .conflictingKeys, "\(place) cannot have both `profile` and `\(first.key)`", at: first.keyRange,
                in: Place())
        }
    }
}
