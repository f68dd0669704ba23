/// Reads JSON token by token from bytes that arrive in chunks.
///
/// Feed a chunk, then call `next()` until it returns nil, and so on; after the last chunk call `finish()` and drain
/// once more. Only unread bytes are kept, so a document may be far larger than memory; nesting and the length of a
/// single string are limited. A byte order mark is skipped. The text of a key, string or number is looked at through
/// `withText` before the next call.
///
/// It is a value with one owner and not a class: checks of exclusive access would take a third of the time.
public struct JSONPullParser: ~Copyable {
    /// What may come next.
    enum Expectation {
        case value
        case valueOrArrayEnd
        case key
        case keyOrObjectEnd
        case colon
        case commaOrEnd
        case nothing
    }

    private let maximumDepth: Int
    private let maximumLength: Int

    var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    var head = 0
    var tail = 0
    private var dropped = 0
    var isFinished = false

    private var expectation = Expectation.value
    private var containers: [Bool] = []  // true: an object
    private var mayHaveMark = true

    var scratch: [UInt8] = []
    @usableFromInline var textBase: UnsafePointer<UInt8>
    @usableFromInline var textCount = 0

    /// Creates a parser for one document.
    /// - Parameters:
    ///   - maximumDepth: how deeply arrays and objects may be nested.
    ///   - maximumLength: how many bytes one string or number may take.
    public init(maximumDepth: Int = 64, maximumLength: Int = 16 << 20) {
        self.maximumDepth = maximumDepth
        self.maximumLength = maximumLength
        capacity = 4096
        buffer = .allocate(capacity: capacity)
        textBase = UnsafePointer(buffer)
    }

    deinit { buffer.deallocate() }

