/// Where the parts of an AES Crypt stream are, found and bounds-checked before anything is computed.
struct AESCryptLayout {
    static let magic: [UInt8] = [0x41, 0x45, 0x53]
    static let sessionLength = BlockCipher.blockLength + BlockCipher.keyLength

    let version: UInt8
    /// Version 3 only.
    let iterations: Int
    let outerIV: UnsafeRawBufferPointer
    /// The encrypted second IV and key.
    let session: UnsafeRawBufferPointer
    let sessionCode: UnsafeRawBufferPointer
    let ciphertext: UnsafeRawBufferPointer
    let contentCode: UnsafeRawBufferPointer
    /// The plaintext's length modulo the block length, versions 1 and 2 only.
    let remainder: UInt8?

    /// Finds the parts; with `allowsDamage` a stream may end anywhere behind its header.
    init(_ stream: UnsafeRawBufferPointer, allowsDamage: Bool = false) throws(CryptError) {
        var rest = Cursor(bytes: stream)
        guard stream.prefix(3).elementsEqual(Self.magic.prefix(stream.count)) else { throw .notAESCrypt }
        _ = try rest.take(3)
        version = try rest.take(1)[0]
        guard (1...3).contains(version) else { throw .unsupportedVersion(Int(version)) }
        guard try rest.take(1)[0] == 0 else { throw .malformedHeader("the reserved byte is not zero") }
        if version >= 2 {
            while case let length = try rest.integer(bytes: 2), length != 0 { _ = try rest.take(length) }
        }
        if version == 3 {
            iterations = try rest.integer(bytes: 4)
            guard AESCryptKey.iterations.contains(iterations) else {
                throw .malformedHeader("\(iterations) key derivation iterations are out of range")
            }
        } else {
            iterations = 0
        }
        outerIV = try rest.take(BlockCipher.blockLength)
        session = try rest.take(Self.sessionLength)
        sessionCode = try rest.take(HMACSHA256.length)

        let trailer = HMACSHA256.length + (version == 3 ? 0 : 1)
        if allowsDamage, rest.remaining < trailer || (rest.remaining - trailer) % BlockCipher.blockLength != 0 {
            ciphertext = try rest.take(rest.remaining - rest.remaining % BlockCipher.blockLength)
            contentCode = UnsafeRawBufferPointer(start: nil, count: 0)
            remainder = version == 3 ? nil : 0
            return
        }
        guard rest.remaining >= trailer else { throw .truncated }
        ciphertext = try rest.take(rest.remaining - trailer)
        remainder = version == 3 ? nil : try rest.take(1)[0]
        contentCode = try rest.take(HMACSHA256.length)
        // Version 3 always pads, so that its content has at least one block.
        guard ciphertext.count % BlockCipher.blockLength == 0, version != 3 || allowsDamage || !ciphertext.isEmpty
        else {
            throw .truncated
        }
    }

    private struct Cursor {
        let bytes: UnsafeRawBufferPointer
        var offset = 0

        var remaining: Int { bytes.count - offset }

        mutating func take(_ count: Int) throws(CryptError) -> UnsafeRawBufferPointer {
            guard count <= remaining else { throw .truncated }
            defer { offset += count }
            return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
        }

        mutating func integer(bytes count: Int) throws(CryptError) -> Int {
            try take(count).reduce(0) { $0 << 8 | Int($1) }
        }
    }
}
