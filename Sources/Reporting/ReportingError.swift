/// A report cannot be made ready for delivery.
public enum ReportingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The signing key is empty, or is no base64 after `whsec_`.
    case invalidSigningKey(reason: String)

    /// One sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .invalidSigningKey(let reason):
            "The webhook's signing key cannot be used: \(reason). Use 'whsec_' and 24 to 64 random bytes in base64."
        }
    }
}
