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
}
