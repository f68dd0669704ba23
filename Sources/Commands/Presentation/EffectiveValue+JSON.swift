internal import Configuration
internal import JSON
internal import Secrets

extension EffectiveValue {
    /// The value as JSON; with origins each single value is an object of `value` and `origin`.
    func json(origins: Bool) -> JSONValue {
        switch content {
        case .mapping(let entries):
            let shown = entries.filter { origins || $0.value.origin.kind != .default }
            return .object(shown.map { .init($0.key, $0.value.json(origins: origins)) })
        case .list(let items): return .array(items.map { $0.json(origins: origins) })
        case .text, .plain, .hidden:
            return origins ? .object([.init("value", single), .init("origin", origin.json)]) : single
        }
    }

    private var single: JSONValue {
        switch content {
        case .text(let template): return .string(template.description)
        case .hidden(let shown, _): return .string(shown)
        case .plain("true"): return .bool(true)
        case .plain("false"): return .bool(false)
        case .plain(let text):
            guard let number = Int64(text), String(number) == text else { return .string(text) }
            return .integer(number)
        case .list, .mapping: return .null
        }
    }
}

extension Origin {
    /// Kind, name and place.
    var json: JSONValue {
        var members: [JSONValue.Member] = [.init("kind", .string(kind.rawValue))]
        if !name.isEmpty { members.append(.init("name", .string(name))) }
        if let line { members.append(.init("line", .integer(Int64(line)))) }
        if let column { members.append(.init("column", .integer(Int64(column)))) }
        if let through { members.append(.init("through", .string(through))) }
        return .object(members)
    }
}
