import Configuration
import Destinations
import Engine
import Foundation
import Importing
import JSON
import Jobs
import Ledger
import Logging
import Secrets
import Support
import Testing
import Transport

/// Jobs of Duplicati that go on with stores that Duplicati itself wrote, which are not part of this repository.
@Suite(
    "Imported jobs of Duplicati",
    .enabled(if: RealStore.isAvailable, "the stores that Duplicati wrote are not on this machine"))
struct ContinuationTests {
    @Test(
        "a job that is imported goes on with the store that is there, and uploads none of its data again",
        arguments: ["a-aes-10kb", "b-plain-10kb", "c-aes-compacted"])
    func goesOn(name: String) throws {
        let store = try RealStore(name)
        let folder = try TemporaryFolder(prefix: "dunnage-import")
        let sources = "\(folder.path)/tree"
        try store.copy(to: "\(folder.path)/remote")
        try FileTree.createFolder("\(folder.path)/empty")
        try store.restoreNewest(to: sources)
        let size = try Self.size(of: sources)
        // What the job stores where nothing is yet, for comparison.
        let fresh = try run(store, sources, "\(folder.path)/empty", state: "\(folder.path)/state-1")
        #expect(fresh > size / 10, "the comparison is worth nothing")
        let before = try Self.volumes("\(folder.path)/remote")
        let sent = try run(store, sources, "\(folder.path)/remote", state: "\(folder.path)/state-2")
        #expect(sent < fresh / 10, "\(sent) bytes of data volumes were uploaded, of \(fresh) for all of it")
        #expect(before.isSubset(of: try Self.volumes("\(folder.path)/remote")))
        // A second run has nothing to store at all.
        #expect(try run(store, sources, "\(folder.path)/remote", state: "\(folder.path)/state-2") == 0)
    }

    /// Imports an export of the job and runs it.
    /// - Returns: the bytes of the data volumes that are new.
    private func run(_ store: RealStore, _ sources: String, _ remote: String, state: String) throws -> Int {
        var request = ImportRequest(
            .duplicati, [ImportRequest.File(name: "job.json", bytes: store.export(sources: sources, remote: remote))])
        request.jobName = "job"
        let imported = try Importer.convert(request)
        var environment: [String: String] = [:]
        for secret in imported.secrets {
            if case .environment(let name) = secret.place { environment[name] = secret.value?.reveal() }
        }
        let configuration = try ConfigurationLoader.load(
            utf8: Array(imported.text.utf8), file: "dunnage.yaml", folder: "/", environment: [:],
            settings: ["runtime.state_dir=\(state)"]
        ).configuration
        let context = RunContext(
            configuration: configuration,
            secrets: SecretStore(sources: configuration.secrets, environment: environment, mask: SecretMask()),
            state: StateFolder(configuration.runtime.stateDirectory, environment: [:]), ledger: try Ledger(path: nil),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            transport: Transport(version: "test", usesProxies: false), retryPolicy: RetryPolicy(attempts: 1))
        let before = try Self.volumes(remote)
        let result = JobRun(try context.configuration.findJob("job"), in: context).run()
        #expect(result.outcome == .success)
        return try Self.volumes(remote).subtracting(before).reduce(0) { total, name in
            try total + Data(contentsOf: URL(filePath: "\(remote)/\(name)")).count
        }
    }

    private static func volumes(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".dblock.") })
    }

    private static func size(of folder: String) throws -> Int {
        try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(0) { total, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return total
                + (attributes[.type] as? FileAttributeType == .typeRegular ? attributes[.size] as? Int ?? 0 : 0)
        }
    }
}

/// A store that Duplicati wrote.
struct RealStore {
    private struct Description: Decodable {
        let passphrase: String?
    }

    private let folder: String
    private let passphrase: String?

    static let root: String = {
        if let given = ProcessInfo.processInfo.environment["DUNNAGE_SHARED"] { return "\(given)/fixtures/duplicati" }
        var path = URL(filePath: #filePath)
        while path.path != "/" {
            path.deleteLastPathComponent()
            let candidate = path.appending(path: "shared/fixtures/duplicati").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
        }
        return "/nonexistent"
    }()

    static let isAvailable = FileManager.default.fileExists(atPath: root)

    init(_ name: String) throws {
        folder = "\(Self.root)/\(name)"
        let data = try Data(contentsOf: URL(filePath: "\(folder)/fixture.json"))
        passphrase = try JSONDecoder().decode(Description.self, from: data).passphrase
    }

    func copy(to path: String) throws {
        try FileManager.default.copyItem(atPath: "\(folder)/remote", toPath: path)
    }

    /// Writes the files of the newest version.
    func restoreNewest(to target: String) throws {
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: FileDestination(folder: "\(folder)/remote"), passphrase: passphrase.map { Secret($0) },
            catalogPath: nil, problems: problems, retry: RetryPolicy(attempts: 1))
        _ = try RestoreRun(
            RestoreRequest(version: .number(0), patterns: [], target: target, keepsWholePaths: true), session: session,
            problems: problems
        ).run()
        #expect(problems.problems == [])
    }

    /// The export of a job that would have written the store, as Duplicati makes it.
    func export(sources: String, remote: String) -> [UInt8] {
        func setting(_ name: String, _ value: String) -> JSONValue {
            .object([
                .init("Filter", .string("")), .init("Name", .string(name)), .init("Value", .string(value)),
                .init("Argument", .null),
            ])
        }
        var settings = [setting("dblock-size", "5mb"), setting("--blocksize", "10kb"), setting("keep-versions", "20")]
        if let passphrase {
            settings += [setting("encryption-module", "aes"), setting("passphrase", passphrase)]
        } else {
            settings += [setting("encryption-module", ""), setting("--no-encryption", "true")]
        }
        let backup = JSONValue.object([
            .init("ID", .string("1")), .init("Name", .string("Real store")),
            .init("TargetURL", .string("file://\(remote)")), .init("Sources", .array([.string("\(sources)/")])),
            .init("Settings", .array(settings)), .init("Filters", .array([])),
        ])
        return JSONValue.object([
            .init("CreatedByVersion", .string("2.0.8.1")), .init("Schedule", .null), .init("Backup", backup),
            .init("DisplayNames", .object([])),
        ]).serialized()
    }
}
