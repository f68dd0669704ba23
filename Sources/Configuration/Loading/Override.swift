internal import Secrets
internal import YAML

/// A value that a variable or a flag sets, on its way into the tree.
struct Override {
    /// The text that its marks are in: `path=value`.
    let source: Int
    let path: OverridePath
    /// Where the value stands in that text.
    let value: Range<Int>

    /// Puts the value into a tree.
    func apply(to root: Node, _ check: inout SchemaCheck) -> Node {
        if path.steps[0].text.lowercased() == ConfigurationSchema.include.name {
            check.add(
                .badOverride, "`include` cannot be set here", at: range(path.steps[0].range, check), in: Place(),
                notes: ["files are read before anything is set"], help: ["give further files with `-c`"])
            return root
        }
        return set(root, .object(ConfigurationSchema.root), path.steps[...], at: Place(), &check) ?? root
    }

    // MARK: Steps

    /// The node with the value set below it; `nil` after an error.
    private func set(
        _ node: Node?, _ shape: Shape?, _ steps: ArraySlice<OverridePath.Step>, at place: Place,
        _ check: inout SchemaCheck
    ) -> Node? {
        guard let step = steps.first else { return newValue(shape, place, &check) }
        switch step.kind {
        case .index(let index) where !Self.isNamed(shape):
            return setItem(index, node, shape, steps, at: place, &check)
        default: break
        }
        if node?.items != nil {
            check.add(
                .badOverride, "\(place.name) is a list", at: range(step.range, check), in: place,
                help: ["name an item, counted from 0, or set the whole list: `[…]`"])
            return nil
        }
        let (object, named) = Self.mappings(shape)
        if let named { return setEntry(node, named, steps, at: place, &check) }
        let key = if case .capitals = step.kind { step.text.lowercased() } else { step.text }
        let inner = object?.key(named: key)?.shape
        return setValue(node, key, inner, steps, replacing: Self.rivals(of: key, in: object), at: place, &check)
    }

    /// The keys that cannot stand beside one that is set.
    private static func rivals(of key: String, in object: ObjectShape?) -> Set<String> {
        guard let object, object.key(named: key) != nil else { return [] }
        if object.isExclusive { return Set(object.keys.map { $0.name }).subtracting([key]) }
        return object.alternatives.contains(key) ? Set(object.alternatives).subtracting([key]) : []
    }

    private func setValue(
        _ node: Node?, _ key: String, _ shape: Shape?, _ steps: ArraySlice<OverridePath.Step>,
        replacing rivals: Set<String> = [], at place: Place, _ check: inout SchemaCheck
    ) -> Node? {
        guard let step = steps.first else { return nil }
        let keyRange = range(step.range, check)
        var entries = (node?.entries ?? []).filter { !rivals.contains($0.key) }
        let index = entries.firstIndex { $0.key == key }
        var inner = place.appending(Node.Entry(key: key, keyRange: keyRange, value: Self.nothing(keyRange)))
        inner.aliases = []
        let below = index.map { entries[$0].value }
        guard let value = set(below, shape, steps.dropFirst(), at: inner, &check) else { return nil }
        if let index {
            // A key stays where it is written while only something below it is set.
            let isWhole = steps.count == 1
            let entry = Node.Entry(key: key, keyRange: isWhole ? keyRange : entries[index].keyRange, value: value)
            entries[index] = entry
        } else {
            entries.append(Node.Entry(key: key, keyRange: keyRange, value: value))
        }
        guard let node, node.entries != nil else { return Node(.mapping(entries), range: keyRange) }
        return node.replacingContent(.mapping(entries))
    }

    private func setItem(
        _ index: Int, _ node: Node?, _ shape: Shape?, _ steps: ArraySlice<OverridePath.Step>, at place: Place,
        _ check: inout SchemaCheck
    ) -> Node? {
        guard let step = steps.first else { return nil }
        guard let node, var items = node.items, items.indices.contains(index) else {
            let count = node?.items?.count ?? 0
            check.add(
                .badOverride, "\(place.name) has no item \(index)", at: range(step.range, check), in: place,
                notes: [
                    count == 0
                        ? "it has none of its own; what `defaults` and `extends` bring is set there"
                        : "its items are 0 to \(count - 1)"
                ], help: ["set the whole list: `[…]`"])
            return nil
        }
        let item: Shape? =
            switch shape {
            case .list(let item, _)?, .oneOf(_, .list(let item, _)?, _)?: item
            default: nil
            }
        var inner = place
        inner.path = "\(place.path)[\(index)]"
        inner.keyRange = nil
        guard let value = set(items[index], item, steps.dropFirst(), at: inner, &check) else { return nil }
        items[index] = value
        return node.replacingContent(.sequence(items))
    }

    // MARK: Names

    private static func isNamed(_ shape: Shape?) -> Bool { mappings(shape).1 != nil }

    private static func mappings(_ shape: Shape?) -> (ObjectShape?, NamedShape?) {
        switch shape {
        case .object(let object)?, .oneOf(_, _, let object?)?: (object, nil)
        case .named(let named)?: (nil, named)
        default: (nil, nil)
        }
    }

