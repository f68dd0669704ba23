internal import Secrets
internal import YAML

/// Walks the tree beside the schema and collects everything that does not fit, and every name that is used.
struct SchemaCheck {
    /// A place where something is referred to by name.
    struct Use {
        let kind: ValueKind.Reference
        let name: String
        let range: SourceRange
        let place: Place
    }

    /// The texts that are checked.
    var sources: SourceSet
    let interpolation: Interpolation
    private(set) var findings = Findings()
    private(set) var uses: [Use] = []
    private(set) var pending: [PendingUse] = []

    init(interpolation: Interpolation, sources: SourceSet = SourceSet()) {
        self.interpolation = interpolation
        self.sources = sources
    }

    mutating func check(_ node: Node, _ shape: Shape, at place: Place) {
        switch shape {
        case .value(let kind): check(node, kind, at: place)
        case .list(let item, let minimum): checkList(node, item, minimum, shape, at: place)
        case .named(let named): checkNamed(node, named, shape, at: place)
        case .object(let object): checkObject(node, object, shape, at: place)
        case .oneOf(let value, let list, let object): checkChoice(node, value, list, object, shape, at: place)
        }
    }

    mutating func add(
        _ code: DiagnosticCode, _ message: String, at range: SourceRange, in place: Place, notes: [String] = [],
        help: [String] = [], subject: String = ""
    ) {
        var notes = notes
        if let alias = place.aliases.last {
            notes.append("the alias at \(sources.exactPlace(of: alias)) brings it there")
        }
        findings.add(
            Finding(code: code, message: message, range: range, notes: notes, help: help, subject: subject))
    }

    /// Goes on with what is known, as if nothing had been wrong so far.
    mutating func forgetFindings() { findings = Findings() }

    mutating func use(_ kind: ValueKind.Reference, _ name: String, _ range: SourceRange, _ place: Place) {
        uses.append(Use(kind: kind, name: name, range: range, place: place))
    }

    mutating func postpone(_ subject: String, _ range: SourceRange, _ place: Place) {
        pending.append(PendingUse(subject: subject, pattern: place.pattern, path: place.name, range: range))
    }

    /// Reports what stands twice in a list at that path.
    mutating func refuseRepeated(_ items: [Node], _ path: String) {
        var seen: Set<String> = []
        for item in items {
            guard let text = text(item), !seen.insert(text).inserted else { continue }
            add(.namedTwice, "`\(text)` stands twice in \(path)", at: item.range, in: Place(), help: ["remove one"])
        }
    }

    // MARK: Lists and mappings

    private mutating func checkList(_ node: Node, _ item: Shape, _ minimum: Int, _ shape: Shape, at place: Place) {
        guard let items = node.items else {
            wrongType(node, shape, at: place, help: listHelp(node, item))
            return
        }
        if items.count < minimum {
            add(.empty, "\(place.name) is an empty list", at: visible(node, place), in: place)
        }
        for (index, child) in items.enumerated() { check(child, item, at: place.appending(index, child)) }
    }

    private func listHelp(_ node: Node, _ item: Shape) -> [String] {
        if let text = node.scalar?.text, !text.isEmpty {
            if case .value = item { return ["write `[\(text)]`"] }
            if case .oneOf(.some, _, _) = item { return ["write `[\(text)]`"] }
        }
        if case .object(let object) = item {
            if node.entries != nil { return ["begin each item with `- `"] }
            if let written = objectText(node, object) { return ["write `[\(written)]`"] }
        }
        return []
    }

    private mutating func checkNamed(_ node: Node, _ named: NamedShape, _ shape: Shape, at place: Place) {
        guard let entries = node.entries else {
            wrongType(
                node, shape, at: place, help: node.items == nil ? [] : ["write a name and a colon instead of `- `"])
            return
        }
        let own = entries.filter { !Extension.isExtension($0.key) }
        if own.count < named.minimum {
            add(.empty, "\(place.name) is an empty mapping", at: visible(node, place), in: place)
        }
        for entry in own {
            if !named.isValid(entry.key) {
                let lower = entry.key.lowercased().replacing(" ", with: "-")
                add(
                    .badName, "`\(entry.key)` cannot name \(named.noun == "option" ? "an" : "a") \(named.noun)",
                    at: entry.keyRange, in: place, notes: [named.rule],
                    help: named.isValid(lower) ? ["write `\(lower)`"] : [])
            }
            check(entry.value, named.value, at: place.appending(entry, isNamed: true))
        }
    }

