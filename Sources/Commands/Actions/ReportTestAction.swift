internal import Configuration
internal import JSON
internal import Jobs
internal import Reporting
internal import Secrets
internal import Support

/// Sends one report to one receiver, and shows the answer.
struct ReportTestAction {
    let name: String
    let event: String
    let job: String?
    let configuration: ConfigurationInput
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let loaded = try program.load(configuration)
        guard let receiver = loaded.configuration.reports[name] else {
            let names = loaded.configuration.reports.keys.sorted().joined(separator: ", ")
            throw Failure(
                .notFound, .usage,
                "There is no report '\(name)' in the configuration. It has \(names.isEmpty ? "none" : names).")
        }
        guard let event = RunReport.Event(rawValue: event) else {
            let events = RunReport.Event.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.notFound, .usage, "'\(event)' is no event of reports. They are \(events).")
        }
        let chosen =
            try job.map { try loaded.configuration.findJob($0) }
            ?? loaded.configuration.jobs.first { $0.reports.contains(name) } ?? loaded.configuration.jobs.first
        let secrets = SecretStore(of: loaded.configuration, environment: program.environment, mask: program.mask)
        let report = SampleReport(of: event, job: chosen, in: loaded.configuration, at: .now()).report
        let attempts = try ReportTrial(receiver, secrets: secrets).send(
            report, cancellation: program.interruption.preparations)
        let code = Jobs.ExitCode.worst(of: attempts.map(\.exitCode))
        try program.tell {
            if json {
                try program.console.print(
                    document: "report-test",
                    [
                        .init("exit_code", .integer(Int64(code.rawValue))), .init("report", .string(name)),
                        .init("event", .string(event.rawValue)),
                        .init("messages", .array(attempts.map { $0.json(masking: program.mask) })),
                    ])
                return
            }
            if attempts.isEmpty { try program.console.print("\(name): nothing is sent for '\(event.rawValue)'.") }
            for attempt in attempts {
                try program.console.print("\(name): \(program.mask.apply(to: attempt.detail))")
                let answer = PrintableText.escaped(program.mask.apply(to: attempt.answer))
                if !answer.isEmpty { try program.console.print("  it answered: \(answer)") }
            }
        }
        return code
    }
}

extension DeliveryAttempt {
    fileprivate var exitCode: Jobs.ExitCode {
        switch outcome {
        case .delivered: .success
        case .postponed, .cancelled: .temporary
        case .refused: .failure
        }
    }

    fileprivate func json(masking mask: SecretMask) -> JSONValue {
        .object([
            .init("delivered", .bool(isDelivered)), .init("may_help_later", .bool(exitCode == .temporary)),
            .init("detail", .string(mask.apply(to: detail))), .init("answer", .string(mask.apply(to: answer))),
        ])
    }
}
