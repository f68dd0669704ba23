extension DiagnosticReport {
    /// One workflow command a problem: `::error file=…,line=…::message`.
    ///
    /// - SeeAlso: “Workflow commands for GitHub Actions”; what is escaped, and how, is what the runner undoes.
    var github: String {
        diagnostics.map { "\($0.github)\n" }.joined()
    }
}

extension Diagnostic {
    fileprivate var github: String {
        var properties: [(String, String)] = []
        // A variable or a flag of the command line is no file, and has no lines.
        if line > 0 { properties += [("file", file), ("line", "\(line)"), ("endLine", "\(endLine)")] }
        // Columns are only shown for a place on one line, and the last one belongs to the place.
        if line > 0, line == endLine {
            properties += [("col", "\(column)"), ("endColumn", "\(max(column, endColumn - 1))")]
        }
        properties.append(("title", code.rawValue))
        let list = properties.map { "\($0.0)=\(Self.escapedProperty($0.1))" }.joined(separator: ",")
        return "::\(severity.rawValue) \(list)::\(Self.escaped(line > 0 ? paragraph : "\(file): \(paragraph)"))"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r\n", with: "%0D%0A").replacing("\r", with: "%0D")
            .replacing("\n", with: "%0A")
    }

    private static func escapedProperty(_ text: String) -> String {
        escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
