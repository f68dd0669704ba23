public import Configuration
internal import Glibc
public import Logging
public import Reporting
public import Secrets
public import Support
public import Transport
internal import YAML

/// The report about a run that could not begin because its configuration is invalid.
///
/// Which job should have run is nobody's guess, so it goes to every receiver that can be made out: the mistake mostly
/// is elsewhere in the file.
public struct EarlyReport: Sendable {
    private let error: InvalidConfiguration
    private let readable: Configuration?
    private let secrets: SecretStore

    /// Reads what can be read of a configuration.
    /// - Parameters:
    ///   - error: what is wrong with it.
    ///   - path: the file.
    ///   - environment: the variables of the process.
    ///   - mask: learns the secrets.
    public init(_ error: InvalidConfiguration, path: String, environment: [String: String], mask: SecretMask) {
        self.error = error
        readable = ReadableParts(path: path, environment: environment)?.configuration
        secrets = SecretStore(sources: readable?.secrets ?? [:], environment: environment, mask: mask)
    }

    /// Sends the report to every receiver that could be read; blocks the calling thread.
    /// - Returns: what came of it, for each receiver.
    @discardableResult
    public func send(
        logger: Logger, transport: Transport = Transport(version: ProgramVersion.current),
        policy: DeliveryPolicy = DeliveryPolicy(), now: Timestamp = .now()
    ) -> [ReportReceipt] {
        guard let readable, !readable.reports.isEmpty else { return [] }
        let wanted: Set<ReportSpecification.Event> = [.failure, .configChanged]
        let receivers = readable.reports.values.filter { !$0.events.isDisjoint(with: wanted) }.sorted {
            $0.name < $1.name
        }
        return ReportDelivery(secrets: secrets, transport: transport, policy: policy, logger: logger)
            .send(report(at: now), to: receivers)
    }

    private func report(at now: Timestamp) -> RunReport {
        let problems = error.diagnostics.map { diagnostic in
            RunReport.Problem(
                code: diagnostic.code.rawValue, severity: diagnostic.severity == .error ? .error : .warning,
                message: "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column): \(diagnostic.message)")
        }
        return RunReport(
            instance: .init(name: readable?.instance ?? "dunnage", version: ProgramVersion.current),
            run: .init(
                id: RunIdentifier(at: now).description, trigger: .manual, started: now, finished: now,
                result: .failure, exitCode: ExitCode.configuration.rawValue),
            problems: problems)
    }
}

/// The sections of an invalid configuration that say who is to be told, read on their own.
private struct ReadableParts {
    let configuration: Configuration

    /// What a configuration needs beside them: a job, and a use for every secret.
    private static func rest(using secrets: [String]) -> String {
        let uses = secrets.map { "${secret:\($0)}" }.joined()
        return """
            version: 1
            destinations: {none: {url: "file:///nonexistent", options: {none: "\(uses)"}}}
            jobs: {none: {sources: [{path: /nonexistent}], encryption: none, destinations: [none]}}

            """
    }

    init?(path: String, environment: [String: String]) {
        guard let bytes = Self.read(path), let source = try? SourceText(utf8: bytes) else { return nil }
        let entries = YAMLDocument(parsing: source).root?.entries ?? []
        guard !entries.isEmpty, entries.allSatisfy({ $0.keyRange.start.column == 1 }) else { return nil }
        let folder = Self.folder(of: path)
        let secrets = entries.first { $0.key == "secrets" }?.value.entries?.map(\.key) ?? []
        // The name of the instance may be what is wrong.
        for wanted in [["instance", "secrets", "reports"], ["secrets", "reports"]] {
            let text = Self.rest(using: secrets) + Self.sections(wanted, of: entries, in: source)
            let loaded = try? ConfigurationLoader.load(
                utf8: Array(text.utf8), file: path, folder: folder, environment: environment)
            if let loaded {
                configuration = loaded.configuration
                return
            }
        }
        return nil
    }

    /// The lines of some top-level keys, and of the `x-` keys that they may refer to.
    private static func sections(_ wanted: [String], of entries: [Node.Entry], in source: SourceText) -> String {
        let starts = entries.map(\.keyRange.start.index).sorted()
        let chosen = entries.filter { wanted.contains($0.key) || $0.key.hasPrefix("x-") }
        return chosen.map { entry in
            let start = entry.keyRange.start.index
            let end = starts.first { $0 > start } ?? source.characters.count
            return source.text(start..<end) + "\n"
        }.joined()
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(path), let size = try? file.size(), size < 16 << 20 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let count = bytes.withUnsafeMutableBytes { try? file.read(into: $0, at: 0) }
        return count.map { Array(bytes[..<$0]) }
    }

    /// The absolute path of the file's folder, where relative paths of a configuration begin.
    private static func folder(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return "/" }
        defer { free(resolved) }
        let absolute = String(cString: resolved)
        return absolute.lastIndex(of: "/").map { $0 == absolute.startIndex ? "/" : String(absolute[..<$0]) } ?? "/"
    }
}
