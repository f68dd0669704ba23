internal import Configuration
internal import Jobs

/// Checks a configuration and prints what is wrong with it: that is the command's result, so it is data.
struct ValidateAction {
    let input: ConfigurationInput
    let format: DiagnosticFormat

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        do {
            let loaded = try program.load(input)
            let isValid = loaded.violations.isEmpty
            try show(loaded.diagnostics, isValid, program.console)
            guard isValid else { return .configuration }
            if format == .text { try summarize(loaded.configuration, program.console) }
            return .success
        } catch let error as InvalidConfiguration {
            try show(error.diagnostics, false, program.console)
            return .configuration
        }
    }

    private func show(_ diagnostics: [Diagnostic], _ isValid: Bool, _ console: Console) throws {
        let report = DiagnosticReport(file: input.label, isValid: isValid, diagnostics: diagnostics)
        let text = report.render(as: format, color: console.usesOutputColor, version: ProgramVersion.current)
        try console.write(Array(text.utf8))
    }

    private func summarize(_ configuration: Configuration, _ console: Console) throws {
        let counts = [
            HumanText.count(configuration.jobs.count, "job"),
            HumanText.count(configuration.destinations.count, "destination"),
            HumanText.count(configuration.reports.count, "report"),
        ]
        try console.print("\(input.label) is valid: \(counts.joined(separator: ", ")).")
    }
}
