/// A report cannot be made ready for delivery.
public enum ReportingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The signing key is empty, or is no base64 after `whsec_`.
    case invalidSigningKey(reason: String)
    /// A template is not what Mustache reads.
    case invalidTemplate(reason: String)
    /// An address to send to is none.
    case invalidAddress(reason: String)

    /// One sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .invalidSigningKey(let reason):
            "The webhook's signing key cannot be used: \(reason). Use 'whsec_' and 24 to 64 random bytes in base64."
        case .invalidTemplate(let reason):
            "The template cannot be read: \(reason). Close each section that it opens, and each pair of braces."
        case .invalidAddress(let reason):
            "The report cannot be addressed: \(reason). Correct the receiver's URL in the configuration."
        }
    }
}
