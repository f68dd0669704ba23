import Configuration
import Glibc
import JSON
import Jobs
import Ledger
import Listening
import Support
import Synchronization
import Testing

@testable import API
@testable import Service

@Suite("What the service answers")
struct OperationsTests {
    @Test("probes say that the service lives and is ready, and why it is not")
    func probes() throws {
        let home = try ServedHousehold()
        try home.wait("the first look") { home.service.status.looked != nil }
        #expect(try home.send("GET", "/livez", token: nil).text == "ok\n")
        #expect(try home.send("GET", "/readyz", token: nil).text == "ok\n")
        #expect(try home.send("HEAD", "/livez", token: nil).status == 200)
        home.end()
        let ended = try home.send("GET", "/readyz", token: nil)
        #expect(ended.status == 503 && ended.text == "not ok: the service ends\n")
    }

    @Test("metrics and the status tell of every job")
    func monitoring() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        try home.backUp()
        let metrics = try home.send("GET", "/metrics", token: ServedHousehold.tokens["metrics"])
        #expect(metrics.fields["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        #expect(
            metrics.text.contains("dunnage_backup_last_success_timestamp_seconds{backup=\"home\",destination=\"disk\"}")
        )
        let status = try home.json("GET", "/status")
        #expect(status["config"]?.string == home.service.configuration.hash)
        let job = try #require(status["jobs"]?.array?.first)
        #expect(job["description"]?.string == "Letters." && job["labels"]?["kind"]?.string == "papers")
        #expect(job["destinations"]?.array?.first?["last_result"]?.string == "success")
    }

    @Test("a job is run, found among the runs with report and log, and versions can be browsed and restored")
    func life() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        let id = try home.backUp()
        let run = try home.json("GET", "/api/v1/runs/\(id)")
        #expect(run["state"]?.string == "success" && run["trigger"]?.string == "api")
        let report = try home.json("GET", "/api/v1/runs/\(id)/report")
        #expect(report["run"]?["id"]?.string == id && report["event"]?.string == "success")
        let log = try home.send("GET", "/api/v1/runs/\(id)/log")
        #expect(log.text.contains("backup finished"))
        let rest = try home.send("GET", "/api/v1/runs/\(id)/log?offset=10")
        #expect(log.text.hasSuffix(rest.text) && rest.text.utf8.count == log.text.utf8.count - 10)

        let versions = try home.json("GET", "/api/v1/jobs/home/versions")["versions"]?.array ?? []
        let version = try #require(versions.first?["id"]?.string)
        #expect(versions.count == 1 && versions[0]["files"]?.integer == 2)
        for name in ["newest", "0", version] {
            let path = PercentEncoding.encode("\(home.path)/source")
            let folder = try home.json("GET", "/api/v1/jobs/home/versions/\(name)/entries?path=\(path)")
            #expect(folder["entries"]?.array?.compactMap { $0["name"]?.string } == ["letters", "other.txt"])
        }

        let body = JSONValue.object([
            .init("target", .string("\(home.path)/restore/out")),
            .init("paths", .array([.string("\(home.path)/source/letters/first.txt")])),
        ])
        let restore = try #require(
            try home.json("POST", "/api/v1/jobs/home/restore", body: body, status: 202)["id"]?.string)
        try home.wait("the restore") { try home.json("GET", "/api/v1/restores/\(restore)")["finished"]?.string != nil }
        let ended = try home.json("GET", "/api/v1/restores/\(restore)")
        #expect(ended["state"]?.string == "success", "\(ended)")
        #expect(ended["summary"]?["restored_files"]?.integer == 1)
        #expect(try SmallFile.read("\(home.path)/restore/out/first.txt", limit: 100) == Array("Dear reader,\n".utf8))
        let listed = try home.json("GET", "/api/v1/restores")["restores"]?.array ?? []
        #expect(listed.compactMap { $0["id"]?.string } == [restore])
        #expect(try home.json("POST", "/api/v1/restores/\(restore)/stop", status: 202)["state"]?.string == "success")
    }

    @Test("a version is browsed from its roots down to a file, page by page")
    func browsing() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        for number in 10..<35 {
            try SmallFile.replace("\(home.path)/source/letters/\(number)", with: Array("\(number)\n".utf8))
        }
        try home.backUp()
        func page(_ query: String) throws -> JSONValue {
            try home.json("GET", "/api/v1/jobs/home/versions/newest/entries?\(query)")
        }
        // The folders above the source are no entries of the version, and lead to it all the same.
        var path = ""
        let wanted = "\(home.path)/source/letters/"
        for _ in 0..<20 where path != wanted {
            let entries = try page("path=\(PercentEncoding.encode(path))")["entries"]?.array ?? []
            let next = entries.compactMap { $0["path"]?.string }.first { wanted.hasPrefix($0) }
            path = try #require(next, "\(path): \(entries)")
        }
        #expect(path == wanted)
        var names: [String] = []
        var cursor = ""
        repeat {
            let folder = try page("path=\(PercentEncoding.encode(path))&limit=7\(cursor)")
            names += (folder["entries"]?.array ?? []).compactMap { $0["name"]?.string }
            cursor = folder["next"]?.string.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        #expect(names == (10..<35).map { "\($0)" } + ["first.txt"])
        let encoded = ServiceAPI.text(Array(path.utf8))
        #expect(try page("path_base64=\(encoded)")["entries"]?.array?.count == 26)
        for missing in ["path=/nowhere", "path=\(PercentEncoding.encode("\(path)first.txt"))"] {
            let target = "/api/v1/jobs/home/versions/newest/entries?\(missing)"
            #expect(try home.send("GET", target).status == 404, "\(missing)")
        }
        #expect(try home.send("GET", "/api/v1/jobs/home/versions/9/entries").status == 404)
    }

    @Test("a dry run restores nothing and says what it would do")
    func dryRun() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        try home.backUp()
        let body = JSONValue.object([
            .init("target", .string("\(home.path)/restore/dry")), .init("dry_run", .bool(true)),
        ])
        let id = try #require(try home.json("POST", "/api/v1/jobs/home/restore", body: body, status: 202)["id"]?.string)
        try home.wait("the restore") { try home.json("GET", "/api/v1/restores/\(id)")["finished"]?.string != nil }
        let ended = try home.json("GET", "/api/v1/restores/\(id)")
        #expect(ended["summary"]?["files_to_create"]?.integer == 2, "\(ended)")
        #expect(access("\(home.path)/restore/dry", F_OK) != 0)
    }

    @Test("restores go below the folders that are named for them, links followed, and nowhere else")
    func restoreRoots() throws {
        let home = try ServedHousehold(runs: false)
        let path = home.path
        #expect(symlink("/etc", "\(path)/restore/link") == 0)
        #expect(symlink("\(path)/nowhere", "\(path)/restore/dangling") == 0)
        for target in [
            "/", "/etc", path, "\(path)/restored", "\(path)/restore/../source", "\(path)/restore/link",
            "\(path)/restore/link/cron.d", "\(path)/restore/dangling", "\(path)/restore/./x",
            "\(path)/restore/a/../../b",
        ] {
            let response = try home.send(
                "POST", "/api/v1/jobs/home/restore", body: .object([.init("target", .string(target))]))
            #expect(response.status == 403, "\(target): \(response.status)")
        }
        let roots = RestoreRoots(roots: ["\(path)/restore"])
        #expect(roots.allow("\(path)/restore") && roots.allow("\(path)/restore/new/deep"))
        #expect(!RestoreRoots(roots: []).allow("\(path)/restore"))
    }

    @Test("runs come in pages, and only those that were asked for")
    func pages() throws {
        let home = try ServedHousehold(runs: false)
        let ledger = home.setting.ledger
        var ids: [String] = []
        for number in 0..<25 {
            let at = Timestamp(seconds: 1_795_305_600 + Int64(number))
            let id = RunIdentifier(at: at).description
            ids.append(id)
            try ledger.begin(RunStart(id: id, job: number % 2 == 0 ? "home" : "other", started: at))
            try ledger.finish(id, RunEnd(finished: at, state: number % 5 == 0 ? .failed : .success))
        }
        var found: [String] = []
        var before = ""
        repeat {
            let page = try home.json("GET", "/api/v1/runs?limit=7\(before)")
            found += (page["runs"]?.array ?? []).compactMap { $0["id"]?.string }
            before = page["next"]?.string.map { "&before=\($0)" } ?? ""
        } while !before.isEmpty
        #expect(found == ids.reversed())
        let failed = try home.json("GET", "/api/v1/runs?state=failed&job=home")["runs"]?.array ?? []
        #expect(failed.count == 3)
    }

    @Test("pauses are of one job or of all, and end")
    func pauses() throws {
        let home = try ServedHousehold(runs: false)
        let pause = try home.json(
            "POST", "/api/v1/jobs/home/pause", body: .object([.init("reason", .string("holidays"))]))
        #expect(pause["reason"]?.string == "holidays")
        #expect(try home.json("GET", "/api/v1/jobs/home")["paused"]?["reason"]?.string == "holidays")
        #expect(try home.json("POST", "/api/v1/jobs/home/resume")["paused"] == .null)
        _ = try home.json("POST", "/api/v1/pause")
        #expect(try home.json("GET", "/status")["paused"]?["since"]?.string != nil)
        _ = try home.json("POST", "/api/v1/resume")
        #expect(try home.json("GET", "/status")["paused"] == .null)
    }

    @Test("a run that waits is there by its identifier, is asked for once, and is taken back by a stop")
    func waiting() throws {
        let home = try ServedHousehold(runs: false)
        let id = try #require(try home.json("POST", "/api/v1/jobs/home/run", status: 202)["id"]?.string)
        #expect(try home.json("GET", "/api/v1/runs/\(id)")["state"]?.string == "waiting")
        #expect(try home.send("POST", "/api/v1/jobs/home/run").status == 409)
        _ = try home.json("POST", "/api/v1/jobs/home/stop", status: 202)
        #expect(try home.send("GET", "/api/v1/runs/\(id)").status == 404)
        #expect(try home.send("POST", "/api/v1/jobs/home/stop").status == 409)
    }

    @Test("a run that was asked for waits while its job has to rest, instead of being forgotten")
    func resting() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        home.service.state.withLock { $0.held["home"] = .now + .milliseconds(300) }
        let id = try #require(try home.json("POST", "/api/v1/jobs/home/run", status: 202)["id"]?.string)
        home.service.wake()
        try home.wait("the run") { try home.json("GET", "/api/v1/runs/\(id)")["finished"]?.string != nil }
        #expect(try home.json("GET", "/api/v1/runs/\(id)")["state"]?.string == "success")
    }

    @Test("a stop that is asked for again is the same stop: the run ends in good order")
    func stopAgain() throws {
        let home = try ServedHousehold(runs: false)
        let interruption = Interruption()
        home.service.state.withLock { state in
            state.running["home"] = ServiceState.Run(
                id: RunIdentifier(at: .now()), kind: .backup, interruption: interruption, started: .now(), began: .now,
                trigger: .api, isScheduled: false)
        }
        for _ in 0..<2 { _ = try home.json("POST", "/api/v1/jobs/home/stop", status: 202) }
        #expect(interruption.requests == 1 && interruption.reason == .request)
    }

    @Test("a report that is there and cannot be read is no report that is not there")
    func unreadable() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        let id = try home.backUp()
        let path = home.setting.state.report(ofRun: id)
        try home.wait("the report") { access(path, F_OK) == 0 }
        unlink(path)
        #expect(try home.send("GET", "/api/v1/runs/\(id)/report").status == 404)
        try FileTree.createFolder(path)
        let answer = try home.send("GET", "/api/v1/runs/\(id)/report")
        #expect(answer.status == 500 && answer.text.contains("read"), "\(answer.text)")
    }

    @Test("schedules are looked ahead, and a reload is asked for")
    func schedule() throws {
        let home = try ServedHousehold(job: "    schedule: \"0 3 * * *\"\n", runs: false)
        let moments = try home.json("GET", "/api/v1/schedule?count=3&job=home")["moments"]?.array ?? []
        #expect(moments.count == 3 && moments[0]["jobs"]?.array == [.string("home")])
        _ = try home.json("POST", "/api/v1/reload", status: 202)
        #expect(try home.json("GET", "/api/v1/occurrences?limit=5")["occurrences"]?.array?.isEmpty == true)
    }

    @Test(
        "what is wrong with a request is said with the right status",
        arguments: [
            ("GET", "/nothing", nil, 404), ("GET", "/api/v1/jobs/none", nil, 404),
            ("GET", "/api/v1/jobs/HOME", nil, 404),
            ("POST", "/status", nil, 405), ("DELETE", "/api/v1/jobs/home", nil, 405), ("OPTIONS", "/status", nil, 405),
            ("GET", "/api/v1/runs?limit=0", nil, 400), ("GET", "/api/v1/runs?limit=x", nil, 400),
            ("GET", "/api/v1/runs?limit=1&limit=2", nil, 400), ("GET", "/api/v1/runs?what=1", nil, 400),
            ("GET", "/api/v1/runs?state=odd", nil, 400), ("GET", "/api/v1/runs/short", nil, 404),
            ("GET", "/api/v1/runs/01JD6Z3M9K7Q8V5R2T4W6X8Y0A/log", nil, 404),
            ("POST", "/api/v1/jobs/home/pause", "[]", 400), ("POST", "/api/v1/jobs/home/pause", "{\"reason\": 1}", 400),
            ("POST", "/api/v1/jobs/home/pause", "{\"other\": 1}", 400), ("POST", "/api/v1/jobs/home/pause", "{", 400),
            ("POST", "/api/v1/jobs/home/run", "{}", 400), ("POST", "/api/v1/jobs/home/restore", nil, 400),
            ("POST", "/api/v1/jobs/home/restore", "{}", 400),
            ("GET", "/api/v1/jobs/home/versions", nil, 404),
            ("GET", "/api/v1/jobs/home/versions?destination=x", nil, 404),
        ] as [(String, String, String?, Int)])
    func problems(_ method: String, _ target: String, _ body: String?, _ status: Int) throws {
        let home = try ServedHousehold(runs: false)
        var fields: HTTPHeaders = ["Authorization": "Bearer \(ServedHousehold.token)"]
        if body != nil { fields["Content-Type"] = "application/json" }
        let request = try ServerRequest(method, target, fields: fields, body: Array((body ?? "").utf8))
        let response = home.api.answer(request)
        #expect(response.status == status, "\(response.text)")
        let problem = try JSONValue(parsing: response.text)
        #expect(Schemas.problem.problem(with: problem, at: "problem") == nil, "\(problem)")
        #expect(problem["detail"]?.string?.isEmpty == false && problem["status"]?.integer == Int64(status))
        if status == 405 { #expect(response.fields["Allow"]?.isEmpty == false) }
    }

    @Test("no answer of any operation has a secret of the configuration in it")
    func secrets() throws {
        let home = try ServedHousehold()
        defer { home.end() }
        let id = try home.backUp()
        let secrets = Array(ServedHousehold.tokens.values) + ["a passphrase of many words"]
        for operation in Operations.all {
            let target = operation.path.description.replacing("{job}", with: "home")
                .replacing("{version}", with: "newest").replacing("{run}", with: id).replacing("{restore}", with: id)
            let body: JSONValue? =
                operation.body == nil
                ? nil : .object(operation.body?.isRequired == true ? [.init("target", .string("/x"))] : [])
            for token in [ServedHousehold.token, nil, "another-token-of-nobody"] {
                let peer = Peer.network(address: "10.\(id.count).0.\(operation.name.count)", port: 1)
                let response = try home.send(operation.method, target, token: token, body: body, peer: peer)
                let all = response.text + response.fields.fields.map { "\($0.name): \($0.value)" }.joined()
                for (index, secret) in secrets.enumerated() {
                    #expect(!all.contains(secret), "secret \(index) in \(operation.name)")
                }
            }
        }
    }
}
