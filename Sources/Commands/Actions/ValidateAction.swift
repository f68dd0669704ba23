internal import Configuration
internal import JSON
internal import Jobs

/// Checks a configuration and prints what is wrong with it: that is the command's result, so it is data.
struct ValidateAction {
    let input: ConfigurationInput
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        do {
            let loaded = try program.load(input)
            guard loaded.violations.isEmpty else {
                try show(loaded.diagnostics, of: nil, program.console)
                return .configuration
            }
            try show(loaded.warnings, of: loaded.configuration, program.console)
            return .success
        } catch let error as InvalidConfiguration {
            try show(error.diagnostics, of: nil, program.console)
            return .configuration
        }
    }

    private func show(_ diagnostics: [Diagnostic], of configuration: Configuration?, _ console: Console) throws {
        if json {
            try console.print(
                document: "validation",
                [
                    .init("file", .string(input.label)), .init("valid", .bool(configuration != nil)),
                    .init("diagnostics", .array(diagnostics.map(\.json))),
                ])
            return
        }
        guard let configuration else {
            return try console.write(Array(Diagnostic.render(diagnostics, file: input.label).utf8))
        }
        if !diagnostics.isEmpty {
            try console.write(Array(Diagnostic.render(diagnostics, file: input.label).utf8))
        }
        let counts = [
            HumanText.count(configuration.jobs.count, "job"),
            HumanText.count(configuration.destinations.count, "destination"),
            HumanText.count(configuration.reports.count, "report"),
        ]
        try console.print("\(input.label) is valid: \(counts.joined(separator: ", ")).")
    }
}

extension Diagnostic {
    fileprivate var json: JSONValue {
        .object([
            .init("code", .string(code.rawValue)), .init("severity", .string(severity.rawValue)),
            .init("message", .string(message)), .init("file", .string(file)), .init("line", .integer(Int64(line))),
            .init("column", .integer(Int64(column))), .init("end_line", .integer(Int64(endLine))),
            .init("end_column", .integer(Int64(endColumn))), .init("notes", .array(notes.map { .string($0) })),
            .init("help", .array(help.map { .string($0) })),
        ])
    }
}
