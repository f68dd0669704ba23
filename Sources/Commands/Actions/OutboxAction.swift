internal import Configuration
internal import JSON
internal import Jobs
internal import Ledger
internal import Reporting
internal import Secrets
internal import Support
internal import Transport

/// Shows, delivers and gives up what waits in the outbox.
struct OutboxAction {
    let configuration: ConfigurationInput
    let json: Bool

    /// The outbox of a configuration.
    private struct Opened {
        let configuration: Configuration
        let ledger: Ledger
        let outbox: Outbox
        let setting: OutputSetting
    }

    private func open(_ program: Program) throws -> Opened {
        let configuration = try program.load(configuration).configuration
        let state = StateFolder(configuration.runtime.stateDirectory, environment: program.environment)
        if !configuration.runtime.isStateless { try state.prepare() }
        let ledger = try Ledger(path: configuration.runtime.isStateless ? nil : state.ledger)
        return Opened(
            configuration: configuration, ledger: ledger,
            outbox: Outbox(ledger, instance: configuration.instance),
            setting: program.setting(configuration.runtime))
    }

    func list(_ program: Program) throws -> Jobs.ExitCode {
        do {
            try show(try open(program), program)
        } catch let error as LedgerError {
            throw Failure(error)
        }
        return .success
    }

    func flush(_ program: Program) throws -> Jobs.ExitCode {
        do {
            let opened = try open(program)
            let secrets = SecretStore(of: opened.configuration, environment: program.environment, mask: program.mask)
            try opened.outbox.hasten(to: .now())
            let delivery = OutboxDelivery(
                ledger: opened.ledger, configuration: opened.configuration, secrets: secrets,
                transport: Transport(version: ProgramVersion.current), policy: DeliveryPolicy(),
                logger: opened.setting.logger, cancellation: program.interruption.preparations)
            let results = try delivery.deliverDue(now: .now())
            if !json, !program.output.isQuiet {
                try program.tell {
                    for result in results {
                        let text =
                            "\(result.entry.draft.receiver): \(result.entry.draft.title): \(result.attempt.detail)"
                        try program.console.print(PrintableText.escaped(program.mask.apply(to: text)))
                    }
                }
            }
            try show(opened, program)
            if results.contains(where: { $0.attempt.outcome == .refused }) { return .failure }
            return try opened.outbox.entries().isEmpty ? .success : .temporary
        } catch let error as LedgerError {
            throw Failure(error)
        }
    }

    func drop(_ number: Int64, _ program: Program) throws -> Jobs.ExitCode {
        do {
            let opened = try open(program)
            guard try opened.outbox.drop(number: number, because: "Somebody gave it up.") else {
                throw Failure(.notFound, .failure, "The outbox has no report with the number \(number).")
            }
            try program.tell { try program.console.print("Report \(number) was given up.") }
            return .success
        } catch let error as LedgerError {
            throw Failure(error)
        }
    }

    private func show(_ opened: Opened, _ program: Program) throws {
        let entries = try opened.outbox.entries()
        let tallies = try opened.outbox.tallies()
        try program.tell {
            if json {
                try program.console.print(
                    document: "outbox",
                    [
                        .init("waiting", .array(entries.map(\.json))),
                        .init("receivers", .array(tallies.map(\.json))),
                    ])
                return
            }
            guard !program.output.isQuiet else { return }
            for line in text(entries, tallies) { try program.console.print(line) }
        }
    }

    private func text(_ entries: [OutboxEntry], _ tallies: [OutboxTally]) -> [String] {
        var lines: [String] = []
        if entries.isEmpty {
            lines.append("No report waits.")
        } else {
            var table = Table([
                ("NUMBER", .right), ("RECEIVER", .left), ("EVENT", .left), ("TITLE", .left), ("TRIES", .right),
                ("NEXT", .left), ("LAST FAILURE", .left),
            ])
            for entry in entries {
                table.add([
                    "\(entry.number)", entry.draft.receiver, entry.draft.event, entry.draft.title,
                    "\(entry.attempts)", entry.due.iso8601, entry.failure ?? "-",
                ])
            }
            lines += table.lines
        }
        for tally in tallies where tally.dropped > 0 {
            let reason = tally.reason.map { ", the last one because: \($0)" } ?? ""
            lines.append(
                PrintableText.escaped(
                    "\(tally.receiver): \(HumanText.count(Int(tally.dropped), "report")) given up\(reason)"))
        }
        return lines
    }
}

extension OutboxEntry {
    fileprivate var json: JSONValue {
        .object([
            .init("number", .integer(number)), .init("receiver", .string(draft.receiver)),
            .init("job", draft.job.map { .string($0) } ?? .null), .init("id", .string(draft.message)),
            .init("event", .string(draft.event)), .init("title", .string(draft.title)),
            .init("created", .string(draft.created.iso8601)), .init("next_attempt", .string(due.iso8601)),
            .init("attempts", .integer(Int64(attempts))), .init("failure", failure.map { .string($0) } ?? .null),
        ])
    }
}

extension OutboxTally {
    fileprivate var json: JSONValue {
        .object([
            .init("receiver", .string(receiver)), .init("delivered", .integer(delivered)),
            .init("dropped", .integer(dropped)), .init("reason", reason.map { .string($0) } ?? .null),
        ])
    }
}
