internal import CExpat

/// libexpat with its three events that matter here: an element begins, has text, ends.
///
/// Names come without their prefixes, and without regard to what those stand for: some servers give none. Attributes
/// are dropped. A document type ends the reading, so that there are no entities but the five and the numeric ones.
final class ExpatParser {
    /// What takes the events; a false ends the reading, and says why in `failure`.
    protocol Receiver: AnyObject {
        func begin(_ name: String) -> Bool
        func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool
        func end() -> Bool
    }

    private let parser: XML_Parser
    private unowned let receiver: any Receiver
    private let limit: Int
    private(set) var hasDocumentType = false
    /// Bytes since the last event: what libexpat keeps of markup that has not ended.
    private var silence = 0
    private var skippedLines = 0
    private var hasBegun = false

    /// A parser for one document; nil when there is no memory for it.
    init?(_ receiver: any Receiver, limit: Int) {
        guard let parser = XML_ParserCreate(nil) else { return nil }
        self.parser = parser
        self.receiver = receiver
        self.limit = limit
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { data, name, _ in
                guard let name else { return }
                ExpatParser.of(data).handle { $0.receiver.begin(localName(name)) }
            },
            { data, _ in ExpatParser.of(data).handle { $0.receiver.end() } })
        XML_SetCharacterDataHandler(parser) { data, text, count in
            guard let text else { return }
            text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
                ExpatParser.of(data).handle { $0.receiver.text(UnsafeBufferPointer(start: bytes, count: Int(count))) }
            }
        }
        XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
            ExpatParser.of(data).handle { parser in
                parser.hasDocumentType = true
                return false
            }
        }
        // Comments and the like are events too, so that any number of them is no silence.
        XML_SetDefaultHandler(parser) { data, _, _ in ExpatParser.of(data).handle { _ in true } }
    }

    deinit { XML_ParserFree(parser) }

    private static func of(_ data: UnsafeMutableRawPointer?) -> ExpatParser {
        // Set in init, to an object that outlives the parser.
        guard let data else { preconditionFailure("expat lost the context of its callbacks") }
        return Unmanaged<ExpatParser>.fromOpaque(data).takeUnretainedValue()
    }

    private func handle(_ event: (ExpatParser) -> Bool) {
        silence = 0
        if !event(self) { XML_StopParser(parser, 0) }
    }

    /// Where it is, counted from 1.
    var line: Int { Int(XML_GetCurrentLineNumber(parser)) + skippedLines }

    /// What is wrong, in libexpat's words.
    var complaint: String {
        XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "the text is not XML"
    }

    /// Whether too much came without a single event.
    var isSilent: Bool { silence > limit }

    /// Takes a piece of the document.
    /// - Returns: whether all is well.
    func parse(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
        if !hasBegun {
            // Servers send blanks to keep a connection alive, also before the declaration, where XML has no place for them.
            let blanks = rest.prefix { $0 == 0x20 || (0x09...0x0D).contains($0) }
            skippedLines += blanks.count { $0 == 0x0A }
            rest = UnsafeRawBufferPointer(rebasing: rest[blanks.endIndex...])
            hasBegun = !rest.isEmpty
        }
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceSize))
            silence += piece.count
            let status = XML_Parse(
                parser, piece.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(piece.count), 0)
            guard status == XML_STATUS_OK, !isSilent else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
        }
        return true
    }

    /// Takes the end of the document.
    func end() -> Bool { XML_Parse(parser, nil, 0, 1) == XML_STATUS_OK }

    private static let pieceSize = 64 << 10
}

/// A name without its prefix.
private func localName(_ name: UnsafePointer<CChar>) -> String {
    let text = String(cString: name)
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return text }
    return String(text[text.utf8.index(after: colon)...])
}
