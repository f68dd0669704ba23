import YAML

/// What a configuration may hold, written down a second time and by other hands than the schema: what is accepted must
/// be accepted by both.
indirect enum Rule: Sendable {
    case scalar
    case integer
    case list(Rule)
    case named(Rule)
    case keys([String: Rule])
    case any([Rule])

    /// What breaks the rule, if anything does.
    func breach(_ node: Node, at path: String) -> String? {
        switch self {
        case .scalar:
            guard let scalar = node.scalar, scalar.value != .null else { return "\(path) is no single value" }
            return nil
        case .integer:
            guard let scalar = node.scalar else { return "\(path) is no single value" }
            if case .integer = scalar.value { return nil }
            return scalar.text.contains("$") ? nil : "\(path) is no whole number"
        case .list(let rule):
            guard let items = node.items else { return "\(path) is no list" }
            return items.lazy.compactMap { rule.breach($0, at: "\(path)[]") }.first
        case .named(let rule):
            guard let entries = node.entries else { return "\(path) is no mapping" }
            return Self.own(entries).lazy.compactMap { rule.breach($0.value, at: "\(path).\($0.key)") }.first
        case .keys(let rules):
            guard let entries = node.entries else { return "\(path) is no mapping" }
            return Self.own(entries).lazy.compactMap { entry in
                rules[entry.key].map { $0.breach(entry.value, at: "\(path).\(entry.key)") }
                    ?? "\(path).\(entry.key) is no key"
            }.first
        case .any(let rules):
            let breaches = rules.map { $0.breach(node, at: path) }
            return breaches.contains { $0 == nil } ? nil : breaches.first ?? nil
        }
    }

    private static func own(_ entries: [Node.Entry]) -> [Node.Entry] {
        entries.filter { !$0.key.hasPrefix("x-") }
    }

    private static let texts = Rule.list(.scalar)
    private static let credential = Rule.any([.scalar, .keys(["secret": .scalar, "env": .scalar, "file": .scalar])])

    private static let common: [String: Rule] = [
        "filters": .list(.keys(["include": .scalar, "exclude": .scalar])),
        "selection": .keys([
            "one_file_system": .scalar, "exclude_if_present": texts, "exclude_caches": .scalar,
            "exclude_larger_than": .scalar, "exclude_empty_folders": .scalar, "exclude_attributes": texts,
            "hardlinks": .scalar, "symlinks": .scalar,
        ]),
        "encryption": .any([.scalar, .keys(["passphrase": credential])]),
        "destinations": texts,
        "retention": .keys([
            "tiers": .any([.scalar, .list(.keys(["for": .scalar, "every": .scalar]))]), "policy": .scalar,
            "keep_versions": .integer, "keep_within": .scalar, "min_versions": .integer, "max_delete": .integer,
        ]),
        "compact": .any([
            .scalar,
            .keys([
                "threshold": .integer, "small_file_size": .scalar, "small_file_max_count": .integer,
                "interval": .scalar,
            ]),
        ]),
        "verify": .keys(["after_backup": .any([.scalar, .keys(["samples": .scalar, "when": .scalar])])]),
        "reports": texts,
        "options": .keys(["block_size": .scalar, "volume_size": .scalar, "compression": .scalar]),
    ]

    private static let source = Rule.keys([
        "path": .scalar, "if_missing": .scalar, "command": texts, "environment": .named(credential),
        "timeout": .scalar,
    ])

    /// A whole configuration.
    static let configuration = Rule.keys([
        "version": .integer, "instance": .scalar,
        "runtime": .keys([
            "state_dir": .scalar, "stateless": .scalar, "shutdown_grace": .scalar, "timezone": .scalar,
            "log": .keys(["format": .scalar, "level": .scalar]),
        ]),
        "secrets": .named(.keys(["env": .scalar, "file": .scalar])),
        "destinations": .named(.keys(["url": .scalar, "options": .named(.scalar)])),
        "defaults": .keys(common),
        "jobs": .named(.keys(common.merging(["sources": .list(source)]) { $1 })),
        "reports": .named(.keys(["webhook": .keys(["url": .scalar, "sign": credential])])),
    ])
}
