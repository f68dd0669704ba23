import Cryptography
import Glibc
import JSON
import Support
import TestSupport
import Testing

@Suite("Reports of the program")
struct ReportTests {
    private static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private let server: LoopbackHTTPServer
    private let home: Household

    init() throws {
        server = try LoopbackHTTPServer([.response(status: 204)])
        home = try Household()
        try home.write("\(Self.key)\n", to: "report_key")
        try home.write(
            home.configuration(
                job: "    reports: [monitor]\n",
                rest: """
                    reports:
                      monitor:
                        webhook:
                          url: \(server.url)/hooks/backup
                          sign:
                            file: report_key
                    """), to: "dunnage.yaml")
    }

    private func signature(of request: LoopbackHTTPServer.Request) throws -> String {
        let id = try #require(request["webhook-id"])
        let time = try #require(request["webhook-timestamp"])
        let bytes = try #require(Base64.decode(String(Self.key.dropFirst("whsec_".count))))
        let signed = HMACSHA256.authenticate(Array("\(id).\(time).".utf8) + request.body, key: bytes)
        return "v1,\(Base64.encode(signed))"
    }

    @Test("a run posts one, signed; a run that fails as well")
    func posted() throws {
        defer { server.stop() }
        let first = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(first.code == 0, "\(first.error)")
        try home.shell("rm passphrase")
        let second = try home.dunnage("run", "-c", "dunnage.yaml")
        #expect(second.code == 78)
        let requests = server.requests
        #expect(requests.map(\.target) == ["/hooks/backup", "/hooks/backup"])
        for request in requests { #expect(try request["webhook-signature"] == signature(of: request)) }
        let bodies = try requests.map { try JSONValue(parsing: $0.body) }
        #expect(bodies.compactMap { $0["event"]?.string } == ["success", "failure"])
        #expect(bodies.compactMap { $0["run"]?["exit_code"]?.integer } == [0, 78])
        #expect(bodies[1]["problems"]?.array?.first?["code"]?.string == "E303")
        #expect(!first.error.contains(Self.key))
    }

    @Test("an invalid configuration is told to those who can be made out")
    func invalid() throws {
        defer { server.stop() }
        try home.shell("sed -i 's/destinations: .disk./destinations: [dsik]/' dunnage.yaml")
        #expect(try home.dunnage("run", "-c", "dunnage.yaml").code == 78)
        let request = try #require(server.requests.first)
        #expect(try request["webhook-signature"] == signature(of: request))
        #expect(try JSONValue(parsing: request.body)["problems"]?.array?.first?["code"]?.string == "E031")
    }

    @Test("one that was on its way when the process was killed is delivered by the next command, under its name")
    func killed() throws {
        defer { server.stop() }
        let slow = try LoopbackHTTPServer { _, number in number == 1 ? .silence : .response(status: 204) }
        defer { slow.stop() }
        try home.shell("sed -i 's#\(server.url)#\(slow.url)#' dunnage.yaml")
        let run = try Binary.start(["run", "-c", "dunnage.yaml"], in: home.path)
        let end = ContinuousClock.now + .seconds(30)
        while slow.requests.isEmpty, ContinuousClock.now < end { usleep(20_000) }
        kill(run.id, SIGKILL)
        #expect(run.wait().code == -9)
        let waiting = try #require(try home.json("report", "outbox", "-c", "dunnage.yaml", "--json")["waiting"]?.array)
        #expect(waiting.map { $0["event"]?.string } == ["success"])
        let flushed = try home.dunnage("report", "outbox", "flush", "-c", "dunnage.yaml")
        #expect(flushed.code == 0 && flushed.output.contains("monitor: home: finished: It was delivered (HTTP 204)."))
        #expect(flushed.output.contains("No report waits."))
        #expect(slow.requests.count == 2 && Set(slow.requests.map { $0["webhook-id"] }).count == 1)
        #expect(Set(slow.requests.map(\.body)).count == 1)
    }

    @Test("one can be tried out, and given up")
    func commands() throws {
        defer { server.stop() }
        let tried = try home.dunnage("report", "test", "monitor", "--event", "overdue", "-c", "dunnage.yaml")
        #expect(tried.code == 0 && tried.output == "monitor: It was delivered (HTTP 204).\n")
        let request = try #require(server.requests.first)
        #expect(try request["webhook-signature"] == signature(of: request))
        #expect(try JSONValue(parsing: request.body)["event"]?.string == "overdue")
        #expect(try home.dunnage("report", "test", "nobody", "-c", "dunnage.yaml").code == 2)
        #expect(try home.dunnage("report", "test", "monitor", "--event", "x", "-c", "dunnage.yaml").code == 2)
        server.stop()
        #expect(try home.dunnage("report", "test", "monitor", "-c", "dunnage.yaml").code == 75)

        try home.shell("sed -i 's/          url:/          retry: { initial: 1h }\\n          url:/' dunnage.yaml")
        #expect(try home.dunnage("run", "-c", "dunnage.yaml").code == 0)
        let listed = try home.dunnage("report", "outbox", "-c", "dunnage.yaml")
        #expect(listed.output.contains("monitor   success  home: finished"), "\(listed.output)\(listed.error)")
        #expect(try home.dunnage("report", "outbox", "flush", "-c", "dunnage.yaml").code == 75)
        #expect(try home.dunnage("report", "outbox", "drop", "1", "-c", "dunnage.yaml").code == 0)
        #expect(try home.dunnage("report", "outbox", "drop", "1", "-c", "dunnage.yaml").code == 1)
        let left = try home.dunnage("report", "outbox", "-c", "dunnage.yaml").output
        #expect(left.contains("No report waits.") && left.contains("monitor: 1 report given up"))
    }
}
