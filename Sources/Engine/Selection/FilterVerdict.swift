/// What a ``FilterSet`` says about a path, and why.
public struct FilterVerdict: Sendable, Hashable {
    /// What happens to the path.
    public enum Outcome: Sendable, Hashable {
        /// It is backed up; a folder is looked into.
        case included
        /// It is left out; a folder with everything below.
        case excluded
        /// A folder that is not backed up itself, but may contain what is.
        case traversed
    }

    /// What happens to the path.
    public let outcome: Outcome
    /// The index of the rule that decided, or `nil` when none matched.
    public let ruleIndex: Int?
}