    /// Adds bytes of the document.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if head > 0 {
            // What is left is at most one unfinished token.
            UnsafeMutableRawPointer(buffer).copyMemory(from: buffer + head, byteCount: tail - head)
            dropped += head
            tail -= head
            head = 0
        }
        if tail + bytes.count > capacity {
            let larger = max(capacity * 2, tail + bytes.count)
            let replacement = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            replacement.update(from: buffer, count: tail)
            buffer.deallocate()
            buffer = replacement
            capacity = larger
        }
        UnsafeMutableRawPointer(buffer + tail).copyMemory(from: source, byteCount: bytes.count)
        tail += bytes.count
        textCount = 0
        textBase = UnsafePointer(buffer)
    }

    /// Adds bytes of the document.
    public mutating func feed(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { feed($0) }
    }

    /// Declares that no more bytes come.
    public mutating func finish() {
        isFinished = true
    }

    /// The nesting at this place: 0 outside of everything.
    public var depth: Int { containers.count }

    /// Hands the text of the last key, string or number to `body`, escapes resolved.
    @inlinable
    public func withText<R, E>(_ body: (UnsafeBufferPointer<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(UnsafeBufferPointer(start: textBase, count: textCount))
    }

    /// Appends the text of the last key, string or number, as UTF-8.
    @inlinable
    public func appendText(to output: inout [UInt8]) {
        output.append(contentsOf: UnsafeBufferPointer(start: textBase, count: textCount))
    }

    /// The text of the last key, string or number.
    public var text: String {
        withText { String(decoding: $0, as: UTF8.self) }
    }

    /// The value of the last number, when it is a whole one that fits.
    public var integer: Int64? {
        withText { text in
            guard let first = text.first else { return nil }
            let isNegative = first == 0x2D
            var value: Int64 = 0
            for byte in text[(isNegative ? 1 : 0)...] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.subtractingReportingOverflow(Int64(byte &- 0x30))
                if overflow || carry { return nil }
                value = sum
            }
            if isNegative { return value }
            return value == .min ? nil : -value
        }
    }

    /// Reads the next token.
    ///
    /// - Returns: nil when more bytes are needed, or, after `finish()`, at the end of the document.
    /// - Throws: `JSONError` with the place of the fault. A parser that threw is of no further use.
    public mutating func next() throws(JSONError) -> JSONToken? {
        while true {
            guard let byte = try peek() else { return nil }
            switch expectation {
            case .colon:
                guard byte == 0x3A else { throw unexpected(byte) }
                head += 1
                expectation = .value
            case .commaOrEnd:
                if byte == 0x2C {
                    head += 1
                    expectation = containers.last == true ? .key : .value
                    continue
                }
                return try close(byte)
            case .keyOrObjectEnd where byte == 0x7D, .valueOrArrayEnd where byte == 0x5D:
                return try close(byte)
            case .key, .keyOrObjectEnd:
                guard byte == 0x22 else { throw unexpected(byte) }
                guard try scanString(limit: maximumLength) else { return nil }
                expectation = .colon
                return .key
            case .value, .valueOrArrayEnd:
                return try value(startingWith: byte)
            case .nothing:
                throw JSONError(.trailingText, offset: offset)
            }
        }
    }

    /// Reads on until the nesting is no deeper than `level`, that is, past the rest of an array or object.
    ///
    /// - Returns: false when more bytes are needed; call again after feeding.
    public mutating func skip(toDepth level: Int) throws(JSONError) -> Bool {
        while containers.count > level {
            guard try next() != nil else { return false }
        }
        return true
    }

    /// The number of bytes read so far.
    public var offset: Int { dropped + head }

    /// The next byte that is no white space.
    private mutating func peek() throws(JSONError) -> UInt8? {
        if mayHaveMark {
            guard skipMark() else { return nil }
        }
        while head < tail {
            let byte = buffer[head]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { throw unexpected(byte) }
            head += 1
        }
        if isFinished, expectation != .nothing { throw JSONError(.unexpectedEnd, offset: offset) }
        return nil
    }

    private mutating func skipMark() -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let available = min(3, tail - head)
        for index in 0..<available where buffer[head + index] != mark[index] {
            mayHaveMark = false
            return true
        }
        guard available == 3 || isFinished else { return false }
        if available == 3 { head += 3 }
        mayHaveMark = false
        return true
    }

    private mutating func close(_ byte: UInt8) throws(JSONError) -> JSONToken {
        guard let isObject = containers.last, byte == (isObject ? 0x7D : 0x5D) else { throw unexpected(byte) }
        containers.removeLast()
        head += 1
        valueEnded()
        return isObject ? .objectEnd : .arrayEnd
    }

    private mutating func value(startingWith byte: UInt8) throws(JSONError) -> JSONToken? {
        switch byte {
        case 0x22:
            guard try scanString(limit: maximumLength) else { return nil }
            valueEnded()
            return .string
        case 0x7B, 0x5B:
            guard containers.count < maximumDepth else {
                throw JSONError(.tooDeep(limit: maximumDepth), offset: offset)
            }
            containers.append(byte == 0x7B)
            head += 1
            expectation = byte == 0x7B ? .keyOrObjectEnd : .valueOrArrayEnd
            return byte == 0x7B ? .objectStart : .arrayStart
        case 0x2D, 0x30...0x39:
            guard try scanNumber(limit: maximumLength) else { return nil }
            valueEnded()
            return .number
        case 0x74: return try literal("true", .bool(true))
        case 0x66: return try literal("false", .bool(false))
        case 0x6E: return try literal("null", .null)
        default: throw unexpected(byte)
        }
    }

    private mutating func literal(_ text: StaticString, _ token: JSONToken) throws(JSONError) -> JSONToken? {
        let length = text.utf8CodeUnitCount
        for index in 0..<min(length, tail - head) where buffer[head + index] != text.utf8Start[index] {
            head += index
            throw unexpected(buffer[head])
        }
        guard tail - head >= length else {
            if isFinished { throw JSONError(.unexpectedEnd, offset: dropped + tail) }
            return nil
        }
        head += length
        valueEnded()
        return token
    }

    private mutating func valueEnded() {
        expectation = containers.isEmpty ? .nothing : .commaOrEnd
    }

    private func unexpected(_ byte: UInt8) -> JSONError {
        JSONError(.unexpectedByte(byte), offset: offset)
    }

    /// An error at a place of the buffer.
    func error(_ kind: JSONError.Kind, at position: Int) -> JSONError {
        JSONError(kind, offset: dropped + position)
    }
}
