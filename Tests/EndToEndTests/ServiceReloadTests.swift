import Foundation
import Glibc
import JSON
import TestSupport
import Testing

@Suite("A service and a changed configuration")
struct ServiceReloadTests {
    private func wait(_ what: String, _ condition: () throws -> Bool) throws {
        let limit = ContinuousClock.now + .seconds(30)
        while try !condition() {
            try #require(ContinuousClock.now < limit, "waited in vain for \(what)")
            usleep(20_000)
        }
    }

    @Test("what needs an approval is refused and told once, named by the hash of its plan, and taken over with it")
    func gate() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        let home = try Household()
        try home.shell("mkdir elsewhere conf; mv passphrase conf")
        func configuration(_ backup: String, approved: String? = nil) -> String {
            let approval = approved.map { ", approved: [\"\($0)\"]" } ?? ""
            return home.configuration(
                backup: "\(home.path)/\(backup)", job: "    schedule: { cron: \"0 0 1 1 *\" }\n",
                rest: "reports:\n  monitor: { webhook: { url: \"\(server.url)/hook\" }, "
                    + "events: [failure, config_changed] }\n"
            ).replacing(
                "  state_dir: state\n", with: "  state_dir: ../state\n  reload: { debounce: 0s\(approval) }\n")
        }
        func replace(_ text: String) throws {
            try home.write(text, to: "conf/new.tmp")
            try home.shell("mv conf/new.tmp conf/dunnage.yaml")
        }
        func told() throws -> [JSONValue] { try server.requests.map { try JSONValue(parsing: $0.body) } }
        try replace(configuration("backup"))
        // A store that a run has made, so that there is something to be lost sight of.
        #expect(try home.dunnage("run", "home", "-c", "conf/dunnage.yaml").code == 0)
        let before = try told().count
        let service = try Binary.start(["serve", "-c", "conf/dunnage.yaml", "--log-format", "json"], in: home.path)
        try wait("the start") { service.hasLogged("service started") }

        // Whoever plans gets the hash that the service asks for.
        try home.write(configuration("elsewhere"), to: "conf/candidate.yml")
        let plan = try home.dunnage("plan", "conf/candidate.yml", "--against", "service", "--json", "--check")
        #expect(plan.code == 4, "\(plan.error)")
        let document = try JSONValue(parsing: Array(plan.output.utf8))
        let hash = try #require(document["hash"]?.string)
        #expect(document["approval"]?.string == "refused")

        try replace(configuration("elsewhere"))
        try wait("the refusal") { service.hasLogged("not taken over") }
        #expect(service.hasLogged(hash))
        try wait("the report") { try told().count > before }
        kill(service.id, SIGHUP)
        try wait("the same refusal again") { service.timesLogged("not taken over") == 2 }
        let refusals = try told().dropFirst(before)
        #expect(refusals.count == 1)
        let refusal = try #require(refusals.first)
        #expect(refusal["event"]?.string == "config_changed" && refusal["run"]?["result"]?.string == "failure")
        #expect(refusal["problems"]?.array?.contains { $0["message"]?.string?.contains(hash) == true } == true)

        try replace(configuration("elsewhere", approved: hash))
        try wait("the reload") { service.hasLogged("configuration taken over") }
        try wait("the report of it") { try told().count > before + 1 }
        let change = try #require(try told().last)
        // What is no end of a run has a result only where that is a bad one.
        #expect(change["event"]?.string == "config_changed" && change["run"]?["result"] == nil)
        #expect(change["title"]?.string == "laptop: configuration changed")
        let same = try home.dunnage("plan", "conf/candidate.yml", "--against", "service", "--json")
        #expect(same.code == 0 && !same.output.contains("elsewhere"), "\(same.output)")
        kill(service.id, SIGTERM)
        #expect(service.wait().code == 143)
    }

    @Test("without a service that has been there, nothing can be compared with it")
    func nobody() throws {
        let home = try Household()
        let plan = try home.dunnage("plan", "dunnage.yaml", "--against", "service")
        #expect(plan.code == 2 && plan.error.contains("No service has followed"), "\(plan.error)")
    }
}
