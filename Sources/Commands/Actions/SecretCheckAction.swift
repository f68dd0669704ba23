internal import Configuration
internal import JSON
internal import Jobs
internal import Secrets

/// Fetches every secret and prints where each comes from and how long it is: no value.
struct SecretCheckAction {
    let input: ConfigurationInput
    let names: [String]
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let configuration = try program.load(input).configuration
        let store = SecretStore(of: configuration, environment: program.environment, mask: program.mask)
        let known = Set(store.names)
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw Failure(
                .notFound, .usage,
                "There is no secret “\(unknown)”. Defined: \(store.names.joined(separator: ", ")).")
        }
        let findings = store.findings(names.isEmpty ? nil : names)
        let code = Self.exitCode(findings)
        try program.tell {
            if json {
                try program.console.print(
                    document: "secret-check",
                    [
                        .init("exit_code", .integer(Int64(code.rawValue))),
                        .init("secrets", .array(findings.map { $0.json(masking: program.mask.apply) })),
                    ])
            } else {
                try show(findings, program)
            }
        }
        return code
    }

    private static func exitCode(_ findings: [SecretFinding]) -> Jobs.ExitCode {
        let errors = findings.compactMap(\.error)
        if errors.isEmpty { return .success }
        return errors.allSatisfy(\.isTransient) ? .temporary : .configuration
    }

    private func show(_ findings: [SecretFinding], _ program: Program) throws {
        guard !findings.isEmpty else { return try program.console.print("\(input.label) has no secrets.") }
        var table = Table([("NAME", .left), ("LENGTH", .left), ("FROM", .left)])
        for finding in findings {
            let length =
                switch finding.result {
                case .success(let length): length.rawValue
                case .failure: "-"
                }
            table.add([finding.name, length, program.mask.apply(to: finding.provenance)])
        }
        for line in table.lines { try program.console.print(line) }
        for error in findings.compactMap(\.error) {
            let text = error.description
            try program.console.print(
                PrintableText.escaped(program.mask.apply(to: text.prefix(1).uppercased() + text.dropFirst())))
        }
    }
}

extension SecretFinding {
    fileprivate func json(masking mask: (String) -> String) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("from", .string(mask(provenance))),
            .init("resolved", .bool(error == nil)),
        ]
        switch result {
        case .success(let length): members.append(.init("length", .string(length.rawValue)))
        case .failure(let error):
            members.append(.init("error", .string(mask(error.description))))
            members.append(.init("temporary", .bool(error.isTransient)))
        }
        return .object(members)
    }
}
