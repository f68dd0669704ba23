/// How the content of a zip entry is packed.
public enum ZipMethod: Sendable, Hashable {
    /// As it is.
    case stored
    /// Deflate.
    case deflate
    /// LZMA with zip's own header.
    case lzma
    /// An XZ stream.
    case xz
    /// Something else, by its number.
    case other(UInt16)

    /// The method of a number in a header.
    public init(code: UInt16) {
        self =
            switch code {
            case 0: .stored
            case 8: .deflate
            case 14: .lzma
            case 95: .xz
            default: .other(code)
            }
    }

    /// The number in a header.
    public var code: UInt16 {
        switch self {
        case .stored: 0
        case .deflate: 8
        case .lzma: 14
        case .xz: 95
        case .other(let code): code
        }
    }
}

extension ZipMethod: CustomStringConvertible {
    /// The method's usual name.
    public var description: String {
        switch code {
        case 0: "Stored"
        case 8: "Deflate"
        case 9: "Deflate64"
        case 12: "BZip2"
        case 14: "LZMA"
        case 93: "Zstandard"
        case 95: "XZ"
        case 98: "PPMd"
        case let code: "method \(code)"
        }
    }
}
