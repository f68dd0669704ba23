import Configuration
import Glibc
import JSON
import Jobs
import Ledger
import Reporting
import Support
import TestSupport
import Testing
import Transport

@Suite("Reports about an invalid configuration")
struct EarlyReportTests {
    private func send(_ text: String, _ fixture: Fixture) throws -> [ReportReceipt] {
        try fixture.write(text, to: "dunnage.yaml")
        let path = "\(fixture.path)/dunnage.yaml"
        let reading = ConfigurationReading(ConfigurationInput([path]), environment: fixture.environment)
        let error = #expect(throws: InvalidConfiguration.self) { try reading.load() }
        let early = EarlyReport(
            try #require(error), receivers: reading.receivers(), environment: fixture.environment, mask: fixture.mask)
        return early.send(
            logger: fixture.logger, transport: Transport(version: "test", usesProxies: false), policy: Fixture.policy)
    }

    @Test("who is to be told is read from the parts that are in order")
    func told() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = "a key of some length"
        let text = fixture.text(
            reportingTo: server.url, replacing: [("destinations: [disk]", "destinations: [dsik]")])
        #expect(try send(text, fixture).map(\.isDelivered) == [true])
        let request = try #require(server.requests.first)
        #expect(request["ce-type"] == "dunnage.run.failure.v1")
        #expect(request["webhook-signature"]?.hasPrefix("v1,") == true)
        let body = try JSONValue(parsing: request.body)
        #expect(body["instance"]?["name"]?.string == "laptop")
        #expect(body["job"] == nil)
        #expect(body["run"]?["exit_code"]?.integer == 78)
        let message = body["problems"]?.array?.first?["message"]?.string
        #expect(message?.contains("dunnage.yaml:") == true)
        #expect(message?.contains("dsik") == true)
    }

    @Test("one that nobody takes waits in the ledger of the state folder that the file names")
    func kept() throws {
        let server = try LoopbackHTTPServer([.response(status: 503)])
        defer { server.stop() }
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = "a key of some length"
        try fixture.write(
            fixture.text(reportingTo: server.url, replacing: [("destinations: [disk]", "destinations: [dsik]")]),
            to: "dunnage.yaml")
        let reading = ConfigurationReading(
            ConfigurationInput(["\(fixture.path)/dunnage.yaml"]), environment: fixture.environment)
        let error = #expect(throws: InvalidConfiguration.self) { try reading.load() }
        let early = EarlyReport(
            try #require(error), receivers: reading.receivers(), environment: fixture.environment, mask: fixture.mask)
        let ledger = try #require(early.ledger(fixture.environment, logger: fixture.logger))
        let receipts = early.send(
            ledger: ledger, logger: fixture.logger, transport: Transport(version: "test", usesProxies: false),
            policy: Fixture.policy)
        #expect(receipts.map(\.isDelivered) == [false])
        let later = try Ledger(path: StateFolder("\(fixture.path)/state", environment: [:]).ledger)
        #expect(try Outbox(later, instance: "laptop").entries().map(\.draft.event) == ["failure"])
    }

    @Test("when the receivers themselves are wrong nobody can be told")
    func untold() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("webhook:", "webhok:")])
        #expect(try send(text, fixture).isEmpty)
    }

    @Test("a file that is no YAML tells nobody, and does no harm")
    func garbage() throws {
        let fixture = try Fixture()
        #expect(try send("a: [1, 2\nb: }", fixture).isEmpty)
        #expect(try send("", fixture).isEmpty)
    }
}
