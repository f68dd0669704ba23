/// A share of something.
public struct Percentage: Sendable, Hashable, CustomStringConvertible {
    /// 0 to 100.
    public let value: Double

    /// Reads `5%` and `2.5%`.
    public init?(parsing text: String) {
        let digits = text.dropLast()
        guard text.hasSuffix("%"), digits.first?.isNumber == true,
            digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(digits), value <= 100
        else { return nil }
        self.value = value
    }

    /// The share with its sign: `5%`.
    public var description: String {
        value == value.rounded() ? "\(Int(value))%" : "\(value)%"
    }
}
