internal import Destinations
internal import Engine
internal import JSON
internal import Jobs
internal import Secrets
internal import Support

/// Copies a store to another destination.
struct DestinationSyncAction {
    let source: String
    let target: String
    let destinations: DestinationOptions
    let passphraseFile: String?
    let options: SyncOptions
    let isDryRun: Bool
    let json: Bool

    func perform(_ program: Program) throws -> Jobs.ExitCode {
        let start = ContinuousClock.now
        let named = try NamedDestinations([source, target], destinations, program)
        // A URL with a job's name in it means as many places as there are jobs.
        guard named.items.count == 2 else {
            throw Failure(
                .configuration, .usage, "Several jobs have stores there. Name the one that is meant: '--job <name>'.")
        }
        let (from, to) = (try named.items[0].open(true), try named.items[1].open(true))
        guard from.destination.label != to.destination.label else {
            throw Failure(.configuration, .usage, "\(from.destination.label) cannot be copied to itself.")
        }
        let passphrase = try passphrase(named, program)
        let problems = ProblemLog(observer: ProblemLogging(named.setting.logger).observer)
        let run = SyncRun(
            from: from.destination, to: to.destination, prefix: from.prefix, options: options, problems: problems,
            progress: named.progress, cancellation: program.interruption.cancellation)
        let summary = try watch(named) {
            try isDryRun
                ? run.preview()
                : run.run(lease: LeaseRequest(activity: "destination sync"), passphrase: passphrase)
        }
        try program.tell {
            if json {
                try program.console.print(
                    document: "destination-sync",
                    [
                        .init("from", .string(from.destination.label)), .init("to", .string(to.destination.label)),
                        .init("dry_run", .bool(isDryRun)),
                    ] + summary.json)
            } else if !program.output.isQuiet {
                let text = SyncText(
                    summary, from: from.destination.label, to: to.destination.label, isDryRun: isDryRun,
                    took: ContinuousClock.now - start)
                for line in text.lines { try program.console.print(PrintableText.escaped(line)) }
            }
        }
        return .success
    }

    private func watch(_ named: NamedDestinations, _ body: () throws -> SyncSummary) throws -> SyncSummary {
        named.setting.progress.watch(named.progress)
        defer { named.setting.progress.watch(nil) }
        return try body()
    }

    private func passphrase(_ named: NamedDestinations, _ program: Program) throws(Failure) -> Secret? {
        guard let passphraseFile else {
            let own = try named.items[0].passphrase()
            return if let own { own } else { try named.items[1].passphrase() }
        }
        let store = SecretStore(
            sources: ["passphrase": .file(passphraseFile)], environment: [:], mask: program.mask)
        do {
            return try store.secret(SecretReference("passphrase"))
        } catch {
            throw Failure(error)
        }
    }
}
