import Configuration
import Glibc
import JSON
import Jobs
import Ledger
import Listening
import Logging
import Secrets
import Support
import Testing

@testable import API
@testable import Service

/// A service in this process, with a job that can be run, and its API without a connection.
final class ServedHousehold: Sendable {
    static let token = "a-token-of-enough-characters-0123"
    static let tokens = [
        "metrics": "metrics-token-0123456789", "read": "read-token-0123456789abc",
        "operate": "operate-token-0123456789",
        "admin": token,
    ]

    let folder: TemporaryFolder
    let setting: ServiceSetting
    let service: Service
    let api: ServiceAPI
    private let thread: WorkerThread?

    var path: String { folder.path }

    /// Further lines are for `runtime.api`, for the job, and for the whole; without `runs` nobody looks at schedules.
    init(api lines: String = "", job: String = "", rest: String = "", runs: Bool = true) throws {
        let folder = try TemporaryFolder(prefix: "dunnage-api")
        self.folder = folder
        let path = folder.path
        for name in ["source/letters", "backup", "restore", "state"] { try FileTree.createFolder("\(path)/\(name)") }
        try SmallFile.replace("\(path)/source/letters/first.txt", with: Array("Dear reader,\n".utf8))
        try SmallFile.replace("\(path)/source/other.txt", with: Array("other\n".utf8))
        try SmallFile.replace("\(path)/passphrase", with: Array("a passphrase of many words\n".utf8))
        var environment = ["HOME": path]
        for (scope, token) in Self.tokens { environment["TOKEN_\(scope.uppercased())"] = token }
        let tokenLines = ["metrics", "read", "operate", "admin"].map {
            "      - { name: \($0)-one, token: { env: TOKEN_\($0.uppercased()) }, scope: \($0) }\n"
        }.joined()
        let text = """
            version: 1
            instance: test
            runtime:
              state_dir: \(path)/state
              reload: { watch: false }
              api:
                tokens:
            \(tokenLines)    restore_roots: [\(path)/restore]
            \(lines)
            secrets:
              passphrase: { file: \(path)/passphrase }
            destinations:
              disk: { url: "file://\(path)/backup" }
            jobs:
              home:
                description: Letters.
                labels: { kind: papers }
                sources: [{ path: \(path)/source }]
                encryption: { passphrase: { secret: passphrase } }
                destinations: [disk]
            \(job)\(rest)
            """
        try SmallFile.replace("\(path)/dunnage.yaml", with: Array(text.utf8))
        let input = ConfigurationInput(["\(path)/dunnage.yaml"])
        let reading = ConfigurationReading(input, environment: environment)
        let files = reading.files()
        let loaded = try reading.load()
        let state = StateFolder(loaded.configuration.runtime.stateDirectory, environment: environment)
        try state.prepare()
        let mask = SecretMask()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let setting = ServiceSetting(
            input: input, environment: environment, mask: mask, state: state, ledger: try Ledger(path: state.ledger),
            logger: logger, interruption: Interruption())
        let service = Service(loaded, files: files, setting)
        let api = ServiceAPI(service, setting)
        api.takeTokens(loaded.configuration)
        var thread: WorkerThread?
        if runs { thread = try WorkerThread("service") { _ = service.run() } }
        self.setting = setting
        self.service = service
        self.api = api
        self.thread = thread
    }

    /// Ends the service.
    func end() {
        setting.interruption.request(.terminate)
        service.wake()
        thread?.join()
    }

    /// Sends a request.
    func send(
        _ method: String, _ target: String, token: String? = ServedHousehold.token, body: JSONValue? = nil,
        host: String? = "localhost", peer: Peer = .network(address: "127.0.0.1", port: 9),
        type: String = "application/json"
    ) throws -> ServerResponse {
        var fields: HTTPHeaders = [:]
        if let token { fields["Authorization"] = "Bearer \(token)" }
        if body != nil { fields["Content-Type"] = type }
        let request = try ServerRequest(
            method, target, host: host, fields: fields, body: body?.serialized() ?? [], peer: peer)
        return api.answer(request)
    }

    /// The document that a request brings, which is what the description says.
    func json(
        _ method: String, _ target: String, body: JSONValue? = nil, status: Int = 200,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let response = try send(method, target, body: body)
        try #require(response.status == status, "\(response.text)", sourceLocation: sourceLocation)
        let value = try JSONValue(parsing: response.text)
        let path = try ServerRequest(method, target).path
        let operation = try #require(
            Operations.all.first { $0.method == method && $0.path.match(path) != nil }, sourceLocation: sourceLocation)
        #expect(operation.answer.status == status, sourceLocation: sourceLocation)
        #expect(
            operation.answer.schema?.problem(with: value, at: target) == nil, sourceLocation: sourceLocation)
        return value
    }

    /// Waits for something that the service does on its own threads.
    func wait(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
    ) throws {
        let limit = ContinuousClock.now + .seconds(30)
        while try !condition() {
            try #require(ContinuousClock.now < limit, "waited in vain for \(what)", sourceLocation: sourceLocation)
            usleep(5000)
        }
    }

    /// Backs up, and waits for the end.
    @discardableResult
    func backUp() throws -> String {
        let id = try #require(try json("POST", "/api/v1/jobs/home/run", status: 202)["id"]?.string)
        try wait("the run") { try json("GET", "/api/v1/runs/\(id)")["finished"] != nil }
        return id
    }
}

extension ServerResponse {
    /// The body as text.
    var text: String {
        switch body {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: ""
        }
    }
}
