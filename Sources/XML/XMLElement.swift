/// An element with what is in it, as far as object stores and token services use XML.
///
/// Names have no prefix, attributes are dropped, and the order between text and elements is not kept.
public struct XMLElement: Sendable, Hashable {
    /// The name without a prefix.
    public let name: String
    /// The text directly in it, as it stands there; empty when there are elements, and only blanks between them.
    public let text: String
    /// The elements directly in it.
    public let children: [XMLElement]

    /// An element.
    public init(_ name: String, text: String = "", children: [XMLElement] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    /// The outermost element of a document.
    /// - Parameters:
    ///   - bytes: the whole document, in UTF-8, UTF-16 or ISO 8859-1 as its declaration says.
    ///   - limit: how many bytes may be kept of it.
    /// - Throws: `XMLError`.
    public init(parsing bytes: [UInt8], limit: Int = 1 << 20) throws(XMLError) {
        let reader = XMLReader(limits: XMLLimits(kept: limit))
        try reader.read(bytes)
        self = try reader.finish()
    }

    /// The first element of a name directly in it.
    public func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// All elements of a name directly in it.
    public func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of the element that names lead to from here, the first of each name; nil when there is none.
    public func text(_ path: String...) -> String? {
        var element = self
        for name in path {
            guard let next = element.first(name) else { return nil }
            element = next
        }
        return element.text
    }

    /// The first element of a name at any depth, itself included, in the order of the document.
    public func anywhere(_ name: String) -> XMLElement? {
        if self.name == name { return self }
        for child in children {
            if let found = child.anywhere(name) { return found }
        }
        return nil
    }
}
