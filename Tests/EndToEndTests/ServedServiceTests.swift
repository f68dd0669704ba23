import Foundation
import Glibc
import JSON
import Support
import Synchronization
import TestSupport
import Testing
import Transport

/// The service as a process, asked over TCP, TLS and its socket.
@Suite struct ServedServiceTests {
    private static let token = "end-to-end-token-0123456789"

    private struct Served: Sendable {
        let home: Household
        let process: Binary.Running
        let port: Int
        var transport = Transport(version: "test", usesProxies: false)
        var scheme = "http"

        func send(
            _ method: HTTPRequest.Method, _ path: String, token: String? = ServedServiceTests.token,
            host: String? = nil,
            body: String = ""
        ) throws -> HTTPResponse {
            var request = HTTPRequest(method, "\(scheme)://127.0.0.1:\(port)\(path)", body: Array(body.utf8))
            if let token { request.headers["Authorization"] = "Bearer \(token)" }
            if let host { request.headers["Host"] = host }
            if !body.isEmpty { request.headers["Content-Type"] = "application/json" }
            return try transport.send(request)
        }

        func json(_ path: String) throws -> JSONValue { try JSONValue(parsing: send(.get, path).body) }

        func end() -> Binary.Result {
            kill(process.id, SIGTERM)
            return process.wait()
        }
    }

    private struct NotServed: Error {
        let error: String
    }

    private func wait(_ what: String, _ condition: () throws -> Bool) throws {
        let limit = ContinuousClock.now + .seconds(30)
        while try !condition() {
            try #require(ContinuousClock.now < limit, "waited in vain for \(what)")
            usleep(20_000)
        }
    }

    private func configuration(
        _ home: Household, port: Int, api: String = "", slow: Bool = false, job: String = ""
    ) -> String {
        var text = home.configuration(job: job).replacing(
            "  timezone: UTC\n",
            with: """
                  timezone: UTC
                  reload: { debounce: 0s }
                  listen: 127.0.0.1:\(port)
                  api:
                    tokens: [{ name: test, token: { env: API_TOKEN }, scope: admin }]
                \(api)

                """)
        if slow {
            let command = "while test -e \(home.path)/hold; do touch \(home.path)/begun; sleep 0.02; done; echo done"
            text = text.replacing(
                "      - path: \(home.path)/tree\n",
                with: "      - path: /slow.txt\n        command: [sh, -c, \"\(command)\"]\n")
        }
        return text
    }

    private func serve(api: String = "", slow: Bool = false, job: String = "") throws -> Served {
        let home = try Household()
        let port = try ServerProcess.freePort()
        try home.write(configuration(home, port: port, api: api, slow: slow, job: job), to: "dunnage.yaml")
        let process = try Binary.start(
            ["serve", "-c", "dunnage.yaml"], in: home.path, environment: ["API_TOKEN": Self.token])
        try wait("the start") { process.hasLogged("service started") || !process.isRunning }
        guard process.isRunning else { throw NotServed(error: process.wait().error) }
        return Served(home: home, process: process, port: port)
    }

    private let environment = ["API_TOKEN": ServedServiceTests.token]

    @Test("a service answers with its token only, under its own name only, and probes without; then it ends by SIGTERM")
    func answers() throws {
        let served = try serve()
        #expect(try served.send(.get, "/livez", token: nil).status == 200)
        try wait("readiness") { try served.send(.get, "/readyz", token: nil).status == 200 }
        #expect(try served.send(.get, "/status", token: nil).status == 401)
        #expect(try served.send(.get, "/status", token: "wrong-wrong-wrong-wrong").status == 401)
        #expect(try served.send(.get, "/status", host: "evil.example.com").status == 421)
        #expect(try served.json("/status")["instance"]?.string == "laptop")
        #expect(String(decoding: try served.send(.get, "/metrics").body, as: UTF8.self).contains("dunnage_build_info"))
        let run = try JSONValue(parsing: try served.send(.post, "/api/v1/jobs/home/run").body)
        let id = try #require(run["id"]?.string)
        try wait("the run") { try served.json("/api/v1/runs/\(id)")["finished"]?.string != nil }
        #expect(try served.json("/api/v1/runs/\(id)")["state"]?.string == "success")
        let result = served.end()
        #expect(result.code == 143, "\(result.error)")
        #expect(!result.error.contains(Self.token) && result.error.contains("asked through the API"))
        #expect(access("\(served.home.path)/state/api.sock", F_OK) != 0)
    }

