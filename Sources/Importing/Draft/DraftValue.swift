/// A value of a configuration that is being written.
indirect enum DraftValue: Hashable {
    /// A word, number or text in this language's own notation: variables in it count.
    case word(String)
    /// A text that means itself, whatever characters it has.
    case text(String)
    /// A list.
    case list([DraftValue])
    /// Keys and values.
    case mapping(DraftMapping)

    /// A reference to a secret.
    static func secret(_ name: String) -> DraftValue { .flow(("secret", .word(name))) }

    /// A mapping on one line.
    static func flow(_ entries: (String, DraftValue)...) -> DraftValue {
        .mapping(DraftMapping(entries.map { DraftMapping.Entry(key: $0.0, value: $0.1) }, isFlow: true))
    }

    /// A number.
    static func number(_ number: some BinaryInteger) -> DraftValue { .word("\(number)") }

    /// Texts that mean themselves.
    static func texts(_ texts: [String]) -> DraftValue { .list(texts.map { .text($0) }) }
}

/// Keys and values in the order in which they are written.
struct DraftMapping: Hashable {
    /// A key with its value and what is said of it.
    struct Entry: Hashable {
        let key: String
        var value: DraftValue
        /// Lines above it.
        var comment: [String] = []
    }

    private(set) var entries: [Entry]
    /// Whether it is written on one line.
    var isFlow = false

    init(_ entries: [Entry] = [], isFlow: Bool = false) {
        self.entries = entries
        self.isFlow = isFlow
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The value of a key; setting it replaces the value where it stands, or adds the key at the end.
    subscript(key: String) -> DraftValue? {
        get { entries.first { $0.key == key }?.value }
        set {
            guard let newValue else { return entries.removeAll { $0.key == key } }
            if let index = entries.firstIndex(where: { $0.key == key }) {
                entries[index].value = newValue
            } else {
                entries.append(Entry(key: key, value: newValue))
            }
        }
    }

    /// Says something above a key that is there.
    mutating func comment(_ key: String, _ line: String) {
        guard let index = entries.firstIndex(where: { $0.key == key }), !entries[index].comment.contains(line) else {
            return
        }
        entries[index].comment.append(line)
    }

    /// Adds to the list of a key.
    mutating func append(_ value: DraftValue, to key: String) {
        guard case .list(let items)? = self[key] else {
            self[key] = .list([value])
            return
        }
        self[key] = .list(items + [value])
    }

    /// Puts the mapping's keys into the mapping of a key.
    mutating func merge(_ other: DraftMapping, into key: String) {
        guard !other.isEmpty else { return }
        var inner = DraftMapping()
        if case .mapping(let existing)? = self[key] { inner = existing }
        for entry in other.entries { inner[entry.key] = entry.value }
        self[key] = .mapping(inner)
    }
}
