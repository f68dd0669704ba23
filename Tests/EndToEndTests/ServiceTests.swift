import Foundation
import Glibc
import JSON
import Support
import TestSupport
import Testing

/// The service as a process, with the signals that it gets in life.
@Suite struct ServiceTests {
    private static let everySecond = "    schedule: { cron: \"* * * * * *\" }\n"
    private func configuration(_ home: Household, slow: Bool = false, every: String = everySecond) -> String {
        var text = home.configuration(job: every)
            .replacing("  timezone: UTC\n", with: "  timezone: UTC\n  reload: { debounce: 0s }\n")
        if slow {
            let command = "while test -e \(home.path)/hold; do touch \(home.path)/begun; sleep 0.02; done; echo done"
            text = text.replacing(
                "      - path: \(home.path)/tree\n",
                with: "      - path: /slow.txt\n        command: [sh, -c, \"\(command)\"]\n")
        }
        return text
    }

    private func wait(_ what: String, _ condition: () throws -> Bool) throws {
        let limit = ContinuousClock.now + .seconds(30)
        while try !condition() {
            try #require(ContinuousClock.now < limit, "waited in vain for \(what)")
            usleep(20_000)
        }
    }

    private func history(_ home: Household) throws -> [String] {
        try home.json("history", "-c", "dunnage.yaml", "--json")["runs"]?.array?.compactMap {
            $0["state"]?.string
        } ?? []
    }

    @Test("a service that is killed in the middle of a run finds that out when it begins again, and ends by SIGTERM")
    func killed() throws {
        let home = try Household()
        try home.shell("touch hold")
        try home.write(configuration(home, slow: true), to: "dunnage.yaml")
        let first = try Binary.start(["serve", "-c", "dunnage.yaml"], in: home.path)
        try wait("a run") { access("\(home.path)/begun", F_OK) == 0 }
        #expect(try history(home) == ["running"])
        #expect(try home.dunnage("status", "-c", "dunnage.yaml").output.contains("running"))
        kill(first.id, SIGKILL)
        #expect(first.wait().code == -SIGKILL)
        try home.shell("rm hold")
        let second = try Binary.start(["serve", "-c", "dunnage.yaml"], in: home.path)
        try wait("a good run") { try history(home).contains("success") }
        #expect(try history(home).last == "interrupted")
        // One service follows a state folder.
        let third = try home.dunnage("serve", "-c", "dunnage.yaml")
        #expect(third.code == 75)
        kill(second.id, SIGTERM)
        let result = second.wait()
        #expect(result.code == 143)
        #expect(result.error.contains("run was interrupted"))
        #expect(result.error.contains("service ended"))
        let id = try home.json("history", "-c", "dunnage.yaml", "--json")["runs"]?.array?.last?["id"]?.string
        let log = try home.dunnage("logs", try #require(id), "-c", "dunnage.yaml")
        #expect(log.output.contains("backup started"))
    }

    @Test("a service takes over a good configuration, keeps its own when a bad one comes, and rests while paused")
    func reloads() throws {
        let home = try Household()
        let never = "    schedule: { cron: \"0 0 1 1 *\" }\n"
        try home.write(configuration(home, every: never), to: "dunnage.yaml")
        let service = try Binary.start(["serve", "-c", "dunnage.yaml", "--log-format", "json"], in: home.path)
        try wait("the start") { service.hasLogged("service started") }
        // As Kubernetes does it: another file in its place.
        func replace(_ text: String) throws {
            try home.write(text, to: "new.yaml.tmp")
            try home.shell("mv new.yaml.tmp dunnage.yaml")
        }
        try replace(configuration(home, every: never).replacing("version: 1", with: "version: 1\nnonsense: true"))
        try wait("the refusal") { service.hasLogged("not taken over") }
        #expect(service.isRunning)
        try replace(configuration(home))
        try wait("the reload") { service.hasLogged("configuration taken over") }
        try wait("a run") { try history(home).contains("success") }
        #expect(try home.dunnage("pause", "--all", "-c", "dunnage.yaml").code == 0)
        try wait("a pause") {
            try home.dunnage("history", "-c", "dunnage.yaml", "--json").output.contains("\"paused\"")
        }
        #expect(try home.dunnage("resume", "--all", "-c", "dunnage.yaml").code == 0)
        kill(service.id, SIGUSR1)
        try wait("the status") { service.hasLogged("job status") }
        kill(service.id, SIGHUP)
        try wait("another reading") { service.hasLogged("nothing has changed") }
        kill(service.id, SIGTERM)
        #expect(service.wait().code == 143)
    }

    @Test("what happens beside the runs is reported once: a run that was killed, and runs that nobody began")
    func events() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        let home = try Household()
        try home.shell("touch hold")
        let reports = """
            reports:
              monitor: { webhook: { url: "\(server.url)/hook" }, events: [failure, missed, overdue, recovered] }

            """
        let job = Self.everySecond + "    reports: [monitor]\n"
        try home.write(configuration(home, slow: true, every: job) + reports, to: "dunnage.yaml")
        func events() throws -> [String] {
            try server.requests.map { try JSONValue(parsing: $0.body) }.compactMap { $0["event"]?.string }
        }
        let first = try Binary.start(["serve", "-c", "dunnage.yaml"], in: home.path)
        try wait("a run") { access("\(home.path)/begun", F_OK) == 0 }
        kill(first.id, SIGKILL)
        _ = first.wait()
        // Later than what counts as late, so that something is missed.
        usleep(2_500_000)
        let second = try Binary.start(["serve", "-c", "dunnage.yaml"], in: home.path)
        try wait("the reports") { try events().count >= 2 }
        kill(second.id, SIGTERM)
        usleep(100_000)
        try home.shell("rm hold")
        #expect(second.wait().code == 143)
        let told = try events()
        #expect(told.filter { $0 == "missed" }.count == 1, "\(told)")
        let bodies = try server.requests.map { try JSONValue(parsing: $0.body) }
        let cut = try #require(bodies.first { $0["run"]?["interrupted"]?.bool == true })
        #expect(cut["problems"]?.array?.first?["code"]?.string == "E315")
        let id = try home.json("history", "-c", "dunnage.yaml", "--json")["runs"]?.array?.last?["id"]?.string
        #expect(cut["run"]?["id"]?.string == id)
    }

    @Test("`run --due` takes note of jobs first, and runs what became due since then")
    func due() throws {
        let home = try Household()
        try home.write(configuration(home), to: "dunnage.yaml")
        #expect(try home.dunnage("run", "--due", "-c", "dunnage.yaml").code == 0)
        #expect(try history(home).isEmpty)
        try wait("the next second") {
            #expect(try home.dunnage("run", "--due", "-c", "dunnage.yaml").code == 0)
            return try history(home).contains("success")
        }
        let next = try home.json("schedule", "next", "-c", "dunnage.yaml", "--count", "3", "--json")
        #expect(next["moments"]?.array?.count == 3)
    }
}
