import Destinations
import Foundation
import Glibc
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Restores that do not come to their end")
struct InterruptedRestoreTests {
    /// The names in a folder to whose files something is written, seen by the system while `body` runs.
    private func written(in folder: String, _ body: () throws -> Void) throws -> Set<String> {
        let watch = inotify_init1(Int32(IN_NONBLOCK))
        guard watch >= 0, inotify_add_watch(watch, folder, UInt32(IN_MODIFY)) >= 0 else { throw SystemError("watch") }
        let events = FileDescriptor(owning: watch)
        try body()
        var names: Set<String> = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(events.raw, &buffer, buffer.count)
            guard count > 0 else { return names }
            var start = 0
            while start < count {
                // A header of 16 bytes, whose last four are the length of the name that follows it.
                let length = buffer[(start + 12)..<(start + 16)].reversed().reduce(0) { $0 << 8 | Int($1) }
                let name = buffer[(start + 16)..<(start + 16 + length)].prefix { $0 != 0 }
                names.insert(String(decoding: name, as: UTF8.self))
                start += 16 + length
            }
        }
    }

    @Test("no file is written to once it has its name, so a kill leaves none that is half", arguments: [false, true])
    func whole(replaces: Bool) throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let names = sample.second.filter { $0.kind == .file }.map { ($0.path as NSString).lastPathComponent }
        if replaces {
            for name in names { try Data("other".utf8).write(to: URL(filePath: "\(target.path)/\(name)")) }
        }
        let written = try written(in: target.path) {
            // A change of the time alone would look like a change of the content.
            let request = RestoreRequest(target: target.path, overwrite: .always, metadata: [])
            let summary = try RestoreRun(
                request, session: try sample.builder.session(), problems: ProblemLog()
            ).run()
            #expect(summary.isComplete)
        }
        #expect(!written.isEmpty)
        #expect(written.intersection(names) == [])
    }

    @Test("what a killed restore left is removed by the next one, and nothing else")
    func leftovers() throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let dead = Process()
        dead.executableURL = URL(filePath: "/bin/true")
        try dead.run()
        dead.waitUntilExit()
        var status = stat()
        #expect(stat("/proc/self/ns/pid", &status) == 0)
        let (gone, space) = (dead.processIdentifier, status.st_ino)
        let left = [".dunnage-\(gone)-\(space)-17-3.part", ".dunnage-\(gone)-\(space)-17-0.link"]
        let others = [
            // Of a restore at work, of one in another container, and of other people.
            ".dunnage-\(getpid())-\(space)-17-3.part", ".dunnage-\(gone)-\(space + 1)-17-3.part",
            ".dunnage-\(gone)-17-3.part", ".dunnage-0f3a.part", ".dunnage-\(gone)-\(space)-17-3.partial", "mine.part",
        ]
        for folder in ["", "sub/", "elsewhere/"] {
            let path = "\(target.path)/\(folder)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in left + others { try Data("half".utf8).write(to: URL(filePath: path + name)) }
        }
        let problems = ProblemLog()
        _ = try RestoreRun(
            RestoreRequest(target: target.path), session: try sample.builder.session(), problems: problems
        ).run()
        #expect(problems.problems == [])
        for folder in ["", "sub"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(target.path)/\(folder)")
            #expect(Set(names).isSuperset(of: others))
            #expect(Set(names).isDisjoint(with: left))
        }
        // Where it restores nothing it looks at nothing.
        let elsewhere = try FileManager.default.contentsOfDirectory(atPath: "\(target.path)/elsewhere")
        #expect(Set(elsewhere) == Set(left + others))
    }

    @Test("a stop in the middle loses nothing and says so: no file is called lost, no part is left")
    func stopped() throws {
        let sample = try SampleStore()
        let cancellation = Cancellation()
        let stop = FaultyDestination.Fault(
            .get, object: { $0.contains("dblock") }, ordinals: 2...2, .run { cancellation.cancel() })
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: FaultyDestination(sample.builder.destination, faults: [stop]), passphrase: nil,
            problems: problems, cancellation: cancellation)
        let target = try TemporaryFolder()
        #expect {
            try RestoreRun(RestoreRequest(target: target.path), session: session, problems: problems).run()
        } throws: { error in
            if case EngineError.cancelled = error { true } else { false }
        }
        #expect(problems.problems == [])
        #expect(try parts(in: target.path) == [])
    }

    private func parts(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.contains(".dunnage-") }
    }

    /// Whether this process may mount: containers deny it to their root.
    static let canMount: Bool = {
        guard geteuid() == 0, let folder = try? TemporaryFolder() else { return false }
        return mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 && umount2(folder.path, 2) == 0
    }()

    @Test("a full disk ends the restore with its own name: no file is called lost", .enabled(if: canMount))
    func full() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        var random = SeededGenerator(seed: 5)
        try builder.addVersion(
            SampleStore.firstTime, [.file("/data/big", random.bytes(400_000)), .file("/data/small", "small")])
        let session = try builder.session()
        let target = folder.path + "/full"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try #require(mount("tmpfs", target, "tmpfs", 0, "size=128k") == 0)
        defer { umount2(target, 2) }
        let problems = ProblemLog()
        #expect {
            try RestoreRun(RestoreRequest(target: target), session: session, problems: problems).run()
        } throws: { error in
            guard case EngineError.system(let error, _) = error else { return false }
            return error.code == ENOSPC
        }
        #expect(problems.problems == [])
        #expect(try parts(in: target) == [])
    }
}
