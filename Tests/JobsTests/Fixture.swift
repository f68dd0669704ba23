import Configuration
import Engine
import Glibc
import Jobs
import Ledger
import Logging
import Reporting
import Secrets
import Support
import Transport

/// A configuration, sources and a destination in a folder of their own.
struct Fixture {
    let folder: TemporaryFolder
    let lines = CapturingLogHandler.Lines()
    let mask = SecretMask()
    var environment: [String: String] = [:]

    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-job")
        for name in ["source", "backup"] { try FileTree.createFolder("\(path)/\(name)") }
        try write("hello\n", to: "source/hello.txt")
        try write("a passphrase of many words\n", to: "passphrase")
    }

    func write(_ text: String, to name: String) throws {
        let file = try FileDescriptor.open("\(path)/\(name)", flags: O_WRONLY | O_CREAT | O_TRUNC)
        try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    /// A job `home` that reports to `url`, with parts of the text replaced.
    func text(reportingTo url: String, replacing replacements: [(String, String)] = []) -> String {
        var text = """
            version: 1
            instance: laptop
            runtime:
              state_dir: \(path)/state
            secrets:
              passphrase:
                file: \(path)/passphrase
              report_key:
                env: REPORT_KEY
            destinations:
              disk:
                url: file://\(path)/backup
            jobs:
              home:
                sources:
                  - path: \(path)/source
                encryption:
                  passphrase:
                    secret: passphrase
                destinations: [disk]
                reports: [monitor]
            reports:
              monitor:
                webhook:
                  url: \(url)/hook
                  sign:
                    secret: report_key

            """
        for (old, new) in replacements { text = text.replacing(old, with: new) }
        return text
    }

    var logger: Logger {
        Logger(label: "test") { [lines, mask] _ in
            MaskingLogHandler(CapturingLogHandler(lines: lines), mask: mask)
        }
    }

    /// One attempt, without pauses.
    static let policy = DeliveryPolicy(attempts: 1, firstPause: .zero, timeout: .seconds(5))

    func context(_ text: String) throws -> RunContext {
        let loaded = try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "dunnage.yaml", folder: path, environment: environment)
        let configuration = loaded.configuration
        return RunContext(
            configuration: configuration,
            secrets: SecretStore(sources: configuration.secrets, environment: environment, mask: mask),
            state: StateFolder(configuration.runtime.stateDirectory, environment: environment),
            ledger: try Ledger(path: nil), logger: logger,
            transport: Transport(version: "test", usesProxies: false), deliveryPolicy: Self.policy,
            retryPolicy: RetryPolicy(attempts: 1))
    }

    func run(_ text: String) throws -> JobResult {
        let context = try context(text)
        return JobRun(try context.configuration.findJob("home"), in: context).run()
    }
}
