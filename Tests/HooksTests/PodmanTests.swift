import Configuration
import Glibc
import Hooks
import Support
import Testing

@Suite(
    "Containers of a real engine", .serialized,
    .enabled(if: PodmanSite.shared != nil, "Podman, runc or busybox is not installed, or containers cannot run here"))
struct PodmanTests {
    private func fixture() throws -> (HookFixture, PodmanSite) {
        let site = try #require(PodmanSite.shared)
        return (try HookFixture(["DOCKER_HOST": "unix://\(site.socket)"]), site)
    }

    @Test("are stopped and paused by service and label, and run again afterwards")
    func stop() throws {
        let (fixture, site) = try fixture()
        for (hook, state) in [
            ("docker_stop: { containers: [app], grace: 1s }", "exited"),
            ("docker_stop: { label: \"backup=stop\", mode: pause }", "paused"),
        ] {
            let hooks = try fixture.hooks("before: [{ \(hook) }]")
            let keeper = fixture.keeper()
            let summary = fixture.run(hooks.before, keeper: keeper)
            #expect(summary.goesOn, "\(summary)")
            #expect(try site.state() == state)
            #expect(keeper.takeBack(fixture.surroundings).isEmpty)
            #expect(try site.state() == "running")
        }
    }

    @Test("run commands, whose output and status are theirs")
    func exec() throws {
        let (fixture, _) = try fixture()
        let hooks = try fixture.hooks(
            """
            before:
              - docker_exec: { container: app, command: [sh, -c, "echo out; echo err >&2"] }
              - docker_exec: { container: shop_app_1, command: [sh, -c, "echo last words >&2; exit 3"] }
            """)
        let summary = fixture.run(hooks.before)
        #expect(summary.failure?.exitStatus == 3 && summary.failure?.lines == ["last words"], "\(summary)")
        #expect(fixture.lines.all.contains("info out") && fixture.lines.all.contains("info err"))
        let missing = try fixture.hooks("before: [{ docker_exec: { container: app, command: [no-such-program] } }]")
        #expect(fixture.run(missing.before).failure != nil)
    }

    @Test("yield the output of a command as a stream")
    func stream() throws {
        let (fixture, _) = try fixture()
        let stream = try DockerStream(
            in: "app", arguments: ["seq", "1", "200000"], user: nil, timeout: .seconds(30), fixture.surroundings)
        defer { stream.stop() }
        #expect(try DockerStreamTests.drain(stream) == 1_288_895)
    }
}
