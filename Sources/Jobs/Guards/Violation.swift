public import Configuration

/// Something about the sources that is not as the configuration expects it.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// The path of the source.
    public let source: String
    /// What is there and what is expected, without the source.
    public let message: String
    /// What follows.
    public let consequence: ExpectationSpecification.Violation

    /// A violation from its parts.
    public init(source: String, message: String, consequence: ExpectationSpecification.Violation) {
        self.source = source
        self.message = message
        self.consequence = consequence
    }

    /// Source and message.
    public var description: String { "\(source) \(message)" }
}
