import Configuration
import Hooks
import Ledger
import Logging
import Secrets
import Support
import Synchronization
import Transport

/// What hooks have to do with, in a folder of its own.
struct HookFixture {
    let folder: TemporaryFolder
    let lines = Lines()
    let mask = SecretMask()
    var environment: [String: String]
    var stop = CancellationFlag()
    let ledger: Ledger

    var path: String { folder.path }
    var undoFolder: String { "\(path)/undo" }

    init(_ environment: [String: String] = [:]) throws {
        folder = try TemporaryFolder(prefix: "dunnage-hooks")
        self.environment = environment.merging(["PATH": "/usr/local/bin:/usr/bin:/bin"]) { own, _ in own }
        ledger = try Ledger(path: "\(folder.path)/ledger.sqlite")
    }

    var surroundings: HookSurroundings {
        let (lines, mask) = (lines, mask)
        return HookSurroundings(
            job: "home",
            secrets: SecretStore(
                sources: ["token": .literal(Secret("a-secret-token"))], environment: environment, mask: mask),
            transport: Transport(version: "test", usesProxies: false),
            logger: Logger(label: "test") { _ in Capture(lines: lines) }, stop: stop)
    }

    func keeper(run: String = "run-1") -> UndoKeeper {
        UndoKeeper(
            ledger: ledger, run: run, job: "home", folder: undoFolder, now: { Timestamp(seconds: 1_800_000_000) })
    }

    /// The hooks that a configuration has below `hooks:`, from lines of YAML that begin in the first column.
    func hooks(_ yaml: String) throws -> HookSpecifications {
        let indented = yaml.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }
        let text = """
            version: 1
            instance: laptop
            \(yaml.contains("token }") || yaml.contains("secret:token") ? "secrets: { token: { env: TOKEN } }" : "")
            destinations:
              disk: { url: "file:///backup" }
            jobs:
              home:
                sources: [{ path: /source }]
                encryption: none
                destinations: [disk]
                hooks:
            \(indented.joined(separator: "\n"))
            """
        let loaded = try ConfigurationLoader.load(
            utf8: Array(text.utf8), file: "dunnage.yaml", folder: path, environment: environment)
        return loaded.configuration.jobs[0].hooks
    }

    func run(
        _ hooks: [HookSpecification], at moment: HookSequence.Moment = .before, keeper: UndoKeeper? = nil
    ) -> HookSummary {
        HookSequence(
            hooks, at: moment, in: surroundings, keeper: keeper ?? self.keeper(),
            script: ScriptVariables(
                backupName: "home", remoteURL: "file:///backup", localPaths: ["/source", "/other"],
                filters: ["-*.bak"], options: ["dblock-size": "52428800b"], result: .warning,
                resultFile: "/tmp/result")
        ).run()
    }

    final class Lines: Sendable {
        private let state = Mutex<[String]>([])
        var all: [String] { state.withLock { $0 } }
        func add(_ line: String) { state.withLock { $0.append(line) } }
    }

    private struct Capture: LogHandler {
        let lines: Lines
        var logLevel: Logger.Level = .trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
    }
}
