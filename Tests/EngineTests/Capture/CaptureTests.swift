import Destinations
import Foundation
import Glibc
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

@Suite("One capture for several stores")
struct CaptureTests {
    @Test("the sources are read once, and every store gets a version of the same time")
    func once() throws {
        let fixture = try CaptureFixture(3)
        // What is packed at different levels is hashed once all the same.
        fixture.copies[1].options.compressionLevel = 9
        try fixture.tree.makeVariedTree(blockSize: 4096)
        try fixture.write("large", seed: 9, size: 5 << 20)
        let summaries = try fixture.run().map { try $0.get() }
        #expect(try fixture.differences(checking: [0, 1, 2]) == [])
        let first = try #require(summaries.first)
        #expect(first.version != nil && first.opened > 8)
        for summary in summaries {
            #expect(summary.version == first.version)
            #expect(summary.capture == first.capture && summary.capture.backups == 3)
            // All that each was told of was read once for all.
            #expect(summary.opened == summary.capture.opened && summary.bytesRead == summary.capture.bytesRead)
            #expect(summary.files == first.files && summary.bytes == first.bytes && summary.added == first.added)
        }
        #expect(first.bytesRead == first.bytes)
        #expect(try fixture.run().allSatisfy { try $0.get().version == nil })
    }

    @Test("each store gets what changed since its own last version")
    func missed() throws {
        let fixture = try CaptureFixture(2)
        for number in 0..<10 { try fixture.write("file \(number)", seed: UInt64(number + 1)) }
        _ = try fixture.run()
        for number in 0..<3 { try fixture.write("file \(number)", seed: UInt64(number + 100)) }
        fixture.tree.remove("file 9")
        // Three files, and the folder that one has left.
        #expect(try fixture.run([0]).first?.get().modified == 4)
        try fixture.write("file 5", seed: 200)
        try fixture.write("new", seed: 201)
        let summaries = try fixture.run().map { try $0.get() }
        #expect(summaries.map(\.opened) == [2, 5])
        #expect(summaries.map(\.added) == [1, 1])
        #expect(summaries.map(\.removed) == [0, 1])
        #expect(summaries[0].capture.opened == 5)
        #expect(summaries[0].uploadedBytes < summaries[1].uploadedBytes)
        #expect(summaries[0].version == summaries[1].version)
        #expect(try fixture.differences() == [])
    }

    @Test("a command runs once, and all stores have the same output")
    func streams() throws {
        let fixture = try CaptureFixture(3)
        try fixture.tree.write("file", "content")
        let runs = fixture.tree.folder.path + "/runs"
        fixture.tree.streams = [
            StreamSource(
                path: "/dump", arguments: ["sh", "-c", "echo run >> '\(runs)'; head -c 300000 /dev/urandom"])
        ]
        #expect(try fixture.run().allSatisfy { try $0.get().capture.opened == 2 })
        #expect(try String(contentsOfFile: runs, encoding: .utf8) == "run\n")
        let dumps = try (0..<3).map { try fixture.content(of: "/dump", in: $0) }
        #expect(dumps[0]?.count == 300_000)
        #expect(dumps[1] == dumps[0] && dumps[2] == dumps[0])
    }

    @Test("an output that one store has already gets the same time in another that missed it")
    func timesOfStreams() throws {
        let fixture = try CaptureFixture(2)
        try fixture.tree.write("file", "content")
        fixture.tree.streams = [StreamSource(path: "/dump", arguments: ["echo", "same"])]
        let clock = Timestamp.now().seconds
        fixture.copies[0].now = { Timestamp(seconds: clock - 5000) }
        _ = try fixture.run([0])
        fixture.copies[0].now = Timestamp.now
        let summaries = try fixture.run().map { try $0.get() }
        #expect(summaries.map { $0.version != nil } == [false, true])
        let times = try fixture.copies.map { copy in
            let session = try StoreSession.open(
                destination: try copy.destination(), passphrase: copy.passphrase, temporaryFolder: copy.folder.path)
            var times: [Timestamp?] = []
            try StoreView(session.catalog).files(of: .newest) { entry in
                if entry.pathText == "/dump" { times.append(entry.modified) }
            }
            return times
        }
        #expect(times[0].count == 1 && times[0] == times[1])
    }

