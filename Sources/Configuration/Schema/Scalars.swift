internal import Support
internal import YAML

/// Numbers and sizes as they are written in the file.
enum Scalars {
    /// A whole number of YAML's core schema.
    static func integer(_ text: String) -> Int64? {
        if case .integer(let number) = Scalar(text, style: .plain).value { number } else { nil }
    }

    /// A size; it must begin with a digit.
    static func size(_ text: String) -> ByteCount? {
        guard let first = text.first, first.isASCII, first.isNumber else { return nil }
        return ByteCount(parsing: text)
    }
}
