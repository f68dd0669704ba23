/// The name of a secret that is looked up when it is needed.
public struct SecretReference: Sendable, Hashable, CustomStringConvertible {
    /// The name under `secrets:`, or the dotted path of a credential that is written in place.
    public let name: String

    /// Refers to the secret of that name.
    public init(_ name: String) {
        self.name = name
    }

    /// The reference as it is written in a configuration: `${secret:name}`.
    public var description: String { "${secret:\(name)}" }
}
