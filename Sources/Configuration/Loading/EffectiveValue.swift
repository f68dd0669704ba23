public import Secrets

/// A value as it holds in the end: with variables filled in, and with what it extends, `defaults` and sets of filters
/// in their places.
public struct EffectiveValue: Sendable, Hashable {
    /// What it is.
    public enum Content: Sendable, Hashable {
        /// A text; secrets in it are references.
        case text(Template)
        /// A number, a boolean or another word that YAML takes for more than a text, as it is written.
        case plain(String)
        /// A text with a credential in it: what may be shown, and what tells it from other values.
        case hidden(shown: String, digest: [UInt8])
        /// A list.
        case list([EffectiveValue])
        /// Keys with their values.
        case mapping([Entry])
    }

    /// A key with its value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public let key: String
        /// Its value.
        public let value: EffectiveValue
    }

    /// What it is.
    public let content: Content
    /// Where it comes from.
    public let origin: Origin

    init(_ content: Content, _ origin: Origin) {
        self.content = content
        self.origin = origin
    }

    /// The value of a mapping's key.
    public subscript(key: String) -> EffectiveValue? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The items of a list.
    public var items: [EffectiveValue] {
        if case .list(let items) = content { items } else { [] }
    }
}
