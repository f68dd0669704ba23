import Cryptography
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
}
