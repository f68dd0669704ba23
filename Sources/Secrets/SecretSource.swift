public import Support

/// Where a secret comes from.
public enum SecretSource: Sendable, Hashable {
    /// A variable of the environment.
    case environment(String)
    /// A file that holds the secret and nothing else; one newline at its end does not count.
    case file(String)
    /// The secret itself, as found in the configuration.
    case literal(Secret)
    /// A text that other secrets are part of.
    case composed(Template)
}
