/// A single value as it was written, and what the YAML 1.2 core schema makes of it.
public struct Scalar: Sendable, Hashable {
    /// How a scalar is written.
    public enum Style: Sendable, Hashable {
        /// Without quotes.
        case plain
        /// In single quotes.
        case singleQuoted
        /// In double quotes.
        case doubleQuoted
        /// Lines after `|` or `>`.
        case block
    }

    /// A value of the core schema.
    public enum Value: Sendable, Hashable {
        /// `null`, `~` or nothing at all.
        case null
        /// `true` or `false`.
        case boolean(Bool)
        /// A whole number that fits 64 bits.
        case integer(Int64)
        /// Any other number.
        case float(Double)
        /// Text.
        case string(String)
    }

    /// The text, with quotes and escapes resolved.
    public let text: String
    /// How it is written.
    public let style: Style
    /// What it means.
    public let value: Value

    /// A scalar without a tag: only plain ones are anything but text.
    public init(_ text: String, style: Style) {
        self.init(text, style: style, value: style == .plain ? CoreSchema.resolve(text) : .string(text))
    }

    init(_ text: String, style: Style, value: Value) {
        self.text = text
        self.style = style
        self.value = value
    }
}
