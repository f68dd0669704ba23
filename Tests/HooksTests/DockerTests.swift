import Configuration
import Foundation
import Hooks
import Ledger
import Support
import TestSupport
import Testing

@Suite("Containers around a backup")
struct DockerTests {
    /// An engine behind a socket, and hooks that speak to it.
    private struct Site {
        let engine: DockerDouble
        let server: LoopbackHTTPServer
        let fixture: HookFixture

        init(_ engine: DockerDouble = DockerDouble(), overNetwork: Bool = false) throws {
            self.engine = engine
            let folder = try HookFixture()
            if overNetwork {
                server = try LoopbackHTTPServer { request, _ in engine.answer(request) }
                fixture = try HookFixture(["DOCKER_HOST": "tcp://127.0.0.1:\(server.port)"])
            } else {
                let path = "\(folder.path)/docker.sock"
                server = try LoopbackHTTPServer(socket: path) { request, _ in engine.answer(request) }
                var own = folder
                own.environment["DOCKER_HOST"] = "unix://\(path)"
                fixture = own
            }
        }
    }

    @Test("are stopped by name, service or label, and started again in the reverse order")
    func stopAndStart() throws {
        let site = try Site()
        defer { site.server.stop() }
        site.engine.containers = [
            .init("db"), .init(service: "web", of: "shop", number: 1), .init(service: "web", of: "shop", number: 2),
            .init("cache", labels: ["backup": "stop"]), .init("idle", labels: ["backup": "stop"], state: "exited"),
        ]
        let hooks = try site.fixture.hooks(
            """
            before:
              - docker_stop: { containers: [db, web], grace: 7s }
              - docker_stop: { label: "backup=stop", mode: pause }
            """)
        let keeper = site.fixture.keeper()
        let summary = site.fixture.run(hooks.before, keeper: keeper)
        #expect(summary.goesOn, "\(summary)")
        #expect(
            site.engine.changes == ["stop db t=7", "stop shop-web-1 t=7", "stop shop-web-2 t=7", "pause cache"])
        #expect(keeper.takeBack(site.fixture.surroundings).isEmpty)
        #expect(
            Array(site.engine.changes.dropFirst(4)) == [
                "unpause cache", "start shop-web-2", "start shop-web-1", "start db",
            ])
        #expect(site.engine.state(of: "idle") == "exited")
        #expect(try site.fixture.ledger.pendingUndos().isEmpty)
    }

    @Test("that were made anew meanwhile are found by their place in their compose project")
    func recreated() throws {
        let site = try Site()
        defer { site.server.stop() }
        site.engine.containers = [.init(service: "app", of: "shop"), .init(service: "app", of: "other")]
        let hooks = try site.fixture.hooks("before: [{ docker_stop: { containers: [shop-app-1] } }]")
        let keeper = site.fixture.keeper()
        #expect(site.fixture.run(hooks.before, keeper: keeper).goesOn)
        site.engine.recreate("shop-app-1")
        #expect(keeper.takeBack(site.fixture.surroundings).isEmpty)
        #expect(site.engine.state(of: "shop-app-1") == "running")
    }

    @Test("that are gone are no reason to try for ever")
    func gone() throws {
        let site = try Site()
        defer { site.server.stop() }
        site.engine.containers = [.init("app")]
        let hooks = try site.fixture.hooks("before: [{ docker_stop: { containers: [app] } }]")
        let keeper = site.fixture.keeper()
        #expect(site.fixture.run(hooks.before, keeper: keeper).goesOn)
        site.engine.containers = []
        #expect(keeper.takeBack(site.fixture.surroundings).isEmpty)
        #expect(try site.fixture.ledger.pendingUndos().isEmpty)
        #expect(site.fixture.lines.all.contains { $0.hasPrefix("warning a container that was stopped is gone") })
    }

    @Test("that cannot be stopped fail the hook, and those that were are started again")
    func failure() throws {
        let site = try Site()
        defer { site.server.stop() }
        site.engine.containers = [.init("a"), .init("b")]
        site.engine.fail("stop b", status: 500, message: "cannot stop container: b: permission denied")
        let hooks = try site.fixture.hooks("before: [{ docker_stop: { containers: [a, b] } }]")
        let keeper = site.fixture.keeper()
        let failure = try #require(site.fixture.run(hooks.before, keeper: keeper).failure)
        #expect("\(failure)".contains("(status 500): cannot stop container: b: permission denied."))
        #expect(keeper.takeBack(site.fixture.surroundings).isEmpty)
        #expect(site.engine.state(of: "a") == "running" && site.engine.state(of: "b") == "running")
    }

    @Test("are not stopped when they would not come back, or when nobody knows which are meant")
    func unsuitable() throws {
        let site = try Site()
        defer { site.server.stop() }
        site.engine.containers = [
            .init("once", isTransient: true), .init(service: "app", of: "one"), .init(service: "app", of: "two"),
        ]
        for (name, words) in [
            ("once", "would be removed when it stops"), ("app", "several projects (one, two)"),
            ("nobody", "There is no container and no service “nobody”"),
        ] {
            let hooks = try site.fixture.hooks("before: [{ docker_stop: { containers: [\(name)] } }]")
            let failure = try #require(site.fixture.run(hooks.before).failure)
            #expect("\(failure)".contains(words), "\(failure)")
        }
        #expect(site.engine.changes.isEmpty)
    }

    @Test("run commands, in whichever way their output comes", arguments: DockerDouble.Style.allCases)
    func exec(style: DockerDouble.Style) throws {
        let site = try Site(
            DockerDouble(style: style, frameSize: 333) { words in
                words == ["occ", "on"]
                    ? .init(output: String(repeating: "done\n", count: 4000), error: "a warning\n")
                    : .init(error: "no such mode\n", status: 2)
            }, overNetwork: style == .plain)
        defer { site.server.stop() }
        site.engine.containers = [.init(service: "app", of: "shop")]
        let hooks = try site.fixture.hooks(
            """
            before:
              - docker_exec: { container: app, command: [occ, "on"], user: www-data }
              - docker_exec: { container: app, command: [occ, nonsense] }
            """)
        let summary = site.fixture.run(hooks.before)
        #expect(summary.failure?.exitStatus == 2)
        #expect(summary.failure?.lines == ["no such mode"])
        #expect(site.fixture.lines.all.contains("info a warning") && site.fixture.lines.all.contains("info done"))
        #expect(site.server.requests.contains { String(decoding: $0.body, as: UTF8.self).contains("\"www-data\"") })
    }

    @Test("that do not run run no commands")
    func stopped() throws {
        let site = try Site()
        defer { site.server.stop() }
        site.engine.containers = [.init("app", state: "exited")]
        let hooks = try site.fixture.hooks("before: [{ docker_exec: { container: app, command: [ls] } }]")
        let failure = try #require(site.fixture.run(hooks.before).failure)
        #expect("\(failure)".contains("The container app does not run (exited)."))
    }

    @Test("are spoken to in the newest version that both sides know", arguments: [(30, "/v1.30/"), (99, "/v1.51/")])
    func version(newest: Int, prefix: String) throws {
        let site = try Site(DockerDouble(version: newest))
        defer { site.server.stop() }
        site.engine.containers = [.init("app")]
        let hooks = try site.fixture.hooks("before: [{ docker_stop: { containers: [app] } }]")
        #expect(site.fixture.run(hooks.before).goesOn)
        #expect(site.server.requests.dropFirst().allSatisfy { $0.target.hasPrefix(prefix) })
    }

    @Test("of an engine that is too old, or not there, are left alone, and the words say what to do")
    func noEngine() throws {
        let old = try Site(DockerDouble(version: 20))
        defer { old.server.stop() }
        let hooks = try old.fixture.hooks("before: [{ docker_stop: { containers: [app] } }]")
        #expect("\(try #require(old.fixture.run(hooks.before).failure))".contains("speaks 1.20, and 1.24 is needed"))
        for (host, words) in [
            ("unix:///nowhere/docker.sock", "does not answer"), ("ssh://host", "neither `unix://PATH` nor"),
        ] {
            let fixture = try HookFixture(["DOCKER_HOST": host])
            #expect("\(try #require(fixture.run(hooks.before).failure))".contains(words))
        }
    }
}
