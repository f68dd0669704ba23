internal import Cryptography
internal import JSON

extension VolumeDescription {
    /// The entry's bytes: no byte order mark, members in the order that Duplicati's reader insists on.
    public func encode() -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(blocks.count * 76 + 160)
        JSONWriter.append("{\"blocks\":[", to: &output)
        for (index, block) in blocks.enumerated() {
            JSONWriter.append(index == 0 ? "{\"hash\":\"" : ",{\"hash\":\"", to: &output)
            block.digest.appendBase64(to: &output)
            JSONWriter.append("\",\"size\":", to: &output)
            JSONWriter.appendInteger(Int64(block.size), to: &output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
        if let volumeHash {
            JSONWriter.append(",\"volumehash\":\"", to: &output)
            volumeHash.appendBase64(to: &output)
            output.append(UInt8(ascii: "\""))
        }
        if let volumeSize {
            JSONWriter.append(",\"volumesize\":", to: &output)
            JSONWriter.appendInteger(volumeSize, to: &output)
        }
        output.append(UInt8(ascii: "}"))
        return output
    }

    /// Reads an entry.
    ///
    /// - Parameters:
    ///   - bytes: the entry's content.
    ///   - dblockName: the rest of the entry's name.
    ///   - object: the index volume's name, for messages.
    /// - Returns: the description.
    /// - Throws: `StoreFormatError` of kind `damaged`.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, dblockName: String, object: String
    ) throws(StoreFormatError) -> VolumeDescription {
        var decoder = VolumeDescriptionDecoder(dblockName: dblockName, object: object)
        try decoder.consume(bytes)
        return try decoder.finish()
    }

    /// Reads an entry.
    public static func decode(
        _ bytes: [UInt8], dblockName: String, object: String
    ) throws(StoreFormatError) -> VolumeDescription {
        var decoder = VolumeDescriptionDecoder(dblockName: dblockName, object: object)
        decoder.feed(bytes)
        try decoder.drain()
        return try decoder.finish()
    }
}

/// The state of reading a `vol/` entry between two chunks.
struct VolumeDescriptionDecoder: ~Copyable {
    private enum Member {
        case hash
        case size
        case other
    }

    private let object: String
    private var parser = JSONPullParser()
    private var result: VolumeDescription
    private var isInBlocks = false
    private var member = Member.other
    private var digest: Digest?
    private var size: Int64?
    private var top = ""

    init(dblockName: String, object: String) {
        self.object = object
        result = VolumeDescription(dblockName: dblockName, blocks: [], volumeHash: nil, volumeSize: nil)
    }

    mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(StoreFormatError) {
        parser.feed(bytes)
        try drain()
    }

    mutating func feed(_ bytes: [UInt8]) {
        parser.feed(bytes)
    }

    mutating func finish() throws(StoreFormatError) -> VolumeDescription {
        parser.finish()
        try drain()
        return result
    }

    mutating func drain() throws(StoreFormatError) {
        while let token = try next() {
            switch parser.depth {
            case 3 where isInBlocks: try inBlock(token)
            case 2 where isInBlocks:
                guard token == .objectEnd else { continue }
                guard let digest, let size, let size = Int(exactly: size), size >= 0 else {
                    throw damaged("a block lacks its hash or size")
                }
                result.blocks.append(BlockReference(digest, size: size))
            case 1: try topLevel(token)
            case 2: isInBlocks = token == .arrayStart && top == "blocks"
            default: break
            }
        }
    }

    private mutating func next() throws(StoreFormatError) -> JSONToken? {
        do {
            return try parser.next()
        } catch {
            throw damaged("\(error)")
        }
    }

    private func damaged(_ detail: String) -> StoreFormatError {
        StoreFormatError(
            .damaged, object: object, detail: "its description of \(result.dblockName) is not readable: \(detail)")
    }

    private mutating func topLevel(_ token: JSONToken) throws(StoreFormatError) {
        switch token {
        case .key: top = parser.text
        case .string where top == "volumehash": result.volumeHash = try currentDigest()
        case .number where top == "volumesize": result.volumeSize = parser.integer
        case .arrayStart: throw damaged("it is no object")
        case .arrayEnd: isInBlocks = false
        default: break
        }
    }

    private mutating func inBlock(_ token: JSONToken) throws(StoreFormatError) {
        switch token {
        case .objectStart:
            digest = nil
            size = nil
        case .key:
            member = parser.withText { text in
                guard text.count == 4 else { return .other }
                if text[0] == UInt8(ascii: "h"), text[3] == UInt8(ascii: "h") { return .hash }
                return text[0] == UInt8(ascii: "s") && text[3] == UInt8(ascii: "e") ? .size : .other
            }
        case .string where member == .hash: digest = try currentDigest()
        case .number where member == .size: size = parser.integer
        default: break
        }
    }

    private func currentDigest() throws(StoreFormatError) -> Digest {
        let digest = parser.withText { Digest(base64: UnsafeRawBufferPointer($0)) }
        guard let digest else { throw damaged("'\(parser.text)' is no hash") }
        return digest
    }
}
