/// What a matching rule does with a path.
public enum FilterAction: Sendable, Hashable {
    /// The path is backed up.
    case include
    /// The path is left out; a folder with everything below.
    case exclude
}

/// An expression and what to do with the paths that match it.
public struct FilterRule: Sendable, CustomStringConvertible {
    /// What is done with matching paths.
    public let action: FilterAction
    /// Which paths match.
    public let expression: FilterExpression

    /// A rule of its two parts.
    public init(_ action: FilterAction, _ expression: FilterExpression) {
        self.action = action
        self.expression = expression
    }

    /// Reads the notation of jobs: `+` or `-` followed by an expression.
    /// - Throws: `FilterError` when the sign is missing or the expression is bad.
    public init(_ notation: String, in context: FilterContext = FilterContext()) throws(FilterError) {
        let action: FilterAction
        switch notation.first {
        case "+": action = .include
        case "-": action = .exclude
        case nil: throw .empty
        default: throw .missingSign(rule: notation)
        }
        self.init(action, try FilterExpression(String(notation.dropFirst()), in: context))
    }

    /// The rule in the notation of jobs.
    public var description: String { (action == .include ? "+" : "-") + expression.text }
}