    @Test("over TLS the service shows its certificate to those who know it")
    func tls() throws {
        let folder = try TemporaryFolder()
        let certificate = "\(folder.path)/cert.pem"
        let made = try Binary.shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
                -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem
            """, in: folder.path)
        try #require(made.code == 0, "\(made.error)")
        var served = try serve(api: "    tls: { certificate: \(certificate), key: \(folder.path)/key.pem }")
        served.scheme = "https"
        served.transport = Transport(version: "test", certificateAuthorities: certificate, usesProxies: false)
        #expect(try served.send(.get, "/status").status == 200)
        let stranger = Transport(version: "test", usesProxies: false)
        #expect(throws: TransportError.self) {
            try stranger.send(HTTPRequest(.get, "https://127.0.0.1:\(served.port)/livez"))
        }
        #expect(served.end().code == 143)
    }

    @Test(
        "`run` has the service run the job, follows it, and returns its code; another configuration is 75; --here is not"
    )
    func runs() throws {
        let served = try serve()
        let home = served.home
        let good = try home.dunnage("run", "home", "-c", "dunnage.yaml", environment: environment)
        #expect(good.code == 0, "\(good.error)")
        #expect(good.output.contains("home → disk: success; version of"), "\(good.output)")
        #expect(good.error.contains("backup finished"), "\(good.error)")
        let runs = try served.json("/api/v1/runs")["runs"]?.array ?? []
        #expect(runs.count == 1 && runs[0]["trigger"]?.string == "api")
        let json = try home.dunnage("run", "home", "-c", "dunnage.yaml", "--json", environment: environment)
        #expect(try JSONValue(parsing: json.output)["reports"]?.array?.count == 1)

        try home.shell("sed 's/laptop/desktop/' dunnage.yaml > other.yaml")
        let start = ContinuousClock.now
        let other = try home.dunnage("run", "home", "-c", "other.yaml", environment: environment)
        #expect(other.code == 75 && other.error.contains("another configuration"), "\(other.error)")
        #expect(ContinuousClock.now - start < .seconds(25))
        let here = try home.dunnage("run", "home", "-c", "other.yaml", "--here", environment: environment)
        #expect(here.code == 0, "\(here.error)")

        // What fails there fails here.
        try home.shell("cp wrong passphrase; rm -r state/catalog")
        let failed = try home.dunnage("run", "home", "-c", "dunnage.yaml", environment: environment)
        #expect(failed.code == 77 && failed.output.contains("failed"), "\(failed.code) \(failed.output)")
        #expect(served.end().code == 143)
    }

    @Test("a job that is at work is 75 for a second `run`; a stop of the command stops the run")
    func busy() throws {
        let served = try serve(slow: true)
        let home = served.home
        try home.shell("touch hold")
        let first = try Binary.start(["run", "home", "-c", "dunnage.yaml"], in: home.path, environment: environment)
        try wait("the run") { access("\(home.path)/begun", F_OK) == 0 }
        let second = try home.dunnage("run", "home", "-c", "dunnage.yaml", environment: environment)
        #expect(second.code == 75 && second.error.contains("at work"), "\(second.error)")
        kill(first.id, SIGTERM)
        let stopped = first.wait()
        #expect(stopped.code == 143, "\(stopped.code) \(stopped.error)")
        #expect(try served.json("/api/v1/runs")["runs"]?.array?.first?["state"]?.string == "interrupted")
        #expect(served.end().code == 143)
    }

    @Test("healthcheck says whether a service lives and is ready, and with --slo whether its versions are young enough")
    func healthcheck() throws {
        let served = try serve(job: "    slo: { rpo: 1s }\n")
        let home = served.home
        try wait("readiness") { try home.dunnage("healthcheck", "--state-dir", "state").code == 0 }
        #expect(try home.dunnage("healthcheck", "-c", "dunnage.yaml", environment: environment).code == 0)
        try wait("the job to be late") { try home.dunnage("healthcheck", "--state-dir", "state", "--slo").code == 1 }
        let late = try home.dunnage("healthcheck", "--state-dir", "state", "--slo")
        #expect(late.output.contains("overdue: home at disk"), "\(late.output)")
        // What cannot be taken over has to be mended.
        try home.shell("echo 'nonsense: true' >> dunnage.yaml")
        try wait("the refusal") { try home.dunnage("healthcheck", "--state-dir", "state").code == 1 }
        #expect(served.end().code == 143)
        let gone = try home.dunnage("healthcheck", "--state-dir", "state")
        #expect(gone.code == 1 && gone.output.contains("no service answers"), "\(gone.output)")
    }

    @Test("a reload takes over tokens and addresses at once")
    func reload() throws {
        let served = try serve()
        let home = served.home
        #expect(try served.send(.get, "/status").status == 200)
        let port = try ServerProcess.freePort()
        try home.write("another-token-of-the-house", to: "token")
        let text = configuration(home, port: port).replacing("{ env: API_TOKEN }", with: "{ file: \(home.path)/token }")
        try home.write(text, to: "dunnage.yaml")
        let moved = Served(home: home, process: served.process, port: port)
        try wait("the new address") { (try? moved.send(.get, "/livez"))?.status == 200 }
        #expect(try moved.send(.get, "/status", token: "another-token-of-the-house").status == 200)
        #expect(try moved.send(.get, "/status").status == 401)
        #expect(throws: TransportError.self) { try served.send(.get, "/livez") }
        #expect(served.end().code == 143)
    }

    @Test("a thousand requests for the status at once are answered while a backup runs")
    func crowd() throws {
        let served = try serve(slow: true)
        try served.home.shell("touch hold")
        _ = try served.send(.post, "/api/v1/jobs/home/run")
        try wait("the run") { access("\(served.home.path)/begun", F_OK) == 0 }
        let statuses = Mutex<[Int]>([])
        let threads = try (0..<1000).map { _ in
            try WorkerThread("client") {
                let status = (try? served.send(.get, "/status"))?.status ?? 0
                statuses.withLock { $0.append(status) }
            }
        }
        for thread in threads { thread.join() }
        #expect(statuses.withLock { $0.count } == 1000)
        #expect(statuses.withLock { Set($0) } == [200])
        try served.home.shell("rm hold")
        #expect(served.end().code == 143)
    }

    @Test(
        "schemathesis finds nothing that differs from the description",
        .enabled(if: TestTool.areThere("schemathesis"), "scripts/test-tools.sh installs schemathesis"))
    func described() throws {
        let home = try Household()
        let served = try serve(api: "    restore_roots: [\(home.path)/restore]\n")
        try served.home.shell("mkdir '\(home.path)/restore'")
        #expect(try served.home.dunnage("run", "-c", "dunnage.yaml", environment: environment).code == 0)
        let tool = try #require(TestTool.path("schemathesis"))
        // A parameter that is too long makes the whole line too long, which 414 says.
        try served.home.write(
            """
            [checks.negative_data_rejection]
            expected-statuses = [400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429]
            """, to: "schemathesis.toml")
        let found = try served.home.shell(
            """
            '\(tool)' run http://127.0.0.1:\(served.port)/openapi.json -H 'Authorization: Bearer \(Self.token)' \
                --checks all --phases examples,coverage,fuzzing --max-examples 15 --seed 1 --workers 1 \
                --suppress-health-check all --no-color --continue-on-failure 2>&1
            """)
        #expect(found.code == 0, "\(found.output)")
        #expect(served.process.isRunning)
        #expect(served.end().code == 143)
    }
}
