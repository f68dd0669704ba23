internal import Cryptography
internal import Secrets
internal import YAML

/// Makes effective values of a tree that has been checked.
struct EffectiveTree {
    /// Keys of the top level, and of jobs, whose meaning has gone elsewhere.
    private static let applied: (root: Set<String>, job: Set<String>) = (
        ["include", "defaults", "filter_sets"], ["extends"]
    )

    private let root: Node
    private let sources: SourceSet
    private let interpolation: Interpolation
    private let sections: [Section]
    private let sets: FilterSets
    private let salt: String

    /// A part of the files whose values hold elsewhere too.
    private struct Section {
        let name: String
        let range: SourceRange

        func contains(_ other: SourceRange) -> Bool {
            range.start.source == other.start.source && range.start <= other.start && other.end <= range.end
        }
    }

    /// - Parameters:
    ///   - root: the tree with complete jobs.
    ///   - written: the tree as files, variables and flags have it.
    ///   - check: knows the texts and the variables.
    init(_ root: Node, written: Node, _ check: SchemaCheck) {
        self.root = root
        sources = check.sources
        interpolation = check.interpolation
        sets = FilterSets(root) { check.text($0) }
        salt = root["instance"].flatMap { check.text($0) } ?? ""
        var sections: [Section] = []
        for key in ["jobs", "filter_sets"] {
            for entry in written[key]?.entries ?? [] where !Extension.isExtension(entry.key) {
                sections.append(Section(name: "\(key).\(entry.key)", range: entry.value.range))
            }
        }
        if let defaults = written["defaults"] { sections.append(Section(name: "defaults", range: defaults.range)) }
        self.sections = sections.sorted { $0.range.start < $1.range.start }
    }

    /// The whole configuration.
    func value() -> EffectiveValue {
        value(root, .object(ConfigurationSchema.root), key: "", path: "", job: nil)
    }

    private func origin(_ range: SourceRange, job: String?) -> Origin {
        guard let job else { return sources.origin(of: range) }
        let section = section(of: range)
        return sources.origin(of: range, through: section == "jobs.\(job)" ? nil : section)
    }

    /// The section that holds a place; sections do not overlap.
    private func section(of range: SourceRange) -> String? {
        var low = 0
        var high = sections.count
        while low < high {
            let middle = (low + high) / 2
            if sections[middle].range.start <= range.start { low = middle + 1 } else { high = middle }
        }
        guard low > 0, sections[low - 1].contains(range) else { return nil }
        return sections[low - 1].name
    }

    private func value(_ node: Node, _ shape: Shape?, key: String, path: String, job: String?) -> EffectiveValue {
        let origin = origin(node.range, job: job)
        switch node.content {
        case .scalar(let scalar):
            return EffectiveValue(content(scalar, Self.kind(shape), node, key: key, path: path), origin)
        case .sequence(let items):
            let all = job != nil && path == "jobs.\(job ?? "").filters" ? sets.expanded(items) : items
            let inner: Shape? =
                switch shape {
                case .list(let item, _)?, .oneOf(_, .list(let item, _)?, _)?: item
                default: nil
                }
            return EffectiveValue(
                .list(
                    all.enumerated().map { index, item in
                        value(item, inner, key: key, path: "\(path)[\(index)]", job: job)
                    }), origin)
        case .mapping(let entries):
            return EffectiveValue(.mapping(self.entries(entries, shape, path: path, job: job)), origin)
        }
    }

    private static func kind(_ shape: Shape?) -> ValueKind? {
        switch shape {
        case .value(let kind)?: kind
        case .oneOf(let kind, _, _)?: kind
        default: nil
        }
    }

    // MARK: Mappings