    @Test("a failing command fails all, and leaves all as they were")
    func failingStream() throws {
        let fixture = try CaptureFixture(2)
        try fixture.tree.write("file", "content")
        fixture.tree.streams = [StreamSource(path: "/dump", arguments: ["sh", "-c", "echo half; exit 3"])]
        for outcome in try fixture.run() {
            guard case .failure(.stream) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        fixture.tree.streams = []
        _ = try fixture.run()
        #expect(try fixture.differences() == [])
    }

    @Test("a file that changes while it is read has the same content in all stores")
    func changing() throws {
        let fixture = try CaptureFixture(2, blockSize: 64 << 10)
        let path = fixture.tree.source + "/file"
        try FileTree.createFolder(fixture.tree.source)
        #expect(system("head -c 40000000 /dev/urandom > '\(path)'") == 0)
        let change = FaultyDestination.Fault(
            .put,
            .run {
                // Its end, which no queue has room for yet.
                _ = system("printf changed | dd of='\(path)' bs=1 seek=39000000 conv=notrunc 2>/dev/null")
            })
        let outcomes = try fixture.run(destinations: [0: try fixture.faulty(0, change)])
        #expect(outcomes.allSatisfy { $0.summary?.unreadable == 1 })
        let first = try #require(try fixture.content(of: path, in: 0))
        #expect(first.count == 40_000_000)
        #expect(Array(first[39_000_000..<39_000_007]) == Array("changed".utf8))
        #expect(try first == fixture.content(of: path, in: 1))
        // What was unsettled is read again.
        #expect(try fixture.run().allSatisfy { try $0.get().opened == 1 })
        #expect(try fixture.differences() == [])
    }

    @Test("stores with blocks of another size are fed by a reading of their own, one after the other")
    func groups() throws {
        let fixture = try CaptureFixture(4)
        fixture.copies[1].options.blockSize = 8192
        fixture.copies[3].options.blockSize = 8192
        try fixture.tree.makeVariedTree(blockSize: 4096)
        let runs = fixture.tree.folder.path + "/runs"
        fixture.tree.streams = [
            StreamSource(path: fixture.tree.source + "/dump", arguments: ["sh", "-c", "echo >> '\(runs)'; seq 9999"])
        ]
        let summaries = try fixture.run().map { try $0.get() }
        #expect(summaries.map(\.capture.number) == [1, 2, 1, 2])
        #expect(summaries.map(\.capture.backups) == [2, 2, 2, 2])
        #expect(summaries[0].version == summaries[2].version && summaries[1].version == summaries[3].version)
        #expect(try String(contentsOfFile: runs, encoding: .utf8) == "\n\n")
        let dumps = try (0..<4).map { try fixture.content(of: fixture.tree.source + "/dump", in: $0) }
        #expect(dumps[0]?.count == 48_888 && Set(dumps).count == 1)
        fixture.tree.streams = []
        _ = try fixture.run()
        #expect(try fixture.differences() == [])
    }

    @Test("versions of one capture have the same time, although one store has a version of this second")
    func sameTime() throws {
        let fixture = try CaptureFixture(2)
        try fixture.tree.write("file", "one")
        let newest = try #require(try fixture.run([1])[0].get().version)
        try fixture.tree.write("file", "two")
        let now: @Sendable () -> Timestamp = { max(newest, Timestamp(seconds: Timestamp.now().seconds - 3)) }
        for copy in fixture.copies { copy.now = now }
        let versions = try fixture.run().map { try $0.get().version }
        #expect(versions[0] != nil && versions[0] == versions[1])
        #expect(try #require(versions[0]) > newest)
    }

    @Test("whoever does not come is not waited for")
    func absent() throws {
        let fixture = try CaptureFixture(1)
        try fixture.tree.write("file", "content")
        let capture = Capture(backups: 3)
        let (coming, first, second) = (capture.seat(0), capture.seat(1), capture.seat(2))
        let copy = fixture.copies[0]
        let store = Store(
            destination: try copy.destination(), passphrase: copy.passphrase,
            temporaryFolder: copy.folder.path + "/temporary")
        let run = BackupRun(
            store: store, catalogPath: copy.catalog,
            request: BackupRequest(sources: [fixture.tree.source], options: copy.options), seat: coming)
        let outcome = Mutex<CaptureFixture.Outcome?>(nil)
        first.leave()
        // Leaving twice is leaving once.
        first.leave()
        let thread = try WorkerThread("copy") {
            let result = CaptureFixture.Outcome { () throws(EngineError) in try run.run() }
            outcome.withLock { $0 = result }
        }
        second.leave()
        thread.join()
        #expect(try outcome.withLock { $0 }?.get().version != nil)
        #expect(try fixture.differences() == [])
    }
}
