import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Taking files out of versions")
struct PurgeTests {
    private func fixture() throws -> BackupFixture {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 16 << 10
        try fixture.write("kept/file", "kept")
        try fixture.write("secret/key", "secret")
        try fixture.write("secret/deep/large", BackupFixture.noise(100_000, seed: 9))
        for round in 1...3 {
            try fixture.write("kept/changing", "round \(round)")
            try fixture.run()
        }
        try fixture.spaceVersions()
        return fixture
    }

    private func session(_ fixture: BackupFixture, _ destination: (any Destination)? = nil) throws -> StoreSession {
        try StoreSession.open(
            destination: try destination ?? fixture.destination(), passphrase: fixture.passphrase,
            catalogPath: fixture.catalog, retry: RetryPolicy(attempts: 1))
    }

    private func paths(_ fixture: BackupFixture, _ version: Int, fromNothing: Bool) throws -> [String] {
        let session =
            fromNothing
            ? try StoreSession.open(destination: try fixture.destination(), passphrase: fixture.passphrase)
            : try session(fixture)
        var paths: [String] = []
        try StoreView(session.catalog).files(of: .number(version)) { paths.append($0.pathText) }
        return paths.map { String($0.dropFirst(fixture.source.count)) }
    }

    private func expectClean(_ fixture: BackupFixture, versions: [Int], of count: Int = 3) throws {
        for isNew in [false, true] {
            for version in 0..<count {
                let has = try paths(fixture, version, fromNothing: isNew).contains { $0.hasPrefix("/secret") }
                #expect(has == !versions.contains(version), "version \(version), from nothing: \(isNew)")
            }
        }
        if let faults = try fixture.faults() { #expect(faults == "") }
        let problems = ProblemLog()
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase, problems: problems)
        #expect(try VerifyRun(.full, session: session, problems: problems).run().isIntact)
        #expect(try StoreView(session.catalog).versions().count == count)
    }

    @Test("a folder is taken out of all versions with everything in it, and out of nothing else")
    func folder() throws {
        let fixture = try fixture()
        let pattern = try FilterExpression(argument: "\(fixture.source)/secret")
        let summary = try PurgeRun(try session(fixture)).run([pattern])
        #expect(summary.pathCount == 4)
        #expect(summary.versions.map(\.removed) == [4, 4, 4])
        #expect(summary.versions.allSatisfy { $0.newTime == Timestamp(seconds: $0.time.seconds + 1) })
        try expectClean(fixture, versions: [0, 1, 2])
        #expect(try self.session(fixture).outcome.action == .unchanged)
        fixture.remove("secret")
        #expect(try fixture.restoreDifferences().filter { !$0.hasPrefix(":") } == [])
    }

    @Test("one version in the middle is changed, and those around it keep what they had", arguments: [0, 1, 2])
    func oneVersion(number: Int) throws {
        let fixture = try fixture()
        let pattern = try FilterExpression(argument: "\(fixture.source)/secret")
        _ = try PurgeRun(try session(fixture)).run([pattern], version: .number(number))
        try expectClean(fixture, versions: [number])
        // What the newest lost is new to the next backup.
        #expect(try fixture.run().added == (number == 0 ? 4 : 0))
    }

    @Test("a rehearsal, a pattern without a match and a version that would be empty change nothing")
    func refusals() throws {
        let fixture = try fixture()
        let before = try fixture.objects()
        let secret = try FilterExpression(argument: "\(fixture.source)/secret")
        #expect(try PurgeRun(try session(fixture)).run([secret], isDryRun: true).versions.count == 3)
        #expect(throws: EngineError.self) {
            try PurgeRun(try session(fixture)).run([try FilterExpression(argument: "nothing like that")])
        }
        #expect(throws: EngineError.self) {
            try PurgeRun(try session(fixture)).run([try FilterExpression(argument: "*")])
        }
        #expect(try fixture.objects() == before)
        try expectClean(fixture, versions: [])
    }

    @Test(
        "a purge that fails at any call leaves each version once, and the next purge completes it",
        arguments: [1, 2, 3], [DestinationError.Operation.put, .delete])
    func crashes(ordinal: Int, operation: DestinationError.Operation) throws {
        for isDone in [false, true] {
            let fixture = try fixture()
            let pattern = try FilterExpression(argument: "\(fixture.source)/secret")
            let fault = FaultyDestination.Fault(
                operation, ordinals: ordinal...1_000, isDone ? .failAfter(.permission) : .failBefore(.permission))
            let destination = FaultyDestination(try fixture.destination(), faults: [fault])
            let failing = PurgeRun(try session(fixture, destination))
            #expect(throws: EngineError.self) { try failing.run([pattern]) }
            let next = try session(fixture)
            #expect(try StoreView(next.catalog).versions().count == 3)
            // Nothing is left to be selected when everything was done before the failure.
            _ = try? PurgeRun(next).run([pattern])
            try expectClean(fixture, versions: [0, 1, 2])
            #expect(try fixture.objects().keys.count { $0.contains("dlist") } == 3)
        }
    }

    @Test("files that are lost are listed for each version, and taken out of them")
    func broken() throws {
        let fixture = try fixture()
        let first = try #require(
            try fixture.objects().keys.filter { $0.contains("dblock") }.max { a, b in
                try (fixture.objects()[a] ?? 0) < (fixture.objects()[b] ?? 0)
            })
        FileTree.remove("\(fixture.remote)/\(first)")
        let listed = try BrokenRun(try self.session(fixture)).run(isDryRun: true)
        #expect(listed.pathCount > 0)
        let session = try self.session(fixture)
        let isHopeless = listed.deleted.count == 3
        if isHopeless {
            #expect(throws: EngineError.self) { try BrokenRun(session).run(isDryRun: false) }
        } else {
            _ = try BrokenRun(session).run(isDryRun: false)
            #expect(try BrokenRun(try self.session(fixture)).run(isDryRun: true).pathCount == 0)
        }
    }

    @Test("lost metadata is replaced by none, lost content is taken out, and what is left restores")
    func lostMetadata() throws {
        let fixture = try BackupFixture(passphrase: nil)
        fixture.options.blockSize = 16 << 10
        fixture.options.volumeSize = 64 << 10
        for index in 0..<8 { try fixture.write("file \(index)", BackupFixture.noise(30_000, seed: UInt64(index + 1))) }
        try fixture.run()
        let volumes = try fixture.objects().keys.filter { $0.contains("dblock") }.sorted()
        for volume in volumes.prefix(2) { FileTree.remove("\(fixture.remote)/\(volume)") }
        let purged = try BrokenRun(try session(fixture)).run(isDryRun: false)
        #expect(purged.pathCount > 0)
        let problems = ProblemLog()
        let after = try StoreSession.open(
            destination: try fixture.destination(), passphrase: nil, problems: problems)
        let target = try TemporaryFolder()
        _ = try RestoreRun(RestoreRequest(target: target.path + "/out"), session: after, problems: problems).run()
        #expect(problems.problems.filter(\.isError) == [])
        // Index volumes of what is gone went with nothing needing them any more.
        _ = try RepairRun(try session(fixture)).run()
        if let faults = try fixture.faults() { #expect(faults == "") }
        // The next backup takes in again what was taken out.
        try fixture.run()
        #expect(try fixture.restoreDifferences().filter { !$0.contains("dblock") } == [])
    }
}
