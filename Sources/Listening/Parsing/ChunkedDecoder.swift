/// Takes the chunked transfer coding off a body.
struct ChunkedDecoder {
    private enum Stage {
        case size
        case data(Int)
        /// CR LF after a chunk's data, of which so many bytes were seen.
        case dataEnd(Int)
        case trailers
    }

    private var stage = Stage.size
    /// What extensions and trailers have taken so far; they are read and dropped.
    private var extras = 0

    private static let maximumExtras = 8 << 10
    private static let longestSizeLine = 256

    /// Decodes what is there into a body of at most `limit` bytes; true when that is complete.
    mutating func decode(
        _ input: inout InputBuffer, into body: inout [UInt8], limit: Int
    ) throws(RequestFault) -> Bool {
        while true {
            switch stage {
            case .size:
                guard let line = try input.takeLine(limit: Self.longestSizeLine, tooLong: .chunk) else { return false }
                let size = try self.size(line)
                guard size <= limit - body.count else { throw .bodyTooLarge }
                stage = size == 0 ? .trailers : .data(size)
            case .data(let rest):
                let bytes = input.take(upTo: rest)
                body.append(contentsOf: bytes)
                guard bytes.count == rest else {
                    stage = .data(rest - bytes.count)
                    return false
                }
                stage = .dataEnd(0)
            case .dataEnd(let seen):
                guard let byte = input.take(upTo: 1).first else { return false }
                guard byte == (seen == 0 ? .carriageReturn : .lineFeed) else { throw .chunk }
                stage = seen == 0 ? .dataEnd(1) : .size
            case .trailers:
                guard let line = try input.takeLine(limit: Self.maximumExtras, tooLong: .headTooLarge) else {
                    return false
                }
                if line.isEmpty { return true }
                _ = try PartialHead.field(line)
                try count(extra: line.count + 2, beyond: .headTooLarge)
            }
        }
    }

    /// Hexadecimal digits, and perhaps extensions, which mean nothing here but have to look like such.
    private mutating func size(_ line: ArraySlice<UInt8>) throws(RequestFault) -> Int {
        let end = line.firstIndex(of: UInt8(ascii: ";")) ?? line.endIndex
        let digits = line[..<end]
        guard (1...15).contains(digits.count) else { throw .chunk }
        var size = 0
        for digit in digits {
            guard let value = digit.hexValue else { throw .chunk }
            size = size << 4 | Int(value)
        }
        guard line[end...].allSatisfy(\.isFieldCharacter) else { throw .chunk }
        try count(extra: line.count - digits.count, beyond: .chunk)
        return size
    }

    private mutating func count(extra: Int, beyond fault: RequestFault) throws(RequestFault) {
        extras += extra
        if extras > Self.maximumExtras { throw fault }
    }
}
