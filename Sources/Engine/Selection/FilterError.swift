/// A filter that cannot be used.
public enum FilterError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The expression has no text.
    case empty
    /// A rule in job notation does not begin with `+` or `-`.
    case missingSign(rule: String)
    /// `{…}` names no group that exists.
    case unknownGroup(name: String, expression: String, suggestion: String?)
    /// A regular expression uses something that cannot be matched here.
    case unsupportedConstruct(construct: String, expression: String)
    /// A regular expression is not well formed.
    case malformedExpression(expression: String, reason: String)

    /// One sentence of cause and one of remedy.
    public var description: String {
        switch self {
        case .empty:
            "A filter expression is empty. Write a path, a pattern with * or ?, [a regular expression] or {a group}."
        case .missingSign(let rule):
            "The filter rule \"\(rule)\" says neither include nor exclude. Begin it with + or -."
        case .unknownGroup(let name, let expression, let suggestion):
            "The filter \(expression) names the group \"\(name)\", which does not exist. "
                + (suggestion.map { "Did you mean \"\($0)\"?" }
                    ?? "The groups are \(FilterGroup.allCases.map(\.rawValue).joined(separator: ", ")).")
        case .unsupportedConstruct(let construct, let expression):
            "The filter \(expression) uses \(construct), which is not supported. "
                + "Rewrite it without, or split it into several rules."
        case .malformedExpression(let expression, let reason):
            "The filter \(expression) is not a regular expression: \(reason). "
                + "For a path that really begins with [ and ends with ], put @ in front."
        }
    }
}
