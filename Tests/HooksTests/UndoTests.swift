import Configuration
import Foundation
import Glibc
import Hooks
import Ledger
import Support
import TestSupport
import Testing

@Suite("Taking hooks back")
struct UndoTests {
    private func undos(_ fixture: HookFixture) -> String {
        (try? String(contentsOfFile: "\(fixture.path)/done", encoding: .utf8)) ?? ""
    }

    private let three = """
        before:
          - { command: ["true"], undo: { command: [sh, -c, 'echo -n 1 >> done'] } }
          - { command: ["true"], undo: { command: [sh, -c, 'echo -n 2 >> done'] } }
          - { command: ["false"], undo: { command: [sh, -c, 'echo -n 3 >> done'] } }
        """

    /// The same with the folder of the fixture.
    private func hooks(_ fixture: HookFixture) throws -> [HookSpecification] {
        try fixture.hooks(three.replacing("done", with: "\(fixture.path)/done")).before
    }

    @Test("is done in the reverse order, also for the one that failed")
    func order() throws {
        let fixture = try HookFixture()
        let keeper = fixture.keeper()
        #expect(fixture.run(try hooks(fixture), keeper: keeper).failure != nil)
        #expect(try fixture.ledger.pendingUndos().count == 3)
        #expect(keeper.takeBack(fixture.surroundings).isEmpty)
        #expect(undos(fixture) == "321")
        #expect(keeper.takeBack(fixture.surroundings).isEmpty && undos(fixture) == "321")
    }

    @Test("waits while the run is at work, and is done once by whoever starts after its end")
    func replay() throws {
        let fixture = try HookFixture()
        var keeper: UndoKeeper? = fixture.keeper()
        _ = fixture.run(try hooks(fixture), keeper: keeper)
        let replay = UndoReplay(ledger: fixture.ledger, folder: fixture.undoFolder)
        let surroundings = fixture.surroundings
        #expect(try replay.run { _ in surroundings }.done.isEmpty)
        #expect(undos(fixture) == "")
        // As the system does for a process that dies.
        keeper = nil
        #expect(try replay.run { _ in surroundings }.done.count == 3)
        #expect(try replay.run { _ in surroundings }.done.isEmpty)
        #expect(undos(fixture) == "321")
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.undoFolder).isEmpty)
    }

    @Test("that fails is tried again, and the ledger knows how often and why")
    func failure() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            """
            before:
              - command: ["true"]
                name: maintenance
                undo: { command: [sh, -c, 'echo broken >&2; test -e \(fixture.path)/mended'] }
            """)
        do {
            let keeper = fixture.keeper()
            #expect(fixture.run(hooks.before, keeper: keeper).goesOn)
            #expect(keeper.takeBack(fixture.surroundings).map { $0.hook } == ["maintenance"])
        }
        let replay = UndoReplay(ledger: fixture.ledger, folder: fixture.undoFolder)
        let surroundings = fixture.surroundings
        #expect(try replay.run { _ in surroundings }.failures.count == 1)
        let left = try #require(try fixture.ledger.pendingUndos().first)
        #expect(left.attempts == 2 && left.error?.contains("broken") == true && left.hook == "maintenance")
        try Data().write(to: URL(filePath: "\(fixture.path)/mended"))
        #expect(try replay.run { _ in surroundings }.done == ["maintenance"])
        #expect(try fixture.ledger.pendingUndos().isEmpty)
    }

    @Test("is written down with the names of secrets, never with their values")
    func secrets() throws {
        let fixture = try HookFixture()
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let hooks = try fixture.hooks(
            """
            before:
              - command: ["true"]
                undo:
                  http: { url: "\(server.url)/off/{job}", headers: { X-Token: "a ${secret:token}" }, body: "${secret:token}" }
            """)
        let keeper = fixture.keeper()
        #expect(fixture.run(hooks.before, keeper: keeper).goesOn)
        let entry = try #require(try fixture.ledger.pendingUndos().first)
        #expect(!entry.action.contains("a-secret-token") && entry.action.contains("token"))
        #expect(keeper.takeBack(fixture.surroundings).isEmpty)
        #expect(server.requests.first?["x-token"] == "a a-secret-token")
        #expect(server.requests.first?.target == "/off/home")
    }

    @Test("that cannot be written down keeps the hook from being run")
    func unwritable() throws {
        let fixture = try HookFixture()
        let hooks = try fixture.hooks(
            "before: [{ command: [touch, '\(fixture.path)/ran'], undo: { command: [\"true\"] } }]")
        try Data().write(to: URL(filePath: fixture.undoFolder))
        let failure = try #require(fixture.run(hooks.before).failure)
        #expect("\(failure)".contains("was not begun, because what takes it back cannot be kept"))
        #expect(access("\(fixture.path)/ran", F_OK) != 0)
    }
}
