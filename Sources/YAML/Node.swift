/// A value in a document, with the place where it is written.
public struct Node: Sendable {
    /// What a node holds.
    public enum Content: Sendable {
        /// A single value.
        case scalar(Scalar)
        /// A list.
        case sequence([Node])
        /// Keys and values in the order of the file; keys that merging adds come last.
        case mapping([Entry])
    }

    /// One key of a mapping with its value.
    public struct Entry: Sendable {
        /// The key's text.
        public let key: String
        /// Where the key is written.
        public let keyRange: SourceRange
        /// What it maps to.
        public let value: Node

        /// A key with its value.
        public init(key: String, keyRange: SourceRange, value: Node) {
            self.key = key
            self.keyRange = keyRange
            self.value = value
        }
    }

    /// The value.
    public let content: Content
    /// Where it is written, without anchor and tag; for an alias the place of the anchored value.
    public let range: SourceRange
    /// Where the alias (`*name`) stands that brought the value here.
    public internal(set) var alias: SourceRange?
    /// Whether it is written in brackets, braces or quotes rather than by indentation.
    public let isFlow: Bool

    /// Where each key stands in a mapping of many, so that looking up all of them takes no longer than it should.
    private let positions: [String: Int]?

    /// A value at a place.
    public init(_ content: Content, range: SourceRange, isFlow: Bool = false) {
        self.content = content
        if case .mapping(let entries) = content, entries.count > 32 {
            let pairs = entries.enumerated().map { ($0.element.key, $0.offset) }
            positions = Dictionary(pairs) { first, _ in first }
        } else {
            positions = nil
        }
        self.range = range
        self.isFlow = isFlow
    }

    /// The node with other content at the same place.
    public func replacingContent(_ content: Content) -> Node {
        var node = Node(content, range: range, isFlow: isFlow)
        node.alias = alias
        return node
    }

    /// The single value, when it is one.
    public var scalar: Scalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The list's items, when it is one.
    public var items: [Node]? {
        if case .sequence(let items) = content { items } else { nil }
    }

    /// The mapping's entries, when it is one.
    public var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The value of a mapping's key.
    public subscript(key: String) -> Node? {
        guard let positions else { return entries?.first { $0.key == key }?.value }
        return positions[key].flatMap { entries?[$0].value }
    }
}
