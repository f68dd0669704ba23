internal import Configuration
internal import Jobs

/// Prints what a code means.
struct ExplainCodeAction {
    let code: String

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        guard let entry = CodeDirectory.entry(of: code) else {
            let advice = CodeDirectory.similar(to: code).map { " Did you mean `\($0)`?" } ?? ""
            throw Failure(
                .notFound, .usage,
                "There is no code `\(PrintableText.escaped(code))`.\(advice) docs/diagnostics.md lists all codes.")
        }
        try program.console.write(Array(entry.explanation.render(for: entry.code).utf8))
        return .success
    }
}