    private func entries(
        _ entries: [Node.Entry], _ shape: Shape?, path: String, job: String?
    ) -> [EffectiveValue.Entry] {
        let own = entries.filter { !Extension.isExtension($0.key) }
        func entry(_ entry: Node.Entry, _ inner: Shape?) -> EffectiveValue.Entry {
            let place = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            return EffectiveValue.Entry(
                key: entry.key,
                value: value(
                    entry.value, inner, key: entry.key, path: place, job: path == "jobs" ? entry.key : job))
        }
        switch shape {
        case .object(let object)?, .oneOf(_, _, let object?)?:
            let isChoice = object.isExclusive || own.contains { object.alternatives.contains($0.key) }
            let isJob = job.map { path == "jobs.\($0)" } ?? false
            let applied = path.isEmpty ? Self.applied.root : isJob ? Self.applied.job : []
            return object.keys.compactMap { key in
                guard !applied.contains(key.name) else { return nil }
                if let written = own.first(where: { $0.key == key.name }) { return entry(written, key.shape) }
                // What says in another way what nobody has said holds nothing.
                return isChoice || object.alternatives.contains(key.name) ? nil : Self.absent(key)
            }
        case .named(let named)?: return own.map { entry($0, named.value) }
        default: return own.map { entry($0, nil) }
        }
    }

    /// What holds for a key that is not written, when that can be said in a word; nothing holds where nothing acts yet.
    private static func absent(_ key: ObjectShape.Key) -> EffectiveValue.Entry? {
        guard !key.isPending else { return nil }
        let origin = Origin(.default, "")
        if case .object(let object) = key.shape, !key.isRequired, !object.isExclusive {
            guard !object.keys.contains(where: { $0.isRequired }) else { return nil }
            let inner = object.keys.compactMap { absent($0) }
            return inner.isEmpty ? nil : .init(key: key.name, value: EffectiveValue(.mapping(inner), origin))
        }
        guard let kind = kind(key.shape), let text = key.absent.flatMap(word), kind.check(text) == nil else {
            return nil
        }
        let isText = if case .string = Scalar(text, style: .plain).value { true } else { false }
        return .init(
            key: key.name, value: EffectiveValue(isText ? .text(Template(text)) : .plain(text), origin))
    }

    /// The value in a description like `25`, `1 MiB` or `` `auto` ``; none in one that needs more words.
    private static func word(_ absent: String) -> String? {
        var text = absent
        if text.hasPrefix("`"), text.hasSuffix("`"), text.count > 2 {
            text = String(text.dropFirst().dropLast())
        } else if text != "true", text != "false" {
            guard let first = text.first, first.isASCII, first.isNumber else { return nil }
            for unit in ["KiB", "MiB", "GiB"] { text = text.replacing(" \(unit)", with: unit) }
        }
        return text.contains { $0 == " " || $0 == "`" || $0 == "," } ? nil : text
    }

    // MARK: Single values

    private func content(
        _ scalar: Scalar, _ kind: ValueKind?, _ node: Node, key: String, path: String
    ) -> EffectiveValue.Content {
        let expanded = interpolation.expand(scalar.text)
        let full = expanded.template.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .secret(let reference): reference.description
            }
        }.joined()
        let isOption = kind.map { $0.noun == ValueKind.option.noun } ?? true
        if kind?.isCredential == true || isOption && CredentialNames.isCredential(key) {
            guard expanded.template.pieces.contains(where: { if case .text = $0 { true } else { false } }) else {
                return .text(expanded.template)
            }
            return hidden(HiddenText.isReference(scalar.text) ? scalar.text : "••••", full, path)
        }
        if expanded.variables.contains(where: { CredentialNames.isCredential($0.name) }) {
            let isPlain = !scalar.text.contains(":-") && !scalar.text.contains("-$")
            return hidden(isPlain ? CredentialNames.maskingURL(scalar.text) : "••••", full, path)
        }
        guard CredentialNames.ranges(inURL: full).isEmpty else {
            return hidden(CredentialNames.maskingURL(full), full, path)
        }
        if kind?.isFilePath == true {
            return .text(Template(FilePath.absolute(full, from: sources[node.range].folder)))
        }
        guard scalar.style == .plain || expanded.isExpanded else { return .text(expanded.template) }
        if case .text? = kind?.accepted { return .text(expanded.template) }
        if case .string = Scalar(full, style: .plain).value { return .text(expanded.template) }
        return .plain(full)
    }

    /// A value with a credential; two bytes of a salted hash show that it changed, and are too few to find it by.
    private func hidden(_ shown: String, _ value: String, _ path: String) -> EffectiveValue.Content {
        let digest = HashContext(.sha256).hash(Array("\(salt)\0\(path)\0\(value)".utf8))
        return .hidden(shown: shown, digest: Array(digest.bytes.prefix(2)))
    }
}
