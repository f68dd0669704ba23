import Configuration
import Cryptography
import Destinations
import Engine
import Glibc
import JSON
import Jobs
import Reporting
import Secrets
import Support
import TestSupport
import Testing
import Transport

@Suite("Runs of a job")
struct JobRunTests {
    private static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test("a run backs up, and tells about it in a report that nobody can forge")
    func success() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = Self.key
        let result = try fixture.run(fixture.text(reportingTo: server.url))
        #expect(result.outcome == .success)
        #expect(result.exitCode == .success)
        #expect(result.receipts.map(\.isDelivered) == [true])
        let request = try #require(server.requests.first)
        #expect(request.target == "/hook")
        let body = try JSONValue(parsing: request.body)
        #expect(body["event"]?.string == "success")
        #expect(body["run"]?["id"]?.string == result.id.description)
        #expect(body["run"]?["id"]?.string == request["webhook-id"])
        #expect(body["run"]?["exit_code"]?.integer == 0)
        #expect(body["job"]?["name"]?.string == "home")
        #expect(body["instance"]?["name"]?.string == "laptop")
        #expect(body["source"]?["files"]?.integer == 1)
        #expect(body["destinations"]?.array?.first?["name"]?.string == "disk")
        #expect(body["destinations"]?.array?.first?["versions"]?.integer == 1)
        #expect(request["webhook-signature"] == Self.signature(of: request))
    }

    private static func signature(of request: LoopbackHTTPServer.Request) -> String? {
        guard let id = request["webhook-id"], let time = request["webhook-timestamp"],
            let bytes = Base64.decode(String(key.dropFirst("whsec_".count)))
        else { return nil }
        let signed = HMACSHA256.authenticate(Array("\(id).\(time).".utf8) + request.body, key: bytes)
        return "v1,\(Base64.encode(signed))"
    }

    @Test("a report that cannot be delivered is a warning in the log and never fails the backup")
    func lostReport() throws {
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = Self.key
        // Nobody listens on port 1.
        let result = try fixture.run(fixture.text(reportingTo: "http://127.0.0.1:1"))
        #expect(result.exitCode == .success)
        #expect(result.receipts.map(\.isDelivered) == [false])
        #expect(fixture.lines.all.contains { $0.hasPrefix("warning report not delivered") })
    }

    @Test("a report whose key is missing is a warning too")
    func missingKey() throws {
        let fixture = try Fixture()
        let result = try fixture.run(fixture.text(reportingTo: "http://127.0.0.1:1"))
        #expect(result.exitCode == .success)
        #expect(result.receipts.first?.detail.contains("REPORT_KEY") == true)
    }

    /// What can go wrong before a backup begins, and what the report has to say about it.
    struct EarlyFailure: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String
        let exitCode: ExitCode
        let code: Failure.Code
        let words: String
    }

    private static let earlyFailures = [
        EarlyFailure(
            testDescription: "a secret that cannot be had", old: "/passphrase\n", new: "/no-such-file\n",
            exitCode: .configuration, code: .secret, words: "which does not exist"),
        EarlyFailure(
            testDescription: "a kind of destination that is not built", old: "url: file://",
            new: "url: webdav://host/folder",
            exitCode: .configuration, code: .configuration, words: "not built yet"),
        EarlyFailure(
            testDescription: "sources that are not there", old: "/source\n", new: "/nowhere\n", exitCode: .failure,
            code: .sources, words: "None of the sources exists"),
        EarlyFailure(
            testDescription: "a state folder that cannot be made", old: "/state\n", new: "/passphrase/state\n",
            exitCode: .failure, code: .local, words: "Not a directory"),
        EarlyFailure(
            testDescription: "a filter that cannot be used", old: "    sources:",
            new: "    filters: [{exclude: \"[(]\"}]\n    sources:", exitCode: .configuration, code: .configuration,
            words: "regular expression"),
    ]

    @Test("a run that fails early sends a report as well", arguments: earlyFailures)
    func early(_ failure: EarlyFailure) throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = Self.key
        let text = fixture.text(reportingTo: server.url, replacing: [(failure.old, failure.new)])
        let context: RunContext
        do {
            context = try fixture.context(text)
        } catch let error as InvalidConfiguration {
            // Found even earlier, which is as good: the early report has its own tests.
            #expect(failure.exitCode == .configuration, "\(error)")
            return
        }
        let result = JobRun(try context.configuration.findJob("home"), in: context).run()
        #expect(result.exitCode == failure.exitCode)
        let body = try JSONValue(parsing: try #require(server.requests.first).body)
        #expect(body["event"]?.string == "failure")
        #expect(body["title"]?.string == "home: failed with 1 error")
        #expect(body["run"]?["exit_code"]?.integer == Int64(failure.exitCode.rawValue))
        let problem = try #require(body["problems"]?.array?.first)
        #expect(problem["code"]?.string == failure.code.rawValue)
        #expect(problem["message"]?.string?.contains(failure.words) == true, "\(problem)")
        #expect(body["destinations"]?.array?.first?["result"]?.string == "failure")
        #expect(body["source"] == nil)
    }

    @Test("a destination that was there and is gone is an error, not a new backup")
    func vanished() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("    reports: [monitor]\n", "")])
        #expect(try fixture.run(text).outcome == .success)
        FileTree.remove("\(fixture.path)/backup")
        let result = try fixture.run(text)
        #expect(result.exitCode == .failure)
        #expect(access("\(fixture.path)/backup", F_OK) != 0)
        guard case .failure(let failure) = result.outcome else { return }
        #expect(failure.code == .missingContainer)
    }

    @Test("a first run creates the destination's folder")
    func created() throws {
        let fixture = try Fixture()
        let text = fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [("    reports: [monitor]\n", ""), ("/backup\n", "/new/backup\n")])
        #expect(try fixture.run(text).outcome == .success)
        #expect(access("\(fixture.path)/new/backup", F_OK) == 0)
    }

    @Test("another run at work makes it try again later")
    func busy() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("    reports: [monitor]\n", "")])
        let context = try fixture.context(text)
        let job = try context.configuration.findJob("home")
        let destination = try context.configuration.findDestination(nil, of: job)
        try context.state.prepare()
        let catalog = context.state.catalog(job: "home", destination: "disk", url: destination.url(forJob: "home"))
        let lock = try CatalogLock(context.state.lock(ofCatalog: catalog), subject: "it")
        #expect(JobRun(job, in: context).run().exitCode == .temporary)
        withExtendedLifetime(lock) {}
    }

    @Test("a stop before the beginning is reported with the signal's code")
    func stopped() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("    reports: [monitor]\n", "")])
        let context = try fixture.context(text)
        context.interruption.request(.terminate)
        let result = JobRun(try context.configuration.findJob("home"), in: context).run()
        #expect(result.exitCode == .terminated)
        #expect(result.report.run.isInterrupted)
        #expect(JobBatch(context.configuration.jobs, in: context).run { _ in } == .terminated)
    }

    @Test("no secret is in the log or in a report")
    func secrets() throws {
        let server = try LoopbackHTTPServer([.response(status: 204)])
        defer { server.stop() }
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = Self.key
        let text = fixture.text(
            reportingTo: server.url,
            replacing: [("/backup\n", "/backup?auth-password=${secret:passphrase}\n")])
        let result = try fixture.run(text)
        #expect(result.outcome == .success)
        let everything =
            fixture.lines.all.joined()
            + server.requests.map { String(decoding: $0.body, as: UTF8.self) }
            .joined()
        for form in ["a passphrase of many words", "a%20passphrase%20of%20many%20words", Self.key] {
            #expect(!everything.contains(form))
        }
    }
}

