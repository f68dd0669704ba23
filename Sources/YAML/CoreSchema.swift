/// The YAML 1.2 core schema: what a plain scalar means.
///
/// `yes`, `no`, `on`, `off`, `12:30`, `0755` with a meaning of eight and dates are YAML 1.1; here they are text or
/// decimal numbers.
/// - SeeAlso: YAML 1.2.2, section 10.3.2, “Tag Resolution”.
enum CoreSchema {
    static func resolve(_ text: String) -> Scalar.Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: return number(text) ?? .string(text)
        }
    }

    /// The value of an integer or a floating-point number.
    static func number(_ text: String) -> Scalar.Value? {
        let bytes = Array(text.utf8)
        guard bytes.count <= 64 else { return nil }
        if bytes.starts(with: Array("0o".utf8)) { return radix(text.dropFirst(2), 8) }
        if bytes.starts(with: Array("0x".utf8)) { return radix(text.dropFirst(2), 16) }
        let isSigned = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
        let isNegative = bytes.first == UInt8(ascii: "-")
        let unsigned = isSigned ? text.dropFirst() : text[...]
        switch unsigned {
        case ".inf", ".Inf", ".INF": return .float(isNegative ? -.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return isSigned ? nil : .float(.nan)
        default: break
        }
        guard isDecimal(Array(unsigned.utf8)) else { return nil }
        if let whole = Int64(text) { return .integer(whole) }
        return Double(text).map { .float($0) }
    }

    private static func radix(_ digits: Substring, _ radix: Int) -> Scalar.Value? {
        guard digits.first != "+", digits.first != "-" else { return nil }
        return Int64(digits, radix: radix).map { .integer($0) }
    }

    /// Whether the text is `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
    private static func isDecimal(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        func digits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        let whole = digits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits()
        }
        guard whole + fraction > 0 else { return false }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
