/// A filter: an expression in Duplicati's language, and what to do with the paths that match.
public struct FilterRule: Sendable, Hashable {
    /// What happens to a path that matches.
    public enum Action: String, Sendable, Hashable {
        /// It is backed up.
        case include
        /// It is left out, with everything below it.
        case exclude
    }

    /// What happens to a path that matches.
    public let action: Action
    /// A path, a glob, `[a regular expression]`, `{a group}` or `@a literal path`.
    public let expression: String
}
