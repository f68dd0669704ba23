/// What the check of a configuration has found.
public struct DiagnosticReport: Sendable, Hashable {
    /// The path that was checked, as it was given.
    public let file: String
    /// Whether it can be used.
    public let isValid: Bool
    /// All problems, in the order of the files.
    public let diagnostics: [Diagnostic]

    /// A report from its parts.
    public init(file: String, isValid: Bool, diagnostics: [Diagnostic]) {
        self.file = file
        self.isValid = isValid
        self.diagnostics = diagnostics
    }

    /// How many problems keep the configuration from being used.
    var errors: Int { diagnostics.count { $0.severity == .error } }
    /// How many problems do not.
    var warnings: Int { diagnostics.count - errors }

    /// The report in a form.
    /// - Parameters:
    ///   - format: the form.
    ///   - color: whether the text is for a terminal that shows colours; the other forms have none.
    ///   - version: the program's version, which SARIF names.
    /// - Returns: the text, with a line break at its end; empty in the forms that say nothing when nothing is wrong.
    public func render(as format: DiagnosticFormat, color: Bool = false, version: String) -> String {
        switch format {
        case .text: diagnostics.isEmpty ? "" : Diagnostic.render(diagnostics, file: file, color: color)
        case .json: json
        case .sarif: sarif(version: version)
        case .github: github
        case .junit: junit
        }
    }
}

extension Diagnostic {
    /// The message with notes and help, for the forms that have one text only.
    var paragraph: String {
        ([message] + notes.map { "note: \($0)" } + help.map { "help: \($0)" }).joined(separator: "\n")
    }
}
