import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

@Suite("Partial versions")
struct PartialVersionTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 4096
        fixture.options.volumeSize = 64 << 10
        fixture.options.concurrentUploads = 1
        fixture.options.threads = 1
        fixture.options.commitInterval = .zero
        return fixture
    }

    private func versions(_ fixture: BackupFixture) throws -> [StoreView.Version] {
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path)
        return try StoreView(session.catalog).versions()
    }

    private func paths(_ fixture: BackupFixture, _ version: Int) throws -> Set<String> {
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase,
            temporaryFolder: fixture.folder.path)
        var paths: Set<String> = []
        try StoreView(session.catalog).files(of: .number(version)) { entry in
            paths.insert(String(entry.pathText.dropFirst(fixture.source.count)))
        }
        return paths
    }

    @Test("a stop in good order leaves a partial version that can be restored, and the next run makes a full one")
    func stopped() throws {
        let fixture = try fixture()
        // More than all queues between reader and uploader can hold, however late the uploader gets the processor.
        for number in 0..<600 {
            try fixture.write("folder \(number)/file", BackupFixture.noise(20_000, seed: UInt64(number + 1)))
        }
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(
            .put, ordinals: 3...3, .run { cancellation.stop(within: .seconds(60)) })
        let summary = try fixture.run(
            FaultyDestination(try fixture.destination(), faults: [fault]), cancellation: cancellation)
        #expect(summary.isPartial)
        #expect(summary.version != nil)
        let partial = try paths(fixture, 0)
        #expect(partial.count > 10)
        #expect(partial.count < 1201)
        if let faults = try fixture.faults() { #expect(faults == "") }
        let next = try fixture.run()
        #expect(!next.isPartial)
        #expect(next.recoveredVersion == nil)
        #expect(try versions(fixture).map(\.isFull) == [true, false])
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a deletion leaves what an interrupted run has recorded: its list may have arrived without being listed yet")
    func deletionBetween() throws {
        let fixture = try fixture()
        try fixture.write("old", "old")
        try fixture.run()
        try fixture.write("newer", "newer")
        try fixture.run()
        try fixture.write("newest", "newest")
        fixture.remove("old")
        let fault = FaultyDestination.Fault(.put, object: { $0.contains("dlist") }, .failAfter(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) { try fixture.run(destination) }
        let list = "\(fixture.remote)/\(try #require(fixture.objects().keys.filter { $0.contains("dlist") }.max()))"
        let aside = fixture.folder.path + "/aside"
        try FileTree.rename(list, to: aside)
        do {
            let session = try fixture.session()
            let oldest = try #require(try session.catalog.read { try $0.versions().first })
            #expect(try DeleteRun(session).run(versions: [oldest.id]).deleted.count == 1)
        }
        try FileTree.rename(aside, to: list)
        let catalog = try fixture.session().catalog
        let versions = try catalog.read { try $0.versions() }
        #expect(versions.count == 2)
        var names: Set<String> = []
        try StoreView(catalog).files(of: .newest) { entry in
            if !entry.pathText.hasSuffix("/") {
                names.insert(String(entry.pathText.dropFirst(fixture.source.count + 1)))
            }
        }
        #expect(names == ["newer", "newest"])
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a partial version keeps what the stopped run had not come to, and loses what it saw to be gone")
    func union() throws {
        let fixture = try fixture()
        for number in 0..<300 {
            try fixture.write("folder \(number)/file", BackupFixture.noise(20_000, seed: UInt64(number + 1)))
        }
        try fixture.run()
        let before = try paths(fixture, 0)
        for number in 0..<300 {
            try fixture.write("folder \(number)/file", BackupFixture.noise(20_000, seed: UInt64(number + 1000)))
        }
        fixture.remove("folder 7")
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(
            .put, ordinals: 2...2, .run { cancellation.stop(within: .seconds(60)) })
        let summary = try fixture.run(
            FaultyDestination(try fixture.destination(), faults: [fault]), cancellation: cancellation)
        #expect(summary.isPartial)
        let partial = try paths(fixture, 0)
        #expect(partial.subtracting(before) == [])
        #expect(before.subtracting(partial).allSatisfy { $0.hasPrefix("/folder 7/") })
        if let faults = try fixture.faults() { #expect(faults == "") }
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a stop before anything has changed makes no version")
    func nothing() throws {
        let fixture = try fixture()
        try fixture.write("file", "content")
        try fixture.run()
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(.list, .run { cancellation.cancel() })
        #expect(throws: EngineError.self) {
            try fixture.run(
                FaultyDestination(try fixture.destination(), faults: [fault]), cancellation: cancellation)
        }
        #expect(try versions(fixture).count == 1)
        try fixture.run()
        #expect(try versions(fixture).count == 1)
    }

    @Test("what does not stop in time is cancelled")
    func grace() throws {
        let cancellation = Cancellation()
        let nothing: @Sendable () -> Void = {}
        cancellation.whileStoppable(nothing) {
            cancellation.stop(within: .milliseconds(50))
            let limit = ContinuousClock.now + .seconds(20)
            while !cancellation.isCancelled, ContinuousClock.now < limit { usleep(1000) }
        }
        #expect(cancellation.isCancelled)
        let other = Cancellation()
        other.stop(within: .seconds(60))
        #expect(other.isCancelled)
    }

    @Test("a run that is cut off leaves what the next one makes a partial version of", arguments: 2...14)
    func cutOff(ordinal: Int) throws {
        let fixture = try fixture()
        for number in 0..<20 {
            try fixture.write("a \(number)/file", BackupFixture.noise(20_000, seed: UInt64(number + 1)))
        }
        try fixture.run()
        let before = try paths(fixture, 0)
        for number in 0..<40 {
            try fixture.write("b \(number)/file", BackupFixture.noise(20_000, seed: UInt64(number + 500)))
        }
        fixture.remove("a 3")
        let fault = FaultyDestination.Fault(.put, ordinals: ordinal...99, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        let summary = try fixture.run()
        let all = try versions(fixture)
        if summary.recoveredVersion != nil {
            #expect(all.map(\.isFull) == [true, false, true])
            let partial = try paths(fixture, 1)
            #expect(before.subtracting(partial).allSatisfy { $0.hasPrefix("/a 3/") })
        } else {
            #expect(all.map(\.isFull) == [true, true])
        }
        #expect(ordinal < 8 || summary.recoveredVersion != nil)
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "") }
        #expect(try fixture.run().version == nil)
    }

    @Test("a version whose list arrived is taken for made, although its run did not live to see it")
    func announced() throws {
        let fixture = try fixture()
        try fixture.write("file", BackupFixture.noise(20_000, seed: 1))
        try fixture.run()
        try fixture.write("other", BackupFixture.noise(20_000, seed: 2))
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dlist") }, ordinals: 1...9, .failAfter(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        let summary = try fixture.run()
        #expect(summary.version == nil)
        #expect(!summary.catalogWasRebuilt)
        #expect(summary.uploadedObjects == 0)
        #expect(try versions(fixture).map(\.isFull) == [true, true])
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a volume that turns out not to be there takes its entries out of the version")
    func lostVolume() throws {
        let fixture = try fixture()
        try fixture.write("file", BackupFixture.noise(20_000, seed: 1))
        try fixture.run()
        let before = try fixture.objects().keys
        for number in 0..<20 {
            try fixture.write("b \(number)", BackupFixture.noise(20_000, seed: UInt64(number + 500)))
        }
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dlist") }, ordinals: 1...9, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        let fresh = try fixture.objects().keys.filter { !before.contains($0) && $0.contains("dblock") }.sorted()
        FileTree.remove("\(fixture.remote)/\(try #require(fresh.first))")
        // Its description is a loose end, which a rebuilt catalog says; the sources still have everything.
        try fixture.run()
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix("duplicati-") } == [])
    }
}
