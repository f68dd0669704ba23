internal import Configuration
internal import Glibc
internal import JSON
internal import Jobs
internal import Ledger
internal import Support

/// Ends the quarantine of a job's versions, or shows what is in it.
struct AcknowledgeAction {
    let job: String
    let input: ConfigurationInput
    let reason: String?
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let configuration = try program.load(input).configuration
        let setting = program.setting(configuration.runtime)
        let name = try configuration.findJob(job).name
        let state = StateFolder(configuration.runtime.stateDirectory, environment: program.environment)
        var found: [Quarantine] = []
        // Who has never run a job here has quarantined nothing, and gets no ledger for asking.
        if access(state.ledger, F_OK) == 0 {
            let ledger = try Ledger(path: state.ledger)
            found =
                isDryRun
                ? try ledger.quarantines(of: name) : try ledger.acknowledge(name, reason: reason, at: Timestamp.now())
        }
        try program.tell {
            guard !json else {
                return try program.console.print(
                    document: "acknowledgement",
                    [
                        .init("job", .string(name)), .init("dry_run", .bool(isDryRun)),
                        .init("reason", reason.map { .string($0) } ?? .null),
                        .init("quarantines", .array(found.map { $0.json })),
                    ])
            }
            for quarantine in found { try show(quarantine, setting, program.console) }
            guard !program.output.isQuiet else { return }
            try program.console.print(closing(found.count, name))
        }
        return .success
    }

    private func show(_ quarantine: Quarantine, _ setting: OutputSetting, _ console: Console) throws {
        let version = quarantine.version.map { "version of \(setting.zone.text($0))" } ?? "no new version"
        try console.print(
            "\(quarantine.destination): \(version), in quarantine since \(setting.zone.text(quarantine.since))")
        for finding in quarantine.findings { try console.print("  \(finding)") }
    }

    private func closing(_ count: Int, _ name: String) -> String {
        guard count > 0 else { return "Nothing of \(name) is in quarantine." }
        return isDryRun
            ? "Nothing was changed (--dry-run). No version of \(name) is deleted until it is acknowledged."
            : "Acknowledged. From the next run of \(name) on, old versions are deleted again."
    }
}

extension Quarantine {
    /// The quarantine for machines.
    fileprivate var json: JSONValue {
        .object([
            .init("destination", .string(destination)), .init("run", .string(run)),
            .init("version", version.map { .string($0.iso8601) } ?? .null), .init("since", .string(since.iso8601)),
            .init("findings", .array(findings.map { .string($0) })),
        ])
    }
}
