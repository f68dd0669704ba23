import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Interrupted backups")
struct InterruptedBackupTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 4096
        fixture.options.volumeSize = 64 << 10
        fixture.options.concurrentUploads = 1
        for number in 0..<20 {
            try fixture.write("file \(number)", BackupFixture.noise(20_000, seed: UInt64(number + 1)))
        }
        return fixture
    }

    @Test(
        "whichever upload fails, nothing is lost and the next run completes the backup",
        arguments: 1...15, [false, true])
    func everyUpload(ordinal: Int, isCarriedOut: Bool) throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(
            .put, ordinals: ordinal...ordinal + 1,
            isCarriedOut ? .failAfter(.permission) : .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        let failed: Bool
        do {
            try fixture.run(destination)
            failed = false
        } catch {
            failed = true
        }
        let left = try fixture.objects()
        let summary = try fixture.run()
        let after = try fixture.objects()
        #expect(left.allSatisfy { after[$0.key] == $0.value }, "something that was stored has been touched")
        #expect(failed || summary.version == nil)
        #expect(try fixture.objects().keys.filter { $0.contains("lease") } == [])
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults(arguments: ["--lenient"]) { #expect(faults == "") }
    }

    @Test("data that an interrupted run had sent is not sent again")
    func reuse() throws {
        let fixture = try fixture()
        try fixture.run()
        try fixture.write("new file", BackupFixture.noise(90_000, seed: 99))
        let fault = FaultyDestination.Fault(.put, object: { $0.contains("dlist") }, .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) { try fixture.run(destination) }
        let summary = try fixture.run()
        #expect(summary.uploadedObjects == 1)
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a list that says more than what has arrived never counts as its version, however often one looks")
    func listOfMore() throws {
        let fixture = try fixture()
        try fixture.run()
        let before = try fixture.objects()
        try fixture.write("new file", BackupFixture.noise(90_000, seed: 99))
        let fault = FaultyDestination.Fault(.list, ordinals: 2...9, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        let listed = try fixture.objects().map { ListedObject(name: $0.key, size: Int64($0.value)) }
        let lost = try #require(listed.first { before[$0.name] == nil && $0.name.contains("dblock") })
        let catalog = try Catalog(path: fixture.catalog)
        try UnfinishedRun.settle(in: catalog, listing: StoreListing(listed.filter { $0 != lost }))
        try UnfinishedRun.settle(in: catalog, listing: StoreListing(listed))
        #expect(try catalog.read { try $0.versions() }.count == 1)
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
        #expect(try fixture.session().catalog.read { try $0.versions() }.count == 2)
    }

    @Test("a data volume left without its description gets one, blocklists included")
    func orphans() throws {
        let fixture = try fixture()
        try fixture.write("many blocks", BackupFixture.noise(300_000, seed: 77))
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dindex") }, ordinals: 1...99, .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) { try fixture.run(destination) }
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
        // The same when somebody has removed a description.
        for name in try fixture.objects().keys where name.contains("dindex") {
            FileTree.remove("\(fixture.remote)/\(name)")
        }
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a destination that silently keeps half an object is found out before the run is called a success")
    func truncated() throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(.put, object: { $0.contains("dblock") }, .truncate(to: 1000))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) { try fixture.run(destination) }
    }

    @Test("a passing failure is tried again")
    func retried() throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(.put, ordinals: 2...2, .failBefore(.transient))
        try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("a run that is cancelled in the middle stops, and the next one completes the backup")
    func cancelled() throws {
        let fixture = try fixture()
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(.put, ordinals: 3...3, .run { cancellation.cancel() })
        #expect {
            try fixture.run(
                FaultyDestination(try fixture.destination(), faults: [fault]), cancellation: cancellation)
        } throws: { error in
            guard case .cancelled? = error as? EngineError else { return false }
            return true
        }
        try fixture.run()
        #expect(try fixture.restoreDifferences() == [])
    }

    @Test("an interrupted run leaves no temporary file behind")
    func temporaryFiles() throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(.put, ordinals: 2...9, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path + "/temporary")
        #expect(left == [])
    }

    @Test("a version time that another writer took meanwhile is stepped over")
    func takenTime() throws {
        let fixture = try fixture()
        let remote = fixture.remote
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dlist") },
            .run {
                let name = ObjectName.dlist(time: .now(), encryption: .aes)
                for seconds in -2...2 {
                    let time = Timestamp(seconds: (name.time?.seconds ?? 0) + Int64(seconds))
                    let other = ObjectName.dlist(time: time, encryption: .aes).text
                    _ = FileManager.default.createFile(atPath: "\(remote)/\(other)", contents: Data([1]))
                }
            })
        let summary = try fixture.run(FaultyDestination(try fixture.destination(), faults: [fault]))
        #expect(summary.version != nil)
    }
}
