/// Reads a document piece by piece, as it comes, and hands out elements of given names as soon as each has ended.
///
/// What is not handed out is kept, and is the outermost element at the end: for a listing, `Contents` and
/// `CommonPrefixes` are handed out one by one, and the end has `IsTruncated` and the token for the next page. Memory
/// is bounded by the limits, however long the document is. For one thread at a time.
public final class XMLReader: ExpatParser.Receiver {
    private struct Open {
        let name: String
        var text: [UInt8] = []
        var children: [XMLElement] = []
        /// What its name, text and children take, as the limit counts.
        var size: Int
    }

    private let names: Set<String>
    private let limits: XMLLimits
    private let take: (XMLElement) -> Void
    private var parser: ExpatParser?
    private var open: [Open] = []
    private var kept = 0
    private var root: XMLElement?
    private var failure: XMLError?

    /// The name of the outermost element, once it has begun: `Error` where a listing was expected, for one.
    public private(set) var rootName: String?

    /// A reader of one document.
    /// - Parameters:
    ///   - names: which elements are handed out, when they are not the outermost and in no other such element.
    ///   - limits: how much is accepted.
    ///   - take: gets each of them, in the order of the document, also when the document proves broken further on.
    public init(
        handingOut names: Set<String> = [], limits: XMLLimits = XMLLimits(),
        to take: @escaping (XMLElement) -> Void = { _ in }
    ) {
        self.names = names
        self.limits = limits
        self.take = take
        parser = ExpatParser(self, limit: limits.kept)
    }

    /// Takes the next piece of the document.
    /// - Throws: `XMLError`; the same again for all later calls.
    public func read(_ bytes: UnsafeRawBufferPointer) throws(XMLError) {
        if let failure { throw failure }
        guard let parser, parser.parse(bytes) else { throw fail() }
    }

    /// Takes the next piece of the document.
    /// - Throws: `XMLError`; the same again for all later calls.
    public func read(_ bytes: [UInt8]) throws(XMLError) {
        let result = bytes.withUnsafeBytes { bytes in Result { () throws(XMLError) in try read(bytes) } }
        try result.get()
    }

    /// Takes the end of the document.
    /// - Returns: the outermost element, without what was handed out.
    /// - Throws: `XMLError`, also when the document is not whole.
    public func finish() throws(XMLError) -> XMLElement {
        if let failure { throw failure }
        guard let parser, parser.end(), let root else { throw fail() }
        return root
    }

    /// The reason why the parser stopped.
    private func fail() -> XMLError {
        let line = parser?.line ?? 1
        let failure: XMLError =
            if let failure = self.failure {
                failure
            } else if parser?.hasDocumentType == true {
                .documentType(line: line)
            } else if parser?.isSilent == true {
                .tooLarge(line: line, limit: limits.kept)
            } else {
                .malformed(line: line, parser?.complaint ?? "out of memory")
            }
        self.failure = failure
        return failure
    }

    // MARK: Events

    /// What an element costs beside its bytes.
    private static let elementSize = 32

    func begin(_ name: String) -> Bool {
        guard open.count < limits.depth else { return stop(.tooDeep(line: line, limit: limits.depth)) }
        if open.isEmpty { rootName = name }
        let size = name.utf8.count + Self.elementSize
        open.append(Open(name: name, size: size))
        return keep(size)
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !open.isEmpty else { return true }
        open[open.count - 1].text += bytes
        open[open.count - 1].size += bytes.count
        return keep(bytes.count)
    }

    func end() -> Bool {
        // An element without content ends even after its beginning was refused.
        guard failure == nil, let ended = open.popLast() else { return true }
        let isContainer = !ended.children.isEmpty && ended.text.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
        // libexpat gives UTF-8 whatever it read.
        let element = XMLElement(
            ended.name, text: isContainer ? "" : String(decoding: ended.text, as: UTF8.self), children: ended.children)
        if open.isEmpty {
            root = element
        } else if names.contains(ended.name), !open.dropFirst().contains(where: { names.contains($0.name) }) {
            kept -= ended.size
            take(element)
        } else {
            open[open.count - 1].children.append(element)
            open[open.count - 1].size += ended.size
        }
        return true
    }

    private var line: Int { parser?.line ?? 1 }

    private func keep(_ count: Int) -> Bool {
        kept += count
        return kept <= limits.kept || stop(.tooLarge(line: line, limit: limits.kept))
    }

    private func stop(_ error: XMLError) -> Bool {
        failure = error
        return false
    }
}
