import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Interrupted compactions")
struct InterruptedCompactTests {
    private func fixture() throws -> CompactFixture {
        let fixture = try CompactFixture(copyOf: try CompactFixture.churned.get())
        // Two volumes before the first deletions, so that a run has several portions.
        fixture.options.portionSize = 100 << 10
        return fixture
    }

    @Test("at whichever call a run dies, the store is whole, and the next run ends in the same place")
    func everyCall() throws {
        let reference = try fixture()
        let whole = DyingDestination(try reference.backup.destination(), at: .max, isCarriedOut: true)
        let goal = try reference.compact(whole)
        let size = try reference.backup.objects().values.reduce(0, +)
        // The odd calls before they are carried out, the even ones after.
        for call in 1...whole.callCount {
            let fixture = try fixture()
            let dying = DyingDestination(
                try fixture.backup.destination(), at: call, isCarriedOut: call % 2 == 0)
            #expect(throws: EngineError.self, "call \(call)") { try fixture.compact(dying) }
            if call % 5 == 0 { #expect(try fixture.differences() == [], "call \(call)") }
            let problems = ProblemLog()
            let summary = try fixture.compact(problems: problems)
            #expect(problems.problems == [], "call \(call)")
            #expect(summary.reason == .compacted || summary.leftoversDeleted > 0 || call >= whole.callCount - 1)
            if call % 4 == 1 { #expect(try fixture.faults(isStrict: false) == [], "call \(call)") }
            let after = try fixture.backup.objects()
            #expect(after.values.reduce(0, +) < size * 21 / 20, "call \(call): waste has grown")
            #expect(after.keys.filter { $0.contains("dblock") }.count <= goal.volumesUploaded * 2 + 40)
        }
    }

    @Test("a run that dies again and again does not fill the destination")
    func repeatedly() throws {
        let fixture = try fixture()
        let before = try fixture.backup.objects().values.reduce(0, +)
        var isDone = false
        var runs = 0
        while !isDone, runs < 200 {
            runs += 1
            let dying = DyingDestination(
                try fixture.backup.destination(), at: 7 + runs % 9, isCarriedOut: runs % 2 == 0)
            do {
                try fixture.compact(dying)
                isDone = true
            } catch is EngineError {}
            let size = try fixture.backup.objects().values.reduce(0, +)
            #expect(size < before * 3 / 2)
        }
        try fixture.compact()
        #expect(try fixture.faults(isStrict: false) == [])
    }

    @Test("what an interrupted run had replaced is deleted by the next, and no backup takes it in before")
    func leftovers() throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(.delete, ordinals: 2...99, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.compact(FaultyDestination(try fixture.backup.destination(), faults: [fault]))
        }
        try fixture.backup.write("more", BackupFixture.noise(9_000, seed: 77))
        let summary = try fixture.backup.run()
        #expect(!summary.catalogWasRebuilt)
        #expect(!summary.leftoversWereAdopted)
        let session = try fixture.session()
        let after = try CompactRun(session, options: fixture.options)
            .runAfterBackup(versionsDeleted: 0, objectsUploaded: 0)
        #expect(after.leftoversDeleted > 0)
        #expect(try fixture.backup.restoreDifferences() == [])
        #expect(try fixture.faults() == [])
    }

    @Test("leftovers that a new catalog has taken in again are compacted like any other data")
    func lostCatalog() throws {
        let fixture = try fixture()
        let fault = FaultyDestination.Fault(.delete, ordinals: 4...99, .failBefore(.permission))
        #expect(throws: EngineError.self) {
            try fixture.compact(FaultyDestination(try fixture.backup.destination(), faults: [fault]))
        }
        FileTree.remove(fixture.backup.folder.path + "/state")
        #expect(try fixture.differences() == [])
        try fixture.compact()
        #expect(try fixture.faults() == [])
        #expect(try fixture.plan().reason == .notNeeded)
    }

    @Test(
        "whatever fails once, before or after it was carried out, nothing is lost",
        arguments: [DestinationError.Operation.put, .get, .delete, .list], [false, true])
    func faults(operation: DestinationError.Operation, isCarriedOut: Bool) throws {
        let fixture = try fixture()
        for ordinal in [1, 2, 5] {
            let fault = FaultyDestination.Fault(
                operation, ordinals: ordinal...ordinal,
                isCarriedOut ? .failAfter(.transient) : .failBefore(.transient))
            try fixture.compact(FaultyDestination(try fixture.backup.destination(), faults: [fault]))
        }
        #expect(try fixture.faults() == [])
    }

    @Test("a destination that keeps only half of a new volume is found out before anything is deleted")
    func truncated() throws {
        let fixture = try fixture()
        let before = try fixture.backup.objects()
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains("dblock") }, ordinals: 1...99, .truncate(to: 1000))
        let destination = FaultyDestination(try fixture.backup.destination(), faults: [fault])
        #expect(throws: EngineError.self) { try fixture.compact(destination) }
        let deleted = destination.calls.filter { $0.operation == .delete }.compactMap(\.object)
        let planned = Set(
            try CompactFixture(copyOf: CompactFixture.churned.get()).plan().volumes.filter { $0.kind != .deletable }
                .map(\.name))
        #expect(planned.isDisjoint(with: deleted))
        #expect(planned.allSatisfy { before[$0] != nil })
    }
}
