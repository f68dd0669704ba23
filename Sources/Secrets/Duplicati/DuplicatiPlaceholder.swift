/// The form of placeholders that stand for secrets in Duplicati's options: a prefix (`$`), or a prefix and brackets
/// (`${}`).
///
/// - SeeAlso: Duplicati's option `secret-provider-pattern`.
public struct DuplicatiPlaceholder: Sendable, Hashable {
    /// What a value is.
    public enum Reading: Sendable, Hashable {
        /// The whole value stands for the key.
        case key(String)
        /// It begins like a placeholder and goes on otherwise: taken as it is, with a warning.
        case misleading
        /// A value like any other.
        case literal
    }

    private let prefix: String
    private let closing: Character?

    /// Reads a pattern; nil when it is empty.
    public init?(pattern: String = "$") {
        guard let last = pattern.last else { return nil }
        let brackets: [Character: Character] = ["}": "{", ")": "(", "]": "["]
        if let open = brackets[last], pattern.dropLast().last == open {
            prefix = String(pattern.dropLast())
            closing = last
        } else {
            prefix = pattern
            closing = nil
        }
    }

    /// What a value of an option, or of a pair in a URL's query, is.
    public func reading(_ value: String) -> Reading {
        guard value.hasPrefix(prefix) else { return .literal }
        let rest = value.dropFirst(prefix.count)
        if let closing {
            guard let end = rest.firstIndex(of: closing) else { return .misleading }
            let key = rest[..<end]
            return !key.isEmpty && rest.index(after: end) == rest.endIndex ? .key(String(key)) : .misleading
        }
        guard !rest.isEmpty else { return .literal }
        let isKey = rest.allSatisfy { $0.isLetter || $0.isNumber || "-_/".contains($0) }
        return isKey ? .key(String(rest)) : .misleading
    }
}
