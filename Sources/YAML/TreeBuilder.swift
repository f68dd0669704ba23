/// Composes events into a tree: resolves aliases, merge keys and tags, refuses duplicate keys, and keeps the limits.
struct TreeBuilder {
    private let source: SourceText
    private let limits: YAMLLimits
    private let reader: EventReader
    private var anchors: [String: (node: Node, weight: Int)] = [:]
    private var openAnchors: Set<String> = []
    private var weight = 0
    private(set) var problems: [YAMLProblem] = []

    init(source: SourceText, limits: YAMLLimits) {
        self.source = source
        self.limits = limits
        reader = EventReader(source)
    }

    /// The tree of the only document, or `nil` when there is none or it is broken.
    mutating func document() -> Node? {
        var root: Node?
        do throws(YAMLProblem) {
            var documents = 0
            while true {
                let event = try reader.next()
                switch event.kind {
                case .streamEnd: return root
                case .documentStart:
                    documents += 1
                    guard documents == 1 else {
                        throw YAMLProblem(
                            .severalDocuments, "a second document begins here",
                            at: source.range(event.start, event.end),
                            help: ["keep one document per file"])
                    }
                case .other: continue
                default: root = try node(event, depth: 1)
                }
            }
        } catch {
            problems.append(error)
            return nil
        }
    }

    private mutating func node(_ event: EventReader.Event, depth: Int) throws(YAMLProblem) -> Node {
        try count(1, at: event)
        checkAnchor(event)
        switch event.kind {
        case .alias(let name): return try alias(name, event)
        case .scalar(let text, let style, let properties):
            let range = source.range(contentStart(event, properties), event.end)
            let node = Node(
                .scalar(scalar(text, style, properties.tag, event, range)), range: range,
                isFlow: style == .singleQuoted || style == .doubleQuoted)
            if let anchor = properties.anchor { anchors[anchor] = (node, 1) }
            return node
        case .sequenceStart(let properties, let isFlow):
            return try collection(event, properties, isFlow, depth, tag: "seq") { builder throws(YAMLProblem) in
                try builder.sequence(depth)
            }
        case .mappingStart(let properties, let isFlow):
            return try collection(event, properties, isFlow, depth, tag: "map") { builder throws(YAMLProblem) in
                try builder.mapping(depth)
            }
        default:
            throw YAMLProblem(.syntax, "did not find expected value", at: source.range(event.start, event.end))
        }
    }

    // MARK: Collections

    private mutating func collection(
        _ event: EventReader.Event, _ properties: EventReader.Properties, _ isFlow: Bool, _ depth: Int, tag: String,
        _ content: (inout TreeBuilder) throws(YAMLProblem) -> (Node.Content, end: Int)
    ) throws(YAMLProblem) -> Node {
        let start = contentStart(event, properties)
        guard depth <= limits.depth else {
            throw YAMLProblem(.limit, "nested more than \(limits.depth) deep", at: source.range(start, start + 1))
        }
        if let given = properties.tag, given != "!", given != Self.core + tag {
            problems.append(unsupportedTag(given, event, valueAt: source.range(start, start + 1)))
        }
        let before = weight
        if let anchor = properties.anchor { openAnchors.insert(anchor) }
        let (value, end) = try content(&self)
        let node = Node(value, range: source.range(start, max(end, start)), isFlow: isFlow)
        if let anchor = properties.anchor {
            openAnchors.remove(anchor)
            anchors[anchor] = (node, weight - before + 1)
        }
        return node
    }