@Suite("Runs with several destinations")
struct SeveralDestinationTests {
    private func fixture(second: String) throws -> (Fixture, String) {
        let fixture = try Fixture()
        try FileTree.createFolder("\(fixture.path)/second")
        let text = fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                ("    reports: [monitor]\n", ""), ("destinations: [disk]", "destinations: [disk, other]"),
                ("jobs:\n", "  other:\n    url: \(second)\njobs:\n"),
            ])
        return (fixture, text)
    }

    @Test("each gets its version, and one report tells of both")
    func both() throws {
        var (fixture, text) = try fixture(second: "SECOND")
        text = text.replacing("SECOND", with: "file://\(fixture.path)/second/{job}")
        fixture.environment = [:]
        let result = try fixture.run(text)
        #expect(result.outcome == .success)
        #expect(result.report.destinations.map(\.name) == ["disk", "other"])
        #expect(result.report.destinations.allSatisfy { $0.versions == 1 })
        #expect(result.destinations.last?.label?.hasSuffix("/second/home") == true)
    }

    @Test("the one that can be used is used, whatever becomes of the other")
    func one() throws {
        let (fixture, text) = try fixture(second: "webdav://host/path")
        let result = try fixture.run(text)
        #expect(result.exitCode == .configuration)
        #expect(result.report.destinations.map(\.result) == [.success, .failure])
        #expect(result.report.source?.files == 1)
        #expect(result.report.problems.first?.message.hasPrefix("other: ") == true)
    }

    @Test("damage that a run finds in its store fails it, although a version was made")
    func damaged() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("    reports: [monitor]\n", "")])
        #expect(try fixture.run(text).outcome == .success)
        // Another size, which the listing shows.
        #expect(system("for f in \(fixture.path)/backup/*dblock*; do echo more >> $f; done") == 0)
        try fixture.write("something new\n", to: "source/new.txt")
        let result = try fixture.run(text)
        #expect(result.exitCode == .failure)
        #expect(result.report.run.result == .failure && result.report.run.exitCode == 1)
        #expect(result.report.problems.contains { $0.code == "E301" })
        // The version was made all the same, and the report does not say that everything is lost.
        let destination = try #require(result.report.destinations.first)
        #expect(destination.result == .failure && destination.version != nil)
        let told = try #require(result.report.problems.first)
        #expect(told.code == "E310" && told.message.contains("stored again what the sources still have"))
    }

    @Test("damage of data that the sources still have fails one run, which stores it again")
    func healed() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("    reports: [monitor]\n", "")])
        #expect(try fixture.run(text).outcome == .success)
        #expect(system("for f in \(fixture.path)/backup/*dblock*; do echo more >> $f; done") == 0)
        let result = try fixture.run(text)
        #expect(result.exitCode == .failure && result.report.problems.contains { $0.code == "E301" })
        let next = try fixture.run(text)
        #expect(next.exitCode == .success, "\(next.report.problems)")
        #expect(!next.report.problems.contains { $0.severity == .error })
    }

    @Test("a run that finds the lease of another one stores nothing, and its report says whose it is")
    func leased() throws {
        let fixture = try Fixture()
        let text = fixture.text(reportingTo: "http://127.0.0.1:1", replacing: [("    reports: [monitor]\n", "")])
        let destination = FileDestination(folder: "\(fixture.path)/backup")
        let lease = try Lease.acquire(
            at: destination, passphrase: Secret("a passphrase of many words"),
            LeaseRequest(instance: "attic", activity: "compact home"))
        let refused = try fixture.run(text)
        #expect(refused.exitCode == .temporary)
        let told = try #require(refused.report.destinations.first)
        #expect(told.uploadedObjects == 0 && told.version == nil)
        #expect(told.lease?.state == .held && told.lease?.expires != nil)
        #expect(told.lease?.owner?.hasPrefix("compact home of attic on ") == true, "\(told)")
        lease.release()
        let next = try fixture.run(text)
        #expect(next.outcome == .success && next.report.destinations.first?.lease == nil)
    }

    @Test("the report tells how many calls were made again")
    func retries() throws {
        let result = DestinationResult(
            name: "disk", label: nil, summary: nil, outcome: .success, problems: ProblemDigest(), retries: 3,
            duration: .zero)
        #expect(result.reported.retries == 3)
    }
}