    private mutating func checkObject(_ node: Node, _ object: ObjectShape, _ shape: Shape, at place: Place) {
        guard let entries = node.entries else {
            wrongType(node, shape, at: place, help: objectHelp(node, object))
            return
        }
        var misspelt: Set<String> = []
        for entry in entries where object.key(named: entry.key) == nil && !Extension.isExtension(entry.key) {
            if let meant = unknownKey(entry, object, at: place) { misspelt.insert(meant) }
        }
        let present = object.keys.filter { node[$0.name] != nil }
        if object.isExclusive, misspelt.isEmpty || present.count > 1 {
            checkExclusive(node, entries, object, present.map { $0.name }, at: place)
        }
        let ways = entries.filter { object.alternatives.contains($0.key) }
        for extra in ways.dropFirst() {
            add(
                .conflictingKeys, "\(place.name) cannot have both `\(ways[0].key)` and `\(extra.key)`",
                at: extra.keyRange, in: place, notes: ["at most one of: \(object.alternatives.joined(separator: ", "))"]
            )
        }
        if object.needsAlternative, ways.isEmpty, misspelt.isDisjoint(with: object.alternatives) {
            add(
                .missingKey, "\(place.name) needs one of the keys: \(object.alternatives.joined(separator: ", "))",
                at: visible(node, place), in: place)
        }
        let isTemplate = object.waiver.map { node[$0.key].flatMap(text) == $0.value } ?? false
        // In the schema's order: what `defaults` brings to several jobs is then told about once, at its own path.
        for key in object.keys {
            if let entry = entries.first(where: { $0.key == key.name }) {
                let inner = place.appending(entry)
                if key.isPending { postpone("`\(entry.key)`", entry.keyRange, inner) }
                check(entry.value, key.shape, at: inner)
            } else if key.isRequired, !isTemplate, !misspelt.contains(key.name) {
                add(
                    .missingKey, "\(place.name) lacks the required key `\(key.name)`", at: visible(node, place),
                    in: place,
                    help: key.advice.map { [$0] } ?? [], subject: key.name)
            }
        }
        checkCompany(node, entries, object, at: place)
    }

    private func objectHelp(_ node: Node, _ object: ObjectShape) -> [String] {
        objectText(node, object).map { ["write `\($0)`"] } ?? []
    }

    /// A single value as the mapping it was probably meant to be.
    private func objectText(_ node: Node, _ object: ObjectShape) -> String? {
        let required = object.keys.filter { $0.isRequired }
        guard required.count == 1, required[0].shape.takesValue, let text = node.scalar?.text, !text.isEmpty,
            CredentialNames.ranges(inURL: text).isEmpty
        else { return nil }
        return "{ \(required[0].name): \(text) }"
    }

    private mutating func checkExclusive(
        _ node: Node, _ entries: [Node.Entry], _ object: ObjectShape, _ present: [String], at place: Place
    ) {
        let allowed = object.keys.map { $0.name }.joined(separator: ", ")
        let given = entries.filter { present.contains($0.key) }
        if given.isEmpty {
            add(
                .missingKey, "\(place.name) needs one of the keys: \(allowed)", at: visible(node, place), in: place)
        }
        for extra in given.dropFirst() {
            add(
                .conflictingKeys, "\(place.name) cannot have both `\(given[0].key)` and `\(extra.key)`",
                at: extra.keyRange, in: place, notes: ["exactly one of: \(allowed)"])
        }
    }

    /// Reports a key that nothing knows.
    /// - Returns: the key that was probably meant.
    private mutating func unknownKey(_ entry: Node.Entry, _ object: ObjectShape, at place: Place) -> String? {
        let known = object.keys.map { $0.name }
        let snake = Names.snakeCase(entry.key)
        let similar = known.contains(snake) ? snake : Names.similar(to: snake, among: known)
        let help =
            object.foreign[snake] ?? similar.map { "did you mean `\($0)`?" } ?? KeyPlaces.advice(for: snake, at: place)
        add(
            .unknownKey, "unknown key `\(entry.key)` in \(place.name)", at: entry.keyRange, in: place,
            notes: help == nil ? ["known keys: \(known.sorted().joined(separator: ", "))"] : [],
            help: help.map { [$0] } ?? [])
        guard let advice = object.foreign[snake] else { return similar }
        // Who writes `name:` where `ref:` belongs does not lack `ref` besides.
        let meant = String(advice.trimmingPrefix("write `").prefix { $0.isLowercase || $0 == "_" })
        return advice.hasPrefix("write `") && known.contains(meant) ? meant : nil
    }

    private mutating func checkChoice(
        _ node: Node, _ value: ValueKind?, _ list: Shape?, _ object: ObjectShape?, _ shape: Shape, at place: Place
    ) {
        switch node.content {
        case .scalar(let scalar):
            if let value, scalar.value != .null { return check(node, value, at: place) }
        case .sequence:
            if let list { return check(node, list, at: place) }
        case .mapping:
            if let object { return check(node, .object(object), at: place) }
        }
        wrongType(node, shape, at: place)
    }

    // MARK: Places

    mutating func wrongType(_ node: Node, _ shape: Shape, at place: Place, help: [String] = []) {
        wrongType(node, expected: shape.noun, at: place, help: help)
    }

    mutating func wrongType(_ node: Node, expected: String, at place: Place, help: [String] = []) {
        add(
            .wrongType, "\(place.name) is \(noun(node)), expected \(expected)", at: visible(node, place), in: place,
            help: help)
    }

    private func noun(_ node: Node) -> String {
        switch node.content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return "empty"
            case .boolean: return "a boolean"
            case .integer, .float: return "a number"
            case .string: return "a text"
            }
        }
    }

    /// What to point at: the value if it is on one line and not empty, else the key that leads to it.
    private func visible(_ node: Node, _ place: Place) -> SourceRange {
        let isEmpty = node.range.start == node.range.end
        if node.scalar == nil || isEmpty, let keyRange = place.keyRange, place.aliases.isEmpty { return keyRange }
        if let first = node.entries?.first, !node.isFlow { return first.keyRange }
        return node.range
    }
}
