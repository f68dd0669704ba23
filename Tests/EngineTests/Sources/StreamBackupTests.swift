import Foundation
import Glibc
import Support
import Testing

@testable import Engine

@Suite("Backups of commands' output")
struct StreamBackupTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 4096
        try fixture.write("file", "content")
        return fixture
    }

    private func stream(_ path: String, _ script: String) -> StreamSource {
        StreamSource(path: path, arguments: ["sh", "-c", script])
    }

    /// The newest version, restored with whole paths.
    private func restored(_ fixture: BackupFixture, _ version: VersionSelector = .newest) throws -> TemporaryFolder {
        let target = try TemporaryFolder()
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path, problems: problems)
        let request = RestoreRequest(version: version, target: target.path, keepsWholePaths: true)
        let summary = try RestoreRun(request, session: session, problems: problems).run()
        #expect(summary.failed == 0 && problems.problems.isEmpty, "\(problems.problems)")
        return target
    }

    private func bytes(_ folder: TemporaryFolder, _ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: folder.path + path)))
    }

    @Test(
        "the output of a command is a file of the version, of whatever size", arguments: [0, 1, 4096, 4097, 3_000_000])
    func sizes(_ size: Int) throws {
        let fixture = try fixture()
        let content = BackupFixture.noise(size, seed: 7)
        try fixture.write("../dump", content)
        fixture.streams = [stream("/databases/app/app.dump", "cat '\(fixture.folder.path)/dump'")]
        let summary = try fixture.run()
        #expect(summary.version != nil && summary.files == 2 && summary.added == 3)
        let target = try restored(fixture)
        #expect(try bytes(target, "/databases/app/app.dump") == content)
        #expect(try bytes(target, "\(fixture.source)/file") == Array("content".utf8))
        var status = stat()
        #expect(lstat(target.path + "/databases/app/app.dump", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600 && status.st_uid == geteuid())
        #expect(try fixture.faults() ?? "" == "")
    }

    @Test("an unchanged output makes no version, also when the catalog is gone; another one does")
    func unchanged() throws {
        let fixture = try fixture()
        fixture.streams = [stream("/dump", "seq 1 20000"), stream("/small", "echo small")]
        #expect(try fixture.run().version != nil)
        let before = try fixture.objects()
        let second = try fixture.run()
        #expect(second.version == nil && second.added + second.modified + second.removed == 0 && second.opened == 2)
        #expect(try fixture.objects() == before)
        FileTree.remove(fixture.catalog)
        let third = try fixture.run()
        #expect(third.catalogWasRebuilt && third.version == nil, "\(third)")
        #expect(try fixture.objects() == before)
        fixture.streams[0] = stream("/dump", "seq 1 20001")
        let fourth = try fixture.run()
        #expect(fourth.version != nil && fourth.modified == 1 && fourth.added == 0)
        fixture.streams.removeLast()
        #expect(try fixture.run().removed == 1)
        let target = try restored(fixture)
        #expect(access(target.path + "/small", F_OK) != 0)
        #expect(try bytes(target, "/dump").count == 108_900)
    }

    @Test(
        "a command that fails fails the run, and what was there stays",
        arguments: [
            "echo half; echo 'role \"app\" does not exist' >&2; exit 1", "head -c 5000000 /dev/urandom; kill -9 $$",
        ])
    func failing(_ script: String) throws {
        let fixture = try fixture()
        fixture.streams = [stream("/dump", "seq 1 20000")]
        try fixture.run()
        let before = try fixture.objects()
        fixture.streams = [stream("/dump", script)]
        try fixture.write("file", "changed")
        let error = try #require(throws: EngineError.self) { try fixture.run() }
        guard case .stream(let failure) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(failure.path == "/dump")
        #expect("\(error)".contains("No version was made"))
        if script.hasPrefix("echo") { #expect("\(error)".contains("role \"app\" does not exist")) }
        // Nothing is gone, and no version has come.
        for (name, size) in before { #expect(try fixture.objects()[name] == size) }
        #expect(try fixture.objects().keys.count { $0.contains("dlist") } == 1)
        #expect(try bytes(try restored(fixture), "/dump").count == 108_894)
        // The next one goes on.
        fixture.streams = [stream("/dump", "echo better")]
        #expect(try fixture.run().modified >= 2)
        #expect(try bytes(try restored(fixture), "/dump") == Array("better\n".utf8))
        #expect(try fixture.faults() ?? "" == "")
    }

    @Test("a run that is stopped stops the command")
    func cancelled() throws {
        let fixture = try fixture()
        try fixture.run()
        let marker = fixture.folder.path + "/running"
        fixture.streams = [stream("/endless", "echo $$ > '\(marker)'; cat /dev/zero")]
        let cancellation = Cancellation()
        let watcher = try WorkerThread("watcher") {
            // The shell makes the file first and writes into it then.
            var status = stat()
            while stat(marker, &status) != 0 || status.st_size == 0 { usleep(1000) }
            cancellation.cancel()
        }
        let error = try #require(throws: EngineError.self) { try fixture.run(cancellation: cancellation) }
        watcher.join()
        guard case .cancelled = error else {
            Issue.record("\(error)")
            return
        }
        let number = try #require(
            pid_t(String(decoding: try Data(contentsOf: URL(filePath: marker)), as: UTF8.self).filter(\.isNumber)))
        #expect(kill(number, 0) != 0)
    }

    @Test("a stream may lie within a tree, where it takes the place of what is there")
    func withinTree() throws {
        let fixture = try fixture()
        try fixture.write("folder/other", "other")
        try fixture.write("folder/dump", "an old dump that somebody left there")
        fixture.streams = [
            stream("\(fixture.source)/folder/dump", "echo new"), stream("\(fixture.source)/new/dump", "echo newer"),
            stream("\(fixture.source)/folder/second", "echo second"),
        ]
        try fixture.run()
        let target = try restored(fixture)
        #expect(try bytes(target, "\(fixture.source)/folder/dump") == Array("new\n".utf8))
        #expect(try bytes(target, "\(fixture.source)/folder/other") == Array("other".utf8))
        #expect(try bytes(target, "\(fixture.source)/new/dump") == Array("newer\n".utf8))
        #expect(try fixture.run().version == nil)
        // The walk may change the folder; the streams stay.
        fixture.remove("folder/other")
        let changed = try fixture.run()
        #expect(changed.removed == 1 && changed.added == 0)
        #expect(try bytes(try restored(fixture), "\(fixture.source)/folder/second") == Array("second\n".utf8))
        // Without the streams, what is there is backed up again.
        fixture.streams = []
        try fixture.run()
        let last = try restored(fixture)
        #expect(try bytes(last, "\(fixture.source)/folder/dump").starts(with: Array("an old".utf8)))
        #expect(access(last.path + "\(fixture.source)/folder/second", F_OK) != 0)
        #expect(try fixture.faults() ?? "" == "")
    }

    @Test("a command alone is a backup")
    func alone() throws {
        let fixture = try fixture()
        var request = BackupRequest(sources: [])
        request.streams = [stream("/dump", "echo alone")]
        let store = Store(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path + "/temporary")
        let summary = try BackupRun(store: store, catalogPath: fixture.catalog, request: request).run()
        #expect(summary.files == 1 && summary.bytes == 6)
        #expect(try bytes(try restored(fixture), "/dump") == Array("alone\n".utf8))
    }

    @Test(
        "paths that cannot be a file of the version are refused",
        arguments: [
            "relative", "/", "/folder/", "/a//b", "/a/../b", "/TREE", "/dump/below", "/DUMP",
        ])
    func places(_ path: String) throws {
        let fixture = try fixture()
        let parent = (fixture.source as NSString).deletingLastPathComponent
        let written = path == "/TREE" ? parent : path == "/DUMP" ? "/dump" : path
        fixture.streams = [stream(written, "true"), stream("/dump", "true")]
        let error = try #require(throws: EngineError.self) { try fixture.run() }
        guard case .unusableSource = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.remote))
    }
}
