import Configuration
import Jobs
import Reporting
import Support
import TestSupport
import Testing

/// What the configuration says of one destination, one event or one job, and a run obeys.
@Suite("What differs from place to place")
struct DestinationUseTests {
    @Test("each destination keeps what is said beside its name, and the rest of what the job says")
    func retention() throws {
        let fixture = try Fixture()
        try FileTree.createFolder("\(fixture.path)/other")
        let text = fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                (
                    "    url: file://\(fixture.path)/backup\n",
                    "    url: file://\(fixture.path)/backup\n  other:\n    url: file://\(fixture.path)/other\n"
                ),
                (
                    "destinations: [disk]",
                    "destinations: [disk, { ref: other, retention: { keep_versions: 1 } }]\n"
                        + "    retention: { keep_versions: 2, max_delete: 5 }"
                ),
                ("    reports: [monitor]\n", "    reports: []\n"),
                ("  report_key:\n    env: REPORT_KEY\n", ""), ("          sign:\n            secret: report_key\n", ""),
                ("      sign:\n        secret: report_key\n", ""),
            ])
        var kept: [[Int?]] = []
        for number in 0..<3 {
            try fixture.write("text \(number)\n", to: "source/hello.txt")
            let result = try fixture.run(text)
            try #require(result.exitCode == .success, "\(result.outcome)")
            kept.append(result.destinations.map(\.versions))
        }
        #expect(kept == [[1, 1], [2, 1], [2, 1]])
    }

    @Test(
        "a destination that is optional makes a warning of its failure, and the others are served",
        arguments: [true, false])
    func optional(_ isOptional: Bool) throws {
        let fixture = try Fixture()
        let text = fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                (
                    "    url: file://\(fixture.path)/backup\n",
                    "    url: file://\(fixture.path)/backup\n  away:\n    url: openstack://box/x\n"
                        + "    options: { auth_url: \"http://127.0.0.1:1/auth/v1.0\" }\n"
                        + "    auth: { username: nobody, password: { secret: passphrase } }\n"
                        + "    retry: { attempts: 1 }\n"
                ),
                ("destinations: [disk]", "destinations: [{ ref: away, optional: \(isOptional) }, disk]"),
                ("    reports: [monitor]\n", "    reports: []\n"),
            ])
        let result = try fixture.run(text)
        #expect(result.destinations.map(\.outcome.result) == [.failure, .success])
        #expect(result.outcome.result == (isOptional ? .warning : .failure), "\(result.outcome)")
        #expect(result.exitCode == (isOptional ? .success : .temporary))
        #expect(result.destinations[1].versions == 1)
    }

    @Test("a store that has nearly used up its quota is a warning, and one that would take more an error")
    func quota() throws {
        let fixture = try Fixture()
        try fixture.write(String(repeating: "text ", count: 20), to: "source/hello.txt")
        func run(_ quota: Int64) throws -> JobResult {
            try fixture.run(
                fixture.text(
                    reportingTo: "http://127.0.0.1:1",
                    replacing: [
                        ("/backup\n", "/backup\n    quota: \(quota)b\n"),
                        ("    reports: [monitor]\n", "    reports: []\n"),
                    ]))
        }
        let refused = try run(100)
        #expect(refused.exitCode == .failure, "\(refused.outcome)")
        let stored = try #require(try run(1 << 20).destinations[0].reported.storedBytes)
        let warned = try run(stored + stored / 20)
        #expect(warned.outcome == .warning && warned.report.problems.map(\.code) == ["W212"])
        #expect(try run(stored + stored / 5).outcome == .success)
    }

    @Test("a receiver hears of what its events name, and labels come along")
    func events() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        func text(_ events: String) -> String {
            fixture.text(
                reportingTo: server.url,
                replacing: [
                    ("    webhook:\n", "    events: \(events)\n    webhook:\n"),
                    ("    destinations: [disk]\n", "    destinations: [disk]\n    labels: { team: web, tier: 1 }\n"),
                ])
        }
        let silent = try fixture.run(text("[failure, missed]"))
        #expect(silent.exitCode == .success && silent.receipts.isEmpty && server.requests.isEmpty)
        let told = try fixture.run(text("[success]"))
        #expect(told.receipts.map(\.isDelivered) == [true])
        #expect(told.report.job?.labels == ["team": "web", "tier": "1"])
    }
}
