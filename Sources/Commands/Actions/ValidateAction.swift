internal import Configuration
internal import Jobs

/// Checks a configuration and prints what is wrong with it: that is the command's result, so it is data.
struct ValidateAction {
    let file: String
    let format: DiagnosticFormat

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        do {
            let loaded = try program.load(file)
            try show(DiagnosticReport(file: file, isValid: true, diagnostics: loaded.warnings), program.console)
            if format == .text { try summarize(loaded.configuration, program.console) }
            return .success
        } catch let error as InvalidConfiguration {
            try show(DiagnosticReport(file: file, isValid: false, diagnostics: error.diagnostics), program.console)
            return .configuration
        }
    }

    private func show(_ report: DiagnosticReport, _ console: Console) throws {
        let text = report.render(as: format, color: console.usesOutputColor, version: ProgramVersion.current)
        try console.write(Array(text.utf8))
    }

    private func summarize(_ configuration: Configuration, _ console: Console) throws {
        let counts = [
            HumanText.count(configuration.jobs.count, "job"),
            HumanText.count(configuration.destinations.count, "destination"),
            HumanText.count(configuration.reports.count, "report"),
        ]
        try console.print("\(file) is valid: \(counts.joined(separator: ", ")).")
    }
}
