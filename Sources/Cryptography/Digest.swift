internal import Support

/// A hash value of 1 to 64 bytes, stored inline: no heap, whatever the number of blocks.
@frozen
public struct Digest: Sendable {
    /// The most bytes that a value holds.
    public static let maximumCount = 64

    /// The bytes in memory order, zero after `length`.
    @usableFromInline var words: InlineArray<8, UInt64>
    @usableFromInline var length: UInt8

    /// The number of bytes.
    @inlinable public var count: Int { Int(length) }

    /// Takes a copy of 1 to 64 bytes.
    ///
    /// - Returns: nil for any other number of bytes.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard (1...Self.maximumCount).contains(bytes.count) else { return nil }
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// Takes a copy of 1 to 64 bytes.
    ///
    /// - Returns: nil for any other number of bytes.
    public init?(_ bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ Digest($0) }) else { return nil }
        self = digest
    }

    /// Reads the text form of filelists and index volumes: standard Base64 with padding.
    ///
    /// - Returns: nil if the text is not Base64 or not of 1 to 64 bytes.
    public init?(base64 text: String) {
        var text = text
        guard let digest = text.withUTF8({ Digest(base64: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = digest
    }

    /// Reads the form of entry names: Base64 with `-` and `_`, with padding.
    ///
    /// - Returns: nil if the text is not URL-safe Base64 or not of 1 to 64 bytes.
    public init?(base64URL text: String) {
        var text = text
        guard let digest = text.withUTF8({ Digest(base64: UnsafeRawBufferPointer($0), urlSafe: true) }) else {
            return nil
        }
        self = digest
    }

    /// Reads Base64 with padding from ASCII, without a copy on the heap.
    ///
    /// - Returns: nil if the text is not Base64 of the asked alphabet or not of 1 to 64 bytes.
    public init?(base64 text: UnsafeRawBufferPointer, urlSafe: Bool = false) {
        guard let count = Base64.decodedCount(text), (1...Self.maximumCount).contains(count) else { return nil }
        var isValid = false
        self.init(count: count) { isValid = Base64.decode(text, into: $0, urlSafe: urlSafe) }
        guard isValid else { return nil }
    }

    /// Lets `fill` write exactly `count` bytes, 1 to 64.
    init(count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) -> Void) {
        words = InlineArray(repeating: 0)
        length = UInt8(count)
        Swift.withUnsafeMutableBytes(of: &words) { storage in
            fill(UnsafeMutableRawBufferPointer(rebasing: storage.prefix(count)))
        }
    }

    /// Gives the bytes for the time of the call.
    @inlinable
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try Swift.withUnsafeBytes(of: words) { try body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    }

    /// The bytes as an array.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// The first eight bytes, big-endian: uniformly spread, thus a ready-made table key.
    @inlinable public var prefix64: UInt64 { UInt64(bigEndian: words[0]) }

    /// Standard Base64 with padding, the form inside documents.
    public var base64: String { withUnsafeBytes { Base64.encode($0) } }

    /// Base64 with `-` and `_` and padding, the form of entry names.
    public var base64URL: String { withUnsafeBytes { Base64.encode($0, urlSafe: true) } }

    /// Appends Base64 with padding, for callers that reuse a buffer.
    public func appendBase64(to buffer: inout [UInt8], urlSafe: Bool = false) {
        withUnsafeBytes { Base64.append($0, to: &buffer, urlSafe: urlSafe) }
    }

    /// Lower-case hexadecimal.
    public var hex: String { Hex.encode(bytes) }
}

extension Digest: Hashable {
    /// Whether both have the same bytes.
    @inlinable
    public static func == (left: Digest, right: Digest) -> Bool {
        guard left.words[0] == right.words[0], left.length == right.length else { return false }
        var difference: UInt64 = 0
        for index in 1..<8 { difference |= left.words[index] ^ right.words[index] }
        return difference == 0
    }

    /// Feeds the first eight bytes only: they are as good as random already.
    @inlinable
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words[0])
    }
}

extension Digest: Comparable {
    /// Orders by bytes, a prefix before what it begins.
    @inlinable
    public static func < (left: Digest, right: Digest) -> Bool {
        for index in 0..<8 where left.words[index] != right.words[index] {
            return UInt64(bigEndian: left.words[index]) < UInt64(bigEndian: right.words[index])
        }
        return left.length < right.length
    }
}

extension Digest: CustomStringConvertible {
    /// The standard Base64 form.
    public var description: String { base64 }
}