    private mutating func sequence(_ depth: Int) throws(YAMLProblem) -> (Node.Content, end: Int) {
        var items: [Node] = []
        while true {
            let event = try reader.next()
            if case .collectionEnd = event.kind {
                return (.sequence(items), end(event, items.last?.alias ?? items.last?.range))
            }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(_ depth: Int) throws(YAMLProblem) -> (Node.Content, end: Int) {
        var entries: [Node.Entry] = []
        var places: [String: Mark] = [:]
        var merged: [Node.Entry] = []
        var last: SourceRange?
        while true {
            let event = try reader.next()
            if case .collectionEnd = event.kind {
                entries += merged.filter { places.updateValue($0.keyRange.start, forKey: $0.key) == nil }
                return (.mapping(entries), end(event, last))
            }
            let key = try node(event, depth: depth + 1)
            let value = try node(try reader.next(), depth: depth + 1)
            last = value.alias ?? value.range
            guard let name = key.scalar else {
                problems.append(
                    YAMLProblem(
                        .syntax, "a list or a mapping cannot be a key", at: firstLine(key.alias ?? key.range),
                        help: key.isFlow ? ["put a text that begins with a bracket or a brace in quotes"] : []))
                continue
            }
            let keyRange = key.alias ?? key.range
            // libyaml takes such a `?` for the sign of a key; in YAML 1.2 it belongs to the text.
            if keyRange.start.index > 0, source.characters[keyRange.start.index - 1] == "?" {
                problems.append(
                    YAMLProblem(
                        .syntax, "`?` has no space after it", at: keyRange,
                        help: ["put a text that begins with `?` in quotes"]))
            }
            guard name.text.unicodeScalars.count <= limits.key else {
                problems.append(
                    YAMLProblem(
                        .limit, "a key of more than \(limits.key) characters",
                        at: firstLine(source.range(keyRange.start.index, keyRange.start.index + 1))))
                continue
            }
            let entry = Node.Entry(key: name.text, keyRange: keyRange, value: value)
            if let first = places.updateValue(keyRange.start, forKey: name.text) {
                places[name.text] = first
                problems.append(
                    YAMLProblem(.duplicateKey(first: first), "duplicate key `\(name.text)`", at: keyRange))
            } else if name.text == "<<", name.style == .plain {
                merged += try mergedEntries(value)
            } else {
                entries.append(entry)
            }
        }
    }

    /// The entries that `<<: value` brings in; those of an earlier mapping win.
    private mutating func mergedEntries(_ value: Node) throws(YAMLProblem) -> [Node.Entry] {
        if let entries = value.entries { return entries }
        guard let items = value.items, items.allSatisfy({ $0.entries != nil }) else {
            problems.append(
                YAMLProblem(
                    .alias, "`<<` needs a mapping, or a list of mappings", at: firstLine(value.alias ?? value.range),
                    help: ["write `<<: *name` with the name of an anchored mapping"]))
            return []
        }
        return items.flatMap { $0.entries ?? [] }
    }

    /// Where a collection ends: its bracket, or the end of its last child, as libyaml's mark is on the next token.
    private func end(_ event: EventReader.Event, _ last: SourceRange?) -> Int {
        event.end > event.start ? event.end : last?.end.index ?? event.end
    }

    // MARK: Aliases and limits

    private mutating func alias(_ name: String, _ event: EventReader.Event) throws(YAMLProblem) -> Node {
        let range = source.range(event.start, event.end)
        guard !openAnchors.contains(name) else {
            throw YAMLProblem(.alias, "`*\(name)` stands inside the value it refers to", at: range)
        }
        guard let target = anchors[name] else {
            throw YAMLProblem(
                .alias, "`*\(name)` has no anchor `&\(name)` before it", at: range,
                notes: anchors.isEmpty ? [] : ["anchors so far: \(anchors.keys.sorted().joined(separator: ", "))"],
                help: ["put a text that begins with `*` in quotes"])
        }
        try count(target.weight, at: event)
        var node = target.node
        node.alias = range
        return node
    }

    /// libyaml ends the name of an anchor at the first character that it does not know; in YAML 1.2 it goes on.
    private mutating func checkAnchor(_ event: EventReader.Event) {
        let properties: EventReader.Properties
        switch event.kind {
        case .scalar(_, _, let found), .sequenceStart(let found, _), .mappingStart(let found, _): properties = found
        default: return
        }
        guard let anchor = properties.anchor,
            let sign = source.characters[event.start...].firstIndex(where: { $0 == "&" })
        else { return }
        let end = sign + 1 + anchor.unicodeScalars.count
        guard end < source.characters.count, !isSpace(source.characters[end]),
            !",[]{}".unicodeScalars.contains(source.characters[end])
        else { return }
        problems.append(
            YAMLProblem(
                .syntax, "`&` begins the name of an anchor, which has letters, digits, `-` and `_` only",
                at: source.range(sign, end + 1), help: ["put a text that begins with `&` in quotes"]))
    }

    private mutating func count(_ nodes: Int, at event: EventReader.Event) throws(YAMLProblem) {
        weight += nodes
        guard weight <= limits.nodes else {
            throw YAMLProblem(
                .limit, "the file has more than \(limits.nodes) values, those repeated by aliases included",
                at: source.range(event.start, min(event.end, event.start + 1)))
        }
    }

    // MARK: Tags

    private static let core = "tag:yaml.org,2002:"

    private mutating func scalar(
        _ text: String, _ style: Scalar.Style, _ tag: String?, _ event: EventReader.Event, _ range: SourceRange
    ) -> Scalar {
        guard let tag else { return Scalar(text, style: style) }
        let resolved = CoreSchema.resolve(text)
        let fits: Bool
        switch (tag, resolved) {
        case ("!", _), (Self.core + "str", _): return Scalar(text, style: style, value: .string(text))
        case (Self.core + "float", .integer(let number)):
            return Scalar(text, style: style, value: .float(Double(number)))
        case (Self.core + "null", .null), (Self.core + "bool", .boolean), (Self.core + "int", .integer),
            (Self.core + "float", .float):
            fits = true
        default: fits = false
        }
        if !fits { problems.append(unsupportedTag(tag, event, valueAt: range)) }
        return Scalar(text, style: style, value: resolved)
    }

    private static let coreTags = ["str", "int", "float", "bool", "null", "seq", "map"]

    private func unsupportedTag(
        _ tag: String, _ event: EventReader.Event, valueAt range: SourceRange
    ) -> YAMLProblem {
        let name = tag.hasPrefix(Self.core) ? "!!\(tag.dropFirst(Self.core.count))" : tag
        guard !Self.coreTags.contains(where: { name == "!!\($0)" }) else {
            return YAMLProblem(.tag, "the value does not fit its tag `\(name)`", at: firstLine(range))
        }
        let known = Self.coreTags.map { "!!\($0)" }.joined(separator: ", ")
        return YAMLProblem(
            .tag, "the tag `\(name)` is not supported", at: tagRange(event) ?? firstLine(range),
            notes: ["only the tags of YAML's core schema are: \(known)"],
            help: ["put a text that begins with `!` in quotes; tags of other programs mean nothing here"])
    }

    /// Where the tag of a value is written, which stands before the value or its anchor.
    private func tagRange(_ event: EventReader.Event) -> SourceRange? {
        let characters = source.characters
        guard let start = characters[event.start...].firstIndex(where: { $0 == "!" }) else { return nil }
        let end = characters[start...].firstIndex { isSpace($0) || $0 == "," || $0 == "]" || $0 == "}" }
        return source.range(start, end ?? characters.count)
    }

    // MARK: Places

    /// The first character of a value after its anchor and tag, which libyaml counts in.
    private func contentStart(_ event: EventReader.Event, _ properties: EventReader.Properties) -> Int {
        guard properties.anchor != nil || properties.tag != nil else { return event.start }
        let characters = source.characters
        var index = event.start
        while index < event.end || index == event.start, index < characters.count {
            switch characters[index] {
            case "&", "!": while index < characters.count, !isSpace(characters[index]) { index += 1 }
            case "#": while index < characters.count, characters[index] != "\n" { index += 1 }
            case let other where isSpace(other): index += 1
            default: return index
            }
        }
        return min(index, max(event.end, event.start))
    }

    private func isSpace(_ character: Unicode.Scalar) -> Bool {
        character == " " || character == "\t" || character == "\n" || character == "\r"
    }

    private func firstLine(_ range: SourceRange) -> SourceRange {
        guard range.end.line > range.start.line else { return range }
        return source.range(range.start.index, source.line(range.start.line).upperBound)
    }
}
