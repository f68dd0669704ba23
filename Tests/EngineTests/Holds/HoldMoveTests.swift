import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Holds of versions that are written again")
struct HoldMoveTests {
    private static let since = Timestamp(seconds: 1_790_000_000)

    /// Three versions an hour apart, the middle one held.
    private func fixture(passphrase: String? = nil) throws -> (BackupFixture, held: Timestamp) {
        let fixture = try BackupFixture(passphrase: passphrase)
        _ = try fixture.makeVersions(3)
        try fixture.spaceVersions()
        let held = try fixture.knownVersions()[1].time
        try HoldBook.change(
            try fixture.session(), holding: [Hold(version: held, reason: "dear", since: Self.since)])
        return (fixture, held)
    }

    private func later(_ time: Timestamp) -> Timestamp { Timestamp(seconds: time.seconds + 1) }

    private func repairable(_ fixture: BackupFixture, _ destination: (any Destination)? = nil) throws -> StoreSession {
        try StoreSession.open(
            destination: try destination ?? fixture.destination(), passphrase: fixture.passphrase,
            catalogPath: fixture.catalog, retry: RetryPolicy(attempts: 1), toleratesLostVersions: true)
    }

    private func damage(_ fixture: BackupFixture, _ list: String) throws {
        let path = URL(filePath: "\(fixture.remote)/\(list)")
        try Data(try Data(contentsOf: path).dropLast(40)).write(to: path)
    }

