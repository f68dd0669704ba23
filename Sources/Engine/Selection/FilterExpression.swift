/// One filter expression, checked and ready to be compiled into a ``FilterSet``.
///
/// The notation is Duplicati's:
/// - text without `*` and `?` is a complete path; folders end with `/`;
/// - text with `*` or `?` is a glob over the complete path; `*` stands for any characters including `/`, `?` for one;
/// - `[…]` is a regular expression that has to match the complete path;
/// - `{…}` is a list of ``FilterGroup`` names;
/// - `@…` is a complete path, whatever characters it contains.
///
/// `%NAME%` stands for a variable of the ``FilterContext``.
public struct FilterExpression: Sendable, CustomStringConvertible {
    /// The expression as it was written.
    public let text: String
    let patterns: [Pattern]

    enum Pattern: Sendable {
        case glob(Glob)
        case regularExpression(RegularExpression)
    }

    /// Reads an expression.
    /// - Throws: `FilterError` that names the expression and what is wrong with it.
    public init(_ text: String, in context: FilterContext = FilterContext()) throws(FilterError) {
        guard !text.isEmpty else { throw .empty }
        let expanded = context.expandingVariables(in: text)
        self.text = text
        if expanded.count >= 2, expanded.hasPrefix("["), expanded.hasSuffix("]") {
            let pattern = String(expanded.dropFirst().dropLast())
            patterns = [.regularExpression(try RegularExpression(pattern, expression: text))]
        } else if expanded.count >= 2, expanded.hasPrefix("{"), expanded.hasSuffix("}") {
            let list = String(expanded.dropFirst().dropLast())
            patterns = try FilterGroup.patterns(ofList: list, expression: text, in: context).map { .glob(Glob($0)) }
        } else if expanded.hasPrefix("@") {
            guard expanded.count > 1 else { throw .empty }
            patterns = [.glob(Glob(literal: String(expanded.dropFirst())))]
        } else {
            patterns = [.glob(Glob(expanded))]
        }
    }

    /// Reads an argument of `find` or `restore`, where shorter forms are understood.
    ///
    /// A bare name means that name in any folder, and a folder means what is in it too.
    /// - Throws: `FilterError` as `init(_:in:)`.
    public init(argument: String, in context: FilterContext = FilterContext()) throws(FilterError) {
        let isBracketed =
            argument.hasPrefix("[") && argument.hasSuffix("]") || argument.hasPrefix("{") && argument.hasSuffix("}")
        if isBracketed {
            try self.init(argument, in: context)
        } else if argument.hasPrefix("@") {
            guard !argument.contains("/"), argument.count > 1 else {
                try self.init(argument, in: context)
                return
            }
            self.init(text: argument, patterns: [.glob(Glob(anyFolderFollowedBy: String(argument.dropFirst())))])
        } else if argument.hasSuffix("/") {
            try self.init(argument + "*", in: context)
        } else if !argument.contains(where: { "/*?".contains($0) }) {
            try self.init("*/" + argument, in: context)
        } else {
            try self.init(argument, in: context)
        }
    }

    private init(text: String, patterns: [Pattern]) {
        self.text = text
        self.patterns = patterns
    }

    /// The expression as it was written.
    public var description: String { text }
}
