import Foundation
import Glibc
import Support
import Testing

@testable import Engine

@Suite("Sources of a backup")
struct SourceTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        return fixture
    }

    private func isMissing(_ error: EngineError) -> Bool {
        if case .missingSources = error { true } else { false }
    }

    @Test("a missing source is a warning, a failure or nothing, as the job says")
    func missing() throws {
        let fixture = try fixture()
        let gone = fixture.folder.path + "/gone"
        fixture.others = [gone]
        let warned = ProblemLog()
        #expect(try fixture.run(problems: warned).version != nil)
        #expect(warned.problems.map(\.code) == [.sourceMissing])
        fixture.absence = [gone: .ignore]
        let ignored = ProblemLog()
        #expect(try fixture.run(problems: ignored).unreadable == 0)
        #expect(ignored.problems.isEmpty)
        fixture.absence = [gone: .fail]
        let before = try fixture.objects()
        try fixture.write("file", "changed")
        let error = try #require(throws: EngineError.self) { try fixture.run() }
        #expect(isMissing(error) && "\(error)".contains(gone))
        #expect(try fixture.objects() == before)
    }

    @Test("a required source that cannot be entered any more fails the run", .enabled(if: geteuid() == 0))
    func vanished() throws {
        let fixture = try fixture()
        let problem = WalkProblem(kind: .openFolder, path: Array("\(fixture.source)/".utf8), code: ENOENT)
        var request = BackupRequest(sources: [fixture.source])
        guard case .reported = request.judge(problem) else {
            Issue.record("a warning is expected")
            return
        }
        request.absence = ["\(fixture.source)/": .fail]
        guard case .fatal(let error) = request.judge(problem) else {
            Issue.record("a failure is expected")
            return
        }
        #expect(isMissing(error))
        let below = WalkProblem(kind: .openFolder, path: Array("\(fixture.source)/below/".utf8), code: ENOENT)
        guard case .reported = request.judge(below) else {
            Issue.record("what is below a source is not the source")
            return
        }
    }

    @Test("without any of its sources a job fails, whatever comes of each")
    func none() throws {
        let fixture = try fixture()
        let gone = fixture.folder.path + "/gone"
        let store = Store(
            destination: try fixture.destination(), passphrase: nil, temporaryFolder: fixture.folder.path)
        var request = BackupRequest(sources: [gone])
        request.absence = [gone: .ignore]
        #expect(throws: EngineError.self) {
            try BackupRun(store: store, catalogPath: fixture.catalog, request: request).run()
        }
        // A command beside it must not make a version without all of its files.
        request.streams = [StreamSource(path: "/dump", arguments: ["true"])]
        request.absence = [:]
        #expect(throws: EngineError.self) {
            try BackupRun(store: store, catalogPath: fixture.catalog, request: request).run()
        }
        request.absence = [gone: .ignore]
        #expect(try BackupRun(store: store, catalogPath: fixture.catalog, request: request).run().files == 1)
    }

    @Test("a source whose path no version can hold is refused", arguments: [("/long", 7000), ("/a", 4097)])
    func longSources(_ part: String, _ count: Int) throws {
        let path = String(repeating: part, count: count)
        let fixture = try fixture()
        fixture.others = [path]
        let error = try #require(throws: EngineError.self) { try fixture.run() }
        #expect("\(error)".contains("32 KiB or 4096 components"))
        #expect("\(error)".utf8.count < 1000)
    }

    @Test("what links lead to is stored and restored where links are followed")
    func followed() throws {
        let fixture = try fixture()
        try fixture.write("../outside/deep/file", "outside")
        try fixture.write("../outside/large", BackupFixture.noise(9_000_000, seed: 5))
        symlink("../outside", "\(fixture.source)/folder")
        symlink("../outside/large", "\(fixture.source)/large")
        symlink("../outside/deep/file", "\(fixture.source)/small")
        symlink("nowhere", "\(fixture.source)/dangling")
        symlink("..", "\(fixture.source)/../outside/deep/up")
        fixture.policy.symlinks = .follow
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(problems.problems.isEmpty)
        #expect(try fixture.run().version == nil)
        let target = try TemporaryFolder()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path, problems: problems)
        _ = try RestoreRun(RestoreRequest(target: target.path + "/out"), session: session, problems: problems).run()
        #expect(problems.problems.isEmpty)
        let files = FileManager.default
        for (path, original) in [
            ("small", "deep/file"), ("large", "large"), ("folder/large", "large"), ("folder/deep/file", "deep/file"),
        ] {
            #expect(try files.destinationOfSymbolicLink(atPath: "\(fixture.source)/large") == "../outside/large")
            #expect((try? files.destinationOfSymbolicLink(atPath: "\(target.path)/out/\(path)")) == nil)
            #expect(
                files.contentsEqual(
                    atPath: "\(target.path)/out/\(path)", andPath: "\(fixture.folder.path)/outside/\(original)"))
        }
        #expect(try files.destinationOfSymbolicLink(atPath: target.path + "/out/dangling") == "nowhere")
        #expect(try files.destinationOfSymbolicLink(atPath: target.path + "/out/folder/deep/up") == "..")
        #expect(try fixture.faults() ?? "" == "")
    }

    @Test("a changed policy takes effect on the next version, on what was stored too")
    func changedPolicy() throws {
        let fixture = try fixture()
        for path in ["cache/.nobackup", "cache/deep/file", "keep/file"] { try fixture.write(path, path) }
        #expect(try fixture.run().added == 8)
        fixture.policy.markers = [".nobackup"]
        let without = try fixture.run()
        #expect(without.removed == 4 && without.version != nil)
        #expect(try fixture.run().version == nil)
        fixture.policy.markers = []
        let again = try fixture.run()
        #expect(again.added == 4 && again.uploadedBytes < 20_000)
        #expect(try fixture.restoreDifferences().isEmpty)
    }
}
