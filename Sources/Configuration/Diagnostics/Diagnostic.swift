/// One problem of a configuration file.
public struct Diagnostic: Sendable, Hashable, Codable {
    /// How grave a problem is.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The configuration cannot be used.
        case error
        /// The configuration can be used, but should be better.
        case warning
    }

    /// The line of the file with the place marked, as it is shown.
    public struct Excerpt: Sendable, Hashable, Codable {
        /// The line; credentials are stars, what a terminal might obey is `�`, and long lines are cut.
        public let line: String
        /// `^~~~` under the place.
        public let underline: String
    }

    /// What kind of problem it is.
    public let code: DiagnosticCode
    /// How grave it is.
    public let severity: Severity
    /// One sentence.
    public let message: String
    /// The file's path as it was given; or the variable or flag that set the value, with no line and column.
    public let file: String
    /// The line, from 1; 0 for a variable or flag.
    public let line: Int
    /// The column in characters, from 1; 0 for a variable or flag.
    public let column: Int
    /// The line of the position after the place; 0 for a variable or flag.
    public let endLine: Int
    /// The column of the position after the place; 0 for a variable or flag.
    public let endColumn: Int
    /// More about it.
    public let notes: [String]
    /// What to do about it.
    public let help: [String]
    /// The line with the place marked; absent when the file could not be read.
    public let excerpt: Excerpt?

    /// Where it is, as editors understand it: `file:line:column`, or the name of a variable or flag.
    public var place: String { line == 0 ? file : "\(file):\(line):\(column)" }

    /// The problem as it is printed: a line that editors and `grep` understand, the source, notes and help.
    /// - Parameter color: whether it is for a terminal that shows colours.
    /// - Returns: lines, the last with its line break.
    public func render(color: Bool = false) -> String {
        let style = TerminalStyle(isOn: color)
        let mark = severity == .error ? TerminalStyle.Look.error : .warning
        let written = line == 0 ? "" : "\(line)"
        let margin = String(repeating: " ", count: written.count)
        let bar = style.text("|", .margin)
        let kind = style.text("\(severity.rawValue)[\(code.rawValue)]", mark)
        var lines = ["\(style.text("\(place):", .place)) \(kind): \(style.text(message, .place))"]
        if let excerpt {
            let number = style.text(written, .margin)
            lines.append("\(margin) \(bar)")
            lines.append(excerpt.line.isEmpty ? "\(number) \(bar)" : "\(number) \(bar) \(excerpt.line)")
            lines.append("\(margin) \(bar) \(style.text(excerpt.underline, mark))")
        }
        lines += notes.map { "\(margin) \(style.text("=", .margin)) \(style.text("note", .place)): \($0)" }
        lines += help.map { "\(margin) \(style.text("=", .margin)) \(style.text("help", .help)): \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Several problems as they are printed, with the count at the end.
    public static func render(_ diagnostics: [Diagnostic], file: String, color: Bool = false) -> String {
        let errors = diagnostics.count { $0.severity == .error }
        let blocks = diagnostics.map { $0.render(color: color) + "\n" }.joined()
        return "\(blocks)\(file): \(errors) error(s), \(diagnostics.count - errors) warning(s)\n"
    }
}
