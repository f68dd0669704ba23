import Destinations
import Foundation
import Glibc
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Lost and damaged data")
struct LostDataTests {
    /// A store with one data volume that holds only content of `big`, and the name of that volume.
    private func fixture() throws -> (fixture: BackupFixture, volume: String) {
        let fixture = try BackupFixture(passphrase: nil)
        fixture.options.blockSize = 16 << 10
        fixture.options.volumeSize = 256 << 10
        try fixture.write("small", "small")
        try fixture.write("big", BackupFixture.noise(2 << 20, seed: 3))
        try fixture.run()
        // One that holds nothing but whole blocks, so no metadata.
        let volume = try fixture.objects().keys.sorted().first { text in
            guard let name = ObjectName(parsing: text), name.kind == .dblock else { return false }
            let reader = try VolumeReader(path: "\(fixture.remote)/\(text)", name: name, passphrase: nil)
            return reader.blocks.allSatisfy { $0.size == 16 << 10 }
        }
        return (fixture, try #require(volume))
    }

    private func codes(_ problems: ProblemLog) -> Set<Problem.Code> { Set(problems.problems.map(\.code)) }

    @Test("a data volume that is gone is named, and everything the sources still have is stored again")
    func goneVolume() throws {
        let (fixture, volume) = try fixture()
        FileTree.remove("\(fixture.remote)/\(volume)")
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(codes(problems).contains(.damaged))
        #expect(problems.problems.contains { $0.subject == volume })
        #expect(try fixture.restoreDifferences().filter { !$0.contains(volume) } == [])
        let later = ProblemLog()
        let summary = try fixture.run(problems: later)
        #expect(!codes(later).contains(.damaged))
        #expect(summary.opened == 0)
    }

    @Test("what only older versions have lost is an error once, and a reminder in every later run")
    func lostForGood() throws {
        let (fixture, volume) = try fixture()
        FileTree.remove("\(fixture.remote)/\(volume)")
        fixture.remove("big")
        for code in [Problem.Code.damaged, .remoteObject] {
            try fixture.write("small", "\(Int.random(in: 0...9_999_999))", age: 5)
            let problems = ProblemLog()
            try fixture.run(problems: problems)
            #expect(problems.problems.contains { $0.code == code && $0.subject.hasSuffix("/big") })
            #expect(try fixture.restoreDifferences().filter { !$0.contains("lost") && !$0.contains(volume) } == [])
        }
    }

    @Test(
        "nothing new relies on a damaged data volume, and what was in it is stored again",
        arguments: [false, true])
    func damagedVolume(isCatalogLost: Bool) throws {
        let (fixture, volume) = try fixture()
        #expect(truncate("\(fixture.remote)/\(volume)", 100_000) == 0)
        if isCatalogLost { FileTree.remove(fixture.folder.path + "/state") }
        try fixture.write("copy of big", BackupFixture.noise(2 << 20, seed: 3))
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(problems.problems.contains { $0.code == .damaged && $0.subject == volume })
        let before = try TreeSnapshot(fixture.source)
        #expect(try fixture.restoreDifferences(.newest, from: before).filter { !$0.contains(volume) } == [])
        let later = ProblemLog()
        try fixture.run(problems: later)
        #expect(!codes(later).contains(.damaged))
    }

    @Test("an undescribed data volume is believed block by block: zeros in its place are not taken for data")
    func zeroedOrphan() throws {
        let (fixture, _) = try fixture()
        try fixture.write("late", BackupFixture.noise(200_000, seed: 11))
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dindex") }, ordinals: 1...9, .failBefore(.permission))
        let known = try Set(fixture.objects().keys)
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        let orphan = try #require(try fixture.objects().keys.first { !known.contains($0) })
        let size = try #require(try fixture.objects()[orphan])
        let handle = try FileHandle(forUpdating: URL(filePath: "\(fixture.remote)/\(orphan)"))
        try handle.seek(toOffset: size / 2)
        try handle.write(contentsOf: Data(count: Int(size - size / 2)))
        try handle.close()
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(problems.problems.contains { $0.subject == orphan })
        #expect(try fixture.restoreDifferences().filter { !$0.contains(orphan) } == [])
    }

    @Test("an undescribed data volume gets its description even when only readers came by meanwhile")
    func patientOrphan() throws {
        let (fixture, _) = try fixture()
        try fixture.write("late", BackupFixture.noise(200_000, seed: 12))
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dindex") }, ordinals: 1...9, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        _ = try StoreSession.open(
            destination: try fixture.destination(), passphrase: nil, catalogPath: fixture.catalog)
        try fixture.run()
        let names = try fixture.objects().keys
        #expect(names.count { $0.contains("dindex") } == names.count { $0.contains("dblock") })
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a file replaced by another of the same size and time is read")
    func replacedFile() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "aaaa")
        try fixture.run()
        let path = "\(fixture.source)/file"
        var before = stat()
        lstat(path, &before)
        try fixture.write("other", "bbbb")
        utimensat(AT_FDCWD, "\(fixture.source)/other", [before.st_mtim, before.st_mtim], 0)
        rename("\(fixture.source)/other", path)
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a folder with the exclusion attribute is left out with everything in it")
    func excludedFolder() throws {
        let fixture = try BackupFixture()
        try fixture.write("kept/file", "kept")
        try fixture.write("private/deep/file", "private")
        try fixture.run()
        guard setAttribute("\(fixture.source)/private", "user.duplicati.exclude") else { return }
        let summary = try fixture.run()
        #expect(summary.removed == 3)
        fixture.remove("private")
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix(":") } == [])
    }

    private func setAttribute(_ path: String, _ name: String) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["setfattr", "-n", name, "-v", "1", path]
        process.standardError = nil
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test("a stop is obeyed while one large file is read")
    func stopsInLargeFile() throws {
        let fixture = try BackupFixture()
        try fixture.write("huge", "")
        #expect(truncate("\(fixture.source)/huge", 1 << 40) == 0)
        let cancellation = Cancellation()
        let timer = try WorkerThread("timer") {
            usleep(300_000)
            cancellation.cancel()
        }
        let begin = ContinuousClock.now
        #expect(throws: EngineError.self) { try fixture.run(cancellation: cancellation) }
        timer.join()
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test("a version of the future stops a backup with a word about the clock, before anything is sent")
    func future() throws {
        let fixture = try BackupFixture(passphrase: nil)
        try fixture.write("file", "one")
        try fixture.run()
        let list = try #require(try fixture.objects().keys.first { $0.contains("dlist") })
        rename("\(fixture.remote)/\(list)", "\(fixture.remote)/duplicati-20990101T000000Z.dlist.zip")
        let before = try fixture.objects()
        try fixture.write("file", "two two")
        #expect {
            try fixture.run()
        } throws: { error in
            guard case .clockBehind? = error as? EngineError else { return false }
            return "\(error)".contains("2099-01-01T00:00:00Z")
        }
        #expect(try fixture.objects() == before)
    }

    @Test("a link whose target is not UTF-8 is named and left out, as the format cannot hold it")
    func linkTarget() throws {
        let fixture = try BackupFixture()
        try fixture.write("file", "content")
        #expect(symlink("target\u{1}", "\(fixture.source)/good") == 0)
        let bytes = Array("bad".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
        #expect(symlink(bytes, "\(fixture.source)/bad") == 0)
        let problems = ProblemLog()
        try fixture.run(problems: problems)
        #expect(problems.problems.map(\.code) == [.nameNotText], "\(problems.problems)")
        #expect(problems.problems.map(\.subject) == ["\(fixture.source)/bad"])
        fixture.remove("bad")
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix(":") } == [])
    }
}
