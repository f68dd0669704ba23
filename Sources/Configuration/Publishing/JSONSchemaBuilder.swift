internal import JSON

/// Puts the schema together; what has a name of its own is defined once.
struct JSONSchemaBuilder {
    static let variables = "variables"

    /// Where a part of the schema stands.
    struct Surroundings {
        /// Whether `defaults` may bring what is missing.
        var isMerged = false
    }

    private(set) var definitions: [JSONValue.Member] = []
    private var defined: Set<String> = []

    mutating func schema(_ shape: Shape, _ place: Surroundings) -> [JSONValue.Member] {
        switch shape {
        case .value(let kind): return value(kind)
        case .list(let item, let minimum):
            var members: [JSONValue.Member] = [
                .init("type", .string("array")), .init("items", .object(schema(item, .init()))),
            ]
            if minimum > 0 { members.append(.init("minItems", .integer(Int64(minimum)))) }
            return members
        case .named(let named): return self.named(named, place)
        case .object(let object): return reference(object, place)
        case .oneOf(let kind, let list, let object):
            var choices: [JSONValue] = []
            if let kind { choices += self.choices(kind) }
            if let list { choices.append(.object(schema(list, .init()))) }
            if let object { choices.append(.object(reference(object, place))) }
            return [.init("anyOf", .array(choices))]
        }
    }

    // MARK: Mappings

    private mutating func named(_ named: NamedShape, _ place: Surroundings) -> [JSONValue.Member] {
        let isJobs = named.noun == "job"
        var members: [JSONValue.Member] = [
            .init("type", .string("object")),
            .init(
                "additionalProperties",
                .object(schema(named.value, .init(isMerged: isJobs)))),
            Self.extensions,
        ]
        if let pattern = named.pattern {
            members.append(.init("propertyNames", .object([.init("pattern", .string("^(x-.*|\(pattern))$"))])))
        }
        if named.minimum > 0 { members.append(.init("minProperties", .integer(Int64(named.minimum)))) }
        return members
    }

    /// Keys of the user's own.
    private static let extensions = JSONValue.Member("patternProperties", .object([.init("^x-", .bool(true))]))

    private mutating func reference(_ object: ObjectShape, _ place: Surroundings) -> [JSONValue.Member] {
        // What may be completed asks for less than what stands alone.
        guard let name = object.name.map({ place.isMerged && !object.isExclusive ? "part_of_\($0)" : $0 }) else {
            return self.object(object, place)
        }
        if defined.insert(name).inserted {
            let members = self.object(object, place)
            definitions.append(.init(name, .object(members)))
        }
        return [.init("$ref", .string("#/$defs/\(name)"))]
    }

    mutating func object(_ object: ObjectShape, _ place: Surroundings) -> [JSONValue.Member] {
        let isPart = place.isMerged && !object.isExclusive
        var properties: [JSONValue.Member] = []
        for key in object.keys {
            let inner = Surroundings(isMerged: isPart || key.name == "defaults")
            var description = key.summary.replacing("`", with: "")
            if let absent = key.absent { description += " When absent: \(Self.plain(absent))." }
            if key.isPending { description += " Checked, but not acted on yet." }
            properties.append(
                .init(
                    key.name,
                    .object([.init("description", .string(Self.plain(description)))] + schema(key.shape, inner))))
        }
        var members: [JSONValue.Member] = [
            .init("type", .string("object")), .init("properties", .object(properties)), Self.extensions,
            .init("additionalProperties", .bool(false)),
        ]
        members += isPart ? atMostOne(object) : demands(object)
        return members
    }

