internal import Configuration
internal import Jobs

/// Formats a configuration, and points at the passwords that are written in it.
struct ConfigFormatAction {
    /// What is done with the result.
    enum Use {
        case print
        case check
        case write
    }

    let file: String
    let use: Use

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let original = try ConfigurationText.read(file)
        let text = try ConfigurationFormatter.formatted(utf8: original.bytes, file: file)
        let isUsual = Array(text.utf8) == original.bytes
        try pointAtSecrets(program)
        switch use {
        case .print:
            try program.console.write(Array(text.utf8))
        case .check:
            if !isUsual {
                try program.console.print("\(file) is not in its usual form; `dunnage config fmt --fix` writes it.")
            }
            return isUsual ? .success : .failure
        case .write:
            if !isUsual { try original.replace(with: text) }
            try program.console.print(
                isUsual ? "\(file) is in its usual form." : "\(file) was written in its usual form.")
        }
        return .success
    }

    /// A secret cannot be moved for anybody: where it is to be found is not for a formatter to decide.
    private func pointAtSecrets(_ program: Program) throws {
        let found: [Diagnostic]
        do {
            found = try program.load(ConfigurationInput([file])).warnings
        } catch let error as InvalidConfiguration {
            found = error.diagnostics
        }
        for diagnostic in found where diagnostic.code == .literalSecret {
            program.console.log(diagnostic.render(color: program.console.usesColor))
        }
    }
}
