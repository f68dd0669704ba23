/// A value of a manifest, with its keys in the order in which they are written.
indirect enum ManifestValue: Sendable, Hashable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([ManifestValue])
    case mapping([Entry])

    /// A key with its value.
    struct Entry: Sendable, Hashable {
        let key: String
        let value: ManifestValue

        init(_ key: String, _ value: ManifestValue) {
            self.key = key
            self.value = value
        }
    }

    /// A mapping without the entries that are nil.
    static func object(_ entries: Entry?...) -> ManifestValue { .mapping(entries.compactMap { $0 }) }

    /// Keys and texts in the order of the keys.
    static func texts(_ texts: [String: String]) -> ManifestValue {
        .mapping(texts.sorted { $0.key < $1.key }.map { Entry($0.key, .text($0.value)) })
    }
}

extension ManifestValue: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { self = .text(value) }
}

extension ManifestValue: ExpressibleByIntegerLiteral {
    init(integerLiteral value: Int) { self = .number(value) }
}

extension ManifestValue: ExpressibleByBooleanLiteral {
    init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension ManifestValue: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: ManifestValue...) { self = .list(elements) }
}

extension ManifestValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, ManifestValue)...) {
        self = .mapping(elements.map { Entry($0.0, $0.1) })
    }
}
