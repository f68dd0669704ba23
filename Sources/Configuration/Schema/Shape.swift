/// What a place of the file must hold.
indirect enum Shape: Sendable {
    /// A single value.
    case value(ValueKind)
    /// A list, of at least `minimum` items.
    case list(of: Shape, minimum: Int)
    /// A mapping from names that the user chooses.
    case named(NamedShape)
    /// A mapping with known keys.
    case object(ObjectShape)
    /// One of several forms, told apart by whether it is a single value, a list or a mapping.
    case oneOf(value: ValueKind?, list: Shape?, object: ObjectShape?)

    /// Whether a single value fits.
    var takesValue: Bool {
        switch self {
        case .value, .oneOf(.some, _, _): true
        default: false
        }
    }

    /// The shape in words: `a list`.
    var noun: String {
        switch self {
        case .value(let kind): kind.noun
        case .list: "a list"
        case .named, .object: "a mapping"
        case .oneOf(let value, let list, let object):
            [value?.noun, list?.noun, object.map { _ in "a mapping" }].compactMap { $0 }.joined(separator: " or ")
        }
    }
}

/// A mapping from names that the user chooses.
struct NamedShape: Sendable {
    /// What is named, in the singular: `job`.
    let noun: String
    /// What names may look like.
    let rule: String
    let isValid: @Sendable (String) -> Bool
    let minimum: Int
    let value: Shape
    /// What names look like, as a regular expression for JSON Schema.
    var pattern: String?
}

/// A mapping with known keys.
struct ObjectShape: Sendable {
    /// A key, declared once: checking and the reference in `docs/` come from here.
    struct Key: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool
        /// What it is for, in a sentence.
        let summary: String
        /// What holds when it is absent.
        let absent: String?
        /// What to do when a required key is missing.
        let advice: String?
        /// Whether the key is checked and carried, but no command acts on it yet.
        let isPending: Bool

        init(
            _ name: String, _ shape: Shape, required: Bool = false, _ summary: String, absent: String? = nil,
            advice: String? = nil, pending: Bool = false
        ) {
            self.name = name
            self.shape = shape
            isRequired = required
            self.summary = summary
            self.absent = absent
            self.advice = advice
            isPending = pending
        }
    }

    /// What else may or must stand beside a key with a certain value.
    struct Variants: Sendable {
        /// The key whose value decides.
        let key: String
        /// The keys that some of the values need or allow, by value.
        let values: [String: (required: [String], allowed: [String])]

        /// The keys that belong to some values only.
        var governed: Set<String> { Set(values.values.flatMap { $0.required + $0.allowed }) }
    }

    let keys: [Key]
    /// What it is called where it stands in several places; the reference and the JSON Schema then have it once.
    var name: String?
    /// Whether exactly one of the keys must be there.
    var isExclusive = false
    /// Keys that say the same in different ways: one of them at most, and a job's own replaces that of `defaults`.
    var alternatives: [String] = []
    /// Whether one of the alternatives must be there.
    var needsAlternative = false
    /// Keys that mean something only beside another.
    var companions: [String: String] = [:]
    /// What a key's value asks of the others.
    var variants: Variants?
    /// A key and its value that make a mapping a mere template: nothing is required then.
    var waiver: (key: String, value: String)?
    /// Where the spellings of other programs belong, by the key they use.
    var foreign: [String: String] = [:]

    func key(named name: String) -> Key? {
        keys.first { $0.name == name }
    }
}