    /// The second version is there once, under some time, and nothing can delete it.
    private func expectHeld(_ fixture: BackupFixture, _ time: Timestamp, isAlone: Bool = true) throws {
        // What a repair has brought back is in the catalog when it is opened the next time.
        _ = try fixture.session()
        let versions = try fixture.knownVersions()
        #expect(versions.count == 3)
        let book = try HoldBook(reading: try fixture.session(hasCatalog: false))
        let hold = try #require(book.hold(of: time))
        #expect(hold.reason == "dear" && hold.since == Self.since)
        if isAlone { #expect(book.holds.map(\.version) == [time]) }
        let session = try fixture.session()
        let wanted = try #require(versions.first { $0.time.seconds == time.seconds })
        #expect(try DeleteRun(session).run(versions: [wanted.id]).held == [wanted.time])
        #expect(try fixture.filelists().count == 3)
        if let faults = try fixture.faults() { #expect(faults == "") }
    }

    @Test("a repair of a damaged filelist takes the hold along", arguments: [nil, "correct horse"])
    func repaired(passphrase: String?) throws {
        let (fixture, held) = try fixture(passphrase: passphrase)
        try damage(fixture, try fixture.filelists()[1])
        let summary = try RepairRun(try repairable(fixture)).run()
        #expect(summary.versions == [later(held)])
        try expectHeld(fixture, later(held))
    }

    @Test("a repair of damage that only reading shows takes the hold along")
    func silent() throws {
        let (fixture, held) = try fixture()
        let path = URL(filePath: "\(fixture.remote)/\(try fixture.filelists()[1])")
        var bytes = try Data(contentsOf: path)
        bytes[bytes.count / 2] ^= 8
        try bytes.write(to: path)
        var options = RepairOptions()
        options.verifies = true
        #expect(try RepairRun(try repairable(fixture), options: options).run().versions == [later(held)])
        try expectHeld(fixture, later(held))
    }

    @Test("the hold of a filelist that was lost outlives other changes of the holds, and counts when it is back")
    func lost() throws {
        let (fixture, held) = try fixture()
        fixture.removeObject(try fixture.filelists()[1])
        let newest = try fixture.knownVersions()[0].time
        try HoldBook.change(try fixture.session(), holding: [Hold(version: newest, since: Self.since)])
        let summary = try RepairRun(try repairable(fixture)).run()
        let back = try #require(summary.versions.first)
        #expect(back.seconds - held.seconds <= 1)
        try expectHeld(fixture, back, isAlone: false)
    }

    @Test("a rehearsed repair leaves the holds as they are")
    func rehearsed() throws {
        let (fixture, held) = try fixture()
        try damage(fixture, try fixture.filelists()[1])
        let before = try fixture.objects()
        var options = RepairOptions()
        options.isDryRun = true
        _ = try RepairRun(try repairable(fixture), options: options).run()
        #expect(try fixture.objects() == before)
        #expect(try HoldBook(reading: try fixture.session(hasCatalog: false)).holds.map(\.version) == [held])
    }

    @Test("a repair that dies at any call leaves the version held, whichever of its times counts")
    func crashes() throws {
        for ordinal in 1... {
            let (fixture, held) = try fixture()
            try damage(fixture, try fixture.filelists()[1])
            let operation: DestinationError.Operation = ordinal.isMultiple(of: 2) ? .put : .delete
            let fault = FaultyDestination.Fault(
                operation, ordinals: (ordinal + 1) / 2...1_000,
                ordinal % 4 < 2 ? .failBefore(.permission) : .failAfter(.permission))
            let destination = FaultyDestination(try fixture.destination(), faults: [fault])
            let isOver: Bool
            do {
                _ = try RepairRun(try repairable(fixture, destination)).run()
                isOver = true
            } catch is EngineError {
                isOver = false
            }
            // Whatever list is there now for the version, its time is held.
            let book = try HoldBook(reading: try fixture.session(hasCatalog: false))
            let there = try fixture.filelists().compactMap { ObjectName(parsing: $0)?.time }
            for time in [held, later(held)] where there.contains(time) { #expect(book.isHeld(time), "call \(ordinal)") }
            _ = try RepairRun(try repairable(fixture)).run()
            try expectHeld(fixture, later(held), isAlone: false)
            if isOver, ordinal > 8 { break }
        }
    }

    @Test(
        "a purge that dies after somebody held the version meanwhile leaves the hold to whoever completes it",
        arguments: [false, true])
    func purged(isDone: Bool) throws {
        let fixture = try BackupFixture(passphrase: nil)
        _ = try fixture.makeVersions(3)
        try fixture.spaceVersions()
        let held = try fixture.knownVersions()[1].time
        let remote = fixture.remote
        // Nothing is held when the purge begins; when it sends the first list, somebody without a catalog holds one.
        let hold = FaultyDestination.Fault(
            .put, object: { $0.contains(".dlist.") },
            .run {
                do {
                    let session = try StoreSession.open(
                        destination: try DestinationRegistry.open(url: "file://\(remote)"), passphrase: nil)
                    try HoldBook.change(
                        session, holding: [Hold(version: held, reason: "dear", since: HoldMoveTests.since)])
                } catch {
                    Issue.record("\(error)")
                }
            })
        let crash = FaultyDestination.Fault(
            .delete, object: { $0.contains(".dlist.") }, ordinals: 1...1_000,
            isDone ? .failAfter(.permission) : .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [hold, crash])
        let pattern = try FilterExpression(argument: "\(fixture.source)/shared")
        let purge = PurgeRun(try fixture.session(destination))
        #expect(throws: EngineError.self) { try purge.run([pattern]) }
        let book = try HoldBook(reading: try fixture.session(hasCatalog: false))
        #expect(book.isHeld(later(held)))
        // Whoever changes the store next deletes the old lists.
        _ = try RepairRun(try repairable(fixture)).run()
        try expectHeld(fixture, later(held))
    }

    @Test("what was to be written again and was not keeps one hold, of the time that it has")
    func givenUp() throws {
        let (fixture, held) = try fixture()
        let session = try fixture.session()
        let move = HoldMove(from: held, to: later(held))
        try HoldMove.begin([move], HoldPlace(session))
        #expect(try HoldBook(reading: try fixture.session()).holds.count == 2)
        try HoldMove.end([move], HoldPlace(session))
        try expectHeld(fixture, held)
    }
}