    /// Goes on below a name that a person chose, which may hold the signs that separate steps.
    private func setEntry(
        _ node: Node?, _ named: NamedShape, _ steps: ArraySlice<OverridePath.Step>, at place: Place,
        _ check: inout SchemaCheck
    ) -> Node? {
        guard let step = steps.first else { return nil }
        let names = (node?.entries ?? []).map { $0.key }.filter { !Extension.isExtension($0) }
        var candidates: [(name: String, count: Int)] = []
        for count in (1...steps.count).reversed() {
            let part = steps.prefix(count)
            let isDotted = part.allSatisfy { if case .key = $0.kind { true } else { false } }
            let text = part.map { $0.text }.joined(separator: isDotted ? "." : "__")
            let fits = names.filter { isDotted ? $0 == text : OverridePath.capitals($0) == text.uppercased() }
            if fits.count > 1 {
                check.add(
                    .badOverride, "`\(text)` may mean \(fits.sorted().map { "`\($0)`" }.joined(separator: " or "))",
                    at: range(step.range, check), in: place, help: ["use `--set`, which takes names as they are"])
                return nil
            }
            if let name = fits.first { candidates.append((name, count)) }
        }
        if let found = candidates.first {
            let last = steps[steps.startIndex + found.count - 1]
            let whole = OverridePath.Step(
                kind: step.kind, text: found.name, range: step.range.lowerBound..<last.range.upperBound)
            return setValue(
                node, found.name, named.value, [whole] + steps.dropFirst(found.count), at: place, &check)
        }
        if let code = ReferenceCheck.undefined(section: place.path) {
            undefined(code, step, named, names, place, &check)
            return nil
        }
        return setValue(node, Self.newName(step, named), named.value, steps, at: place, &check)
    }

    /// The name of something new: an option, or a variable of a command.
    private static func newName(_ step: OverridePath.Step, _ named: NamedShape) -> String {
        guard case .capitals = step.kind else { return step.text }
        return named.isValid(step.text.lowercased()) && named.noun != "variable" ? step.text.lowercased() : step.text
    }

    private func undefined(
        _ code: DiagnosticCode, _ step: OverridePath.Step, _ named: NamedShape, _ names: [String], _ place: Place,
        _ check: inout SchemaCheck
    ) {
        let isExact = if case .key = step.kind { true } else { false }
        let shown = isExact ? step.text : step.text.lowercased()
        check.add(
            code, "\(named.noun) `\(shown)` is not defined",
            at: range(step.range, check), in: place,
            notes: [
                names.isEmpty ? "none is defined" : "defined: \(names.sorted().joined(separator: ", "))",
                "a variable or flag changes what is defined in a file",
            ], help: ValueKind.didYouMean(shown, names))
    }

    // MARK: The value

    /// The value, read as what is expected in its place: a text is taken as it is, lists and mappings are YAML.
    private func newValue(_ shape: Shape?, _ place: Place, _ check: inout SchemaCheck) -> Node? {
        let range = range(value, check)
        let text = Self.string(check.sources.characters(range))
        let takesMore: Bool
        var isText = false
        switch shape {
        case .value(let kind)?:
            takesMore = false
            if case .text = kind.accepted { isText = true }
        case .oneOf(_, let list, let object)?:
            takesMore = list != nil && text.hasPrefix("[") || object != nil && text.hasPrefix("{")
        case .list?, .named?, .object?, nil: takesMore = text.hasPrefix("[") || text.hasPrefix("{")
        }
        // A text stays one, also when it looks like a number.
        var node = Node(.scalar(Scalar(text, style: isText ? .block : .plain)), range: range)
        if takesMore {
            guard let parsed = parse(text, &check) else { return nil }
            node = parsed
        }
        if let source = check.sources.all[self.source].text {
            // A step with a telling name hides what is below it, even where it stands in the wrong place.
            let telling = path.steps.first {
                CredentialNames.isCredential($0.text) || $0.text.lowercased() == "secrets"
            }
            let key = node.scalar != nil && !isReference(place) ? telling?.text.lowercased() ?? place.key : place.key
            let hidden = HiddenText(in: node, under: key, of: source)
            check.sources.set(source, hidden, for: self.source)
        }
        return node
    }

    /// Whether a value only says where a secret is.
    private func isReference(_ place: Place) -> Bool { ["secret", "env", "file"].contains(place.key) }

    /// The value as YAML, with marks in the whole text.
    private func parse(_ text: String, _ check: inout SchemaCheck) -> Node? {
        let blank = [UInt8](repeating: UInt8(ascii: " "), count: value.lowerBound)
        guard let source = try? SourceText(utf8: blank + Array(text.utf8), number: self.source) else { return nil }
        let document = YAMLDocument(parsing: source)
        for problem in document.problems { check.add(problem) }
        return document.problems.isEmpty ? document.root : nil
    }

    private func range(_ part: Range<Int>, _ check: SchemaCheck) -> SourceRange {
        check.sources.range(source, part.lowerBound, part.upperBound)
    }

    private static func nothing(_ range: SourceRange) -> Node { Node(.scalar(Scalar("", style: .plain)), range: range) }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