    /// What must stand beside what.
    private func demands(_ object: ObjectShape) -> [JSONValue.Member] {
        func needs(_ key: String) -> JSONValue { .object([.init("required", .array([.string(key)]))]) }
        var members: [JSONValue.Member] = []
        let required = object.keys.filter { $0.isRequired }.map { JSONValue.string($0.name) }
        if !required.isEmpty, object.waiver == nil { members.append(.init("required", .array(required))) }
        if object.isExclusive {
            members.append(.init("oneOf", .array(object.keys.map { needs($0.name) })))
        } else if object.needsAlternative {
            members.append(.init("oneOf", .array(object.alternatives.map { needs($0) })))
        } else {
            members += atMostOne(object)
        }
        if !object.companions.isEmpty {
            let companions = object.companions.sorted { $0.key < $1.key }.map {
                JSONValue.Member($0.key, .array([.string($0.value)]))
            }
            members.append(.init("dependentRequired", .object(companions)))
        }
        if let variants = object.variants { members.append(.init("allOf", .array(conditions(variants)))) }
        return members
    }

    /// What holds also where `defaults` may bring the rest.
    private func atMostOne(_ object: ObjectShape) -> [JSONValue.Member] {
        guard object.alternatives.count == 2 else { return [] }
        let both = object.alternatives.map { JSONValue.string($0) }
        return [.init("not", .object([.init("required", .array(both))]))]
    }

    private func conditions(_ variants: ObjectShape.Variants) -> [JSONValue] {
        variants.values.sorted { $0.key < $1.key }.map { value, keys in
            let excluded = variants.governed.subtracting(keys.required + keys.allowed).sorted()
            let condition: [JSONValue.Member] = [
                .init(
                    "properties",
                    .object([.init(variants.key, .object([.init("const", .string(value))]))])),
                .init("required", .array([.string(variants.key)])),
            ]
            var consequence: [JSONValue.Member] = []
            if !keys.required.isEmpty {
                consequence.append(.init("required", .array(keys.required.map { .string($0) })))
            }
            if !excluded.isEmpty {
                consequence.append(
                    .init("properties", .object(excluded.map { JSONValue.Member($0, .bool(false)) })))
            }
            return .object([.init("if", .object(condition)), .init("then", .object(consequence))])
        }
    }

    // MARK: Values

    private func value(_ kind: ValueKind) -> [JSONValue.Member] {
        let choices = choices(kind)
        if choices.count == 1, case .object(let members) = choices[0] { return members }
        return [.init("anyOf", .array(choices))]
    }

    private func choices(_ kind: ValueKind) -> [JSONValue] {
        let form = kind.form
        guard !form.isOpen else {
            switch kind.accepted {
            case .text: return [.object([.init("type", .string("string"))])]
            case .words:
                let types = ["string", "number", "boolean"].map { JSONValue.string($0) }
                return [.object([.init("type", .array(types))])]
            case .integer:
                return [.object([.init("type", .string("integer"))]), Self.variable]
            }
        }
        var choices: [JSONValue] = []
        if !form.words.isEmpty { choices.append(.object([.init("enum", .array(form.words.map { .string($0) }))])) }
        if form.booleans { choices.append(.object([.init("type", .string("boolean"))])) }
        if let integers = form.integers {
            var members: [JSONValue.Member] = [.init("type", .string("integer"))]
            if integers.lowerBound > .min { members.append(.init("minimum", .integer(integers.lowerBound))) }
            if integers.upperBound < .max { members.append(.init("maximum", .integer(integers.upperBound))) }
            choices.append(.object(members))
        }
        if let pattern = form.pattern {
            choices.append(
                .object([.init("type", .string("string")), .init("pattern", .string("^(\(pattern))$"))]))
        }
        return choices + [Self.variable]
    }

    private static let variable = JSONValue.object([.init("$ref", .string("#/$defs/\(variables)"))])

    /// A text of the reference without its marks.
    private static func plain(_ text: String) -> String {
        var plain = text.replacing("`", with: "")
        while let open = plain.firstIndex(of: "["), let middle = plain[open...].firstRange(of: "]("),
            let close = plain[middle.upperBound...].firstIndex(of: ")")
        {
            let words = plain[plain.index(after: open)..<middle.lowerBound]
            plain.replaceSubrange(open...close, with: String(words))
        }
        return plain
    }
}
