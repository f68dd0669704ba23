internal import Support

/// Something that secrets come from.
protocol SecretProvider: Sendable, Hashable {
    /// Where the value is, for people; without credentials.
    var provenance: String { get }

    /// Gets the value; blocks.
    func fetch(_ session: SecretSession) throws(SecretError) -> Secret
}
