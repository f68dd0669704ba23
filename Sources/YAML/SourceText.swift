/// The text of a file, addressable by character, line and column.
///
/// A byte order mark is dropped. Lines end at `\n`, `\r\n` or `\r`, as editors count them.
public struct SourceText: Sendable {
    /// The characters, as Unicode scalars: the unit that marks count in.
    public let characters: [Unicode.Scalar]
    /// The number that its marks carry, to tell several texts apart.
    public let number: Int
    private let lineStarts: [Int]

    /// How many lines there are; a line break at the end begins another one, which is empty.
    public var lineCount: Int { lineStarts.count }

    /// Decodes UTF-8.
    /// - Parameters:
    ///   - bytes: the text.
    ///   - number: what its marks say they are in.
    /// - Throws: `InvalidEncoding` with the position of the first byte that is not UTF-8.
    public init(utf8 bytes: some Collection<UInt8>, number: Int = 0) throws(InvalidEncoding) {
        var characters: [Unicode.Scalar] = []
        characters.reserveCapacity(bytes.count)
        var lineStarts = [0]
        var input = Self.withoutByteOrderMark(bytes).makeIterator()
        var decoder = UTF8.ForwardParser()
        var afterCarriageReturn = false
        decoding: while true {
            switch decoder.parseScalar(from: &input) {
            case .valid(let encoded):
                let scalar = UTF8.decode(encoded)
                if afterCarriageReturn, scalar != "\n" { lineStarts.append(characters.count) }
                afterCarriageReturn = scalar == "\r"
                characters.append(scalar)
                if scalar == "\n" { lineStarts.append(characters.count) }
            case .error:
                if afterCarriageReturn { lineStarts.append(characters.count) }
                let before = SourceText(characters: characters, lineStarts: lineStarts, number: number)
                throw InvalidEncoding(mark: before.mark(at: characters.count), before: before)
            case .emptyInput:
                break decoding
            }
        }
        if afterCarriageReturn { lineStarts.append(characters.count) }
        self.init(characters: characters, lineStarts: lineStarts, number: number)
    }

    private init(characters: [Unicode.Scalar], lineStarts: [Int], number: Int) {
        self.number = number
        self.characters = characters
        self.lineStarts = lineStarts
    }

    private static func withoutByteOrderMark<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// The mark of the character at `index`, or of the end of the text when there are fewer.
    public func mark(at index: Int) -> Mark {
        let index = min(max(index, 0), characters.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= index { low = middle } else { high = middle }
        }
        return Mark(source: number, index: index, line: low + 1, column: index - lineStarts[low] + 1)
    }

    /// The range between two character positions.
    public func range(_ start: Int, _ end: Int) -> SourceRange {
        SourceRange(start: mark(at: start), end: mark(at: max(start, end)))
    }

    /// The character positions of a line, without its line break; empty when there is no such line.
    public func line(_ number: Int) -> Range<Int> {
        guard lineStarts.indices.contains(number - 1) else { return characters.count..<characters.count }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] : characters.count
        while end > start, characters[end - 1] == "\n" || characters[end - 1] == "\r" { end -= 1 }
        return start..<end
    }

    /// The characters of a range as text.
    public func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: characters[range])
        return String(text)
    }

    /// Characters in UTF-8.
    static func utf8(_ characters: [Unicode.Scalar]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count)
        for character in characters {
            bytes.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
        }
        return bytes
    }

    /// Which character holds the byte at `offset` of the text in UTF-8.
    func characterIndex(utf8Offset offset: Int) -> Int {
        var bytes = 0
        return characters.firstIndex { character in
            bytes += UTF8.width(character)
            return bytes > offset
        } ?? characters.count
    }
}

/// A text is not UTF-8.
public struct InvalidEncoding: Error, Sendable {
    /// Where the first wrong byte stands.
    public let mark: Mark
    /// The text before it.
    public let before: SourceText
}
