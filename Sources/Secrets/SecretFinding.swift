public import Support

/// What came of fetching one secret, without its value.
public struct SecretFinding: Sendable, Hashable {
    /// How long a value is, as closely as may be told.
    public enum LengthClass: String, Sendable, Hashable, CaseIterable {
        /// Less than 8 bytes.
        case short = "<8"
        /// 8 to 15 bytes.
        case medium = "8-15"
        /// 16 to 31 bytes.
        case long = "16-31"
        /// 32 to 63 bytes.
        case veryLong = "32-63"
        /// 64 bytes and more.
        case huge = "64+"

        /// The class of a value.
        public init(of secret: Secret) {
            switch secret.count {
            case ..<8: self = .short
            case ..<16: self = .medium
            case ..<32: self = .long
            case ..<64: self = .veryLong
            default: self = .huge
            }
        }
    }

    /// The secret's name, or the dotted path of a credential that is written in place.
    public let name: String
    /// Where it comes from, without credentials.
    public let provenance: String
    /// How long it is, or why it cannot be had.
    public let result: Result<LengthClass, SecretError>

    /// The error, if it cannot be had.
    public var error: SecretError? {
        if case .failure(let error) = result { error } else { nil }
    }
}

extension SecretStore {
    /// Fetches secrets to see whether they can be had.
    /// - Parameter names: which; all of them unless told.
    /// - Returns: a finding for each, in that order.
    public func findings(_ names: [String]? = nil) -> [SecretFinding] {
        (names ?? self.names).map { name in
            let result: Result<SecretFinding.LengthClass, SecretError>
            do throws(SecretError) {
                result = .success(.init(of: try secret(SecretReference(name))))
            } catch {
                result = .failure(error)
            }
            return SecretFinding(name: name, provenance: provenance(of: name) ?? "nowhere", result: result)
        }
    }
}
