import Catalog
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

/// What can be done to a store, each as an example of its kind.
enum StoreOperation: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case hold, delete, retention, compact, purge, purgeBroken
    case repairIndexes, repairList, repairLists
    case backup, interrupted

    var testDescription: String { rawValue }

    /// What it leaves of the versions that were there.
    struct Effect {
        /// How many of the oldest versions are gone.
        var gone = 0
        /// How many newer ones there are.
        var added = 0
        /// What is taken out of all of them: a path, and what is below it.
        var purged: String?
        /// Whether files and metadata may be gone that were lost before.
        var hasLosses = false
        /// Whether it was refused, and nothing may have changed.
        var isRefused = false
    }

    /// Where the fixtures' trees were.
    static let root = "/srv/data/"
    /// A folder of these trees with files and folders in it.
    static let folder = "dir"

    /// Carries it out.
    /// - Parameters:
    ///   - fixture: has the store at its destination, and a catalog of it.
    ///   - count: how many versions there are.
    /// - Returns: what it left.
    /// - Throws: what the operation throws that is not part of the example.
    func carryOut(on fixture: BackupFixture, versions count: Int) throws -> Effect {
        switch self {
        case .hold:
            let session = try fixture.session()
            let time = try #require(try fixture.knownVersions().last?.time)
            try HoldBook.change(session, holding: [Hold(version: time, reason: "dear", since: .now())])
            return Effect()
        case .delete:
            guard count > 1 else { return Effect() }
            let session = try fixture.session()
            let oldest = try #require(try fixture.knownVersions().last)
            #expect(try DeleteRun(session).run(versions: [oldest.id]).deleted == [oldest.time])
            return Effect(gone: 1)
        case .retention:
            var policy = RetentionPolicy()
            policy.keepVersions = 1
            policy.minVersions = 1
            let run = RetentionRun(try fixture.session(), policy: policy)
            #expect(try run.carryOut(try run.decide()).deleted.count == count - 1)
            return Effect(gone: count - 1)
        case .compact:
            var options = CompactOptions()
            options.volumeSize = 10 << 20
            options.smallFileSize = 5 << 20
            options.smallFileMaxCount = 1
            _ = try CompactRun(try fixture.session(), options: options).run()
            return Effect()
        case .purge:
            let pattern = try FilterExpression(argument: Self.root + Self.folder)
            let summary = try PurgeRun(try fixture.session()).run([pattern])
            #expect(summary.versions.count == count && summary.pathCount > 3)
            return Effect(purged: Self.folder)
        case .purgeBroken: return try purgeBroken(fixture)
        case .repairIndexes: return try repair(fixture, without: try fixture.names("dindex"))
        case .repairList: return try repair(fixture, without: try fixture.filelists().suffix(1))
        case .repairLists: return try repair(fixture, without: try fixture.filelists())
        case .backup:
            try fixture.write("ours", BackupFixture.noise(50_000, seed: 5))
            #expect(try fixture.run().version != nil)
            return Effect(added: 1)
        case .interrupted: return try interrupt(fixture)
        }
    }

    private func repair(_ fixture: BackupFixture, without lost: some Sequence<String>) throws -> Effect {
        for name in lost { fixture.removeObject(name) }
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase, catalogPath: fixture.catalog,
            toleratesLostVersions: true)
        let summary = try RepairRun(session).run()
        #expect(summary.steps.filter { $0.action == .left } == [])
        return Effect()
    }

    /// A data volume is lost, and with it what only it had.
    private func purgeBroken(_ fixture: BackupFixture) throws -> Effect {
        fixture.removeObject(try #require(try fixture.names("dblock").last))
        do {
            _ = try BrokenRun(try fixture.session()).run(isDryRun: false)
        } catch EngineError.refused {
            return Effect(isRefused: true)
        }
        let gone = try fixture.knownVersions().count
        // Index volumes of what is gone go when nothing needs them any more.
        _ = try RepairRun(try fixture.session()).run()
        return Effect(added: try fixture.knownVersions().count - gone, hasLosses: true)
    }

    /// A backup dies before its filelist is sent; the next one who changes the store makes a version of it.
    private func interrupt(_ fixture: BackupFixture) throws -> Effect {
        for number in 0..<5 { try fixture.write("ours \(number)", BackupFixture.noise(50_000, seed: UInt64(number))) }
        fixture.options.commitInterval = .zero
        let fault = FaultyDestination.Fault(
            .put, object: { $0.contains(".dlist.") }, ordinals: 1...100, .failBefore(.permission))
        let destination = FaultyDestination(try fixture.destination(), faults: [fault])
        #expect(throws: EngineError.self) { try fixture.run(destination) }
        let session = try StoreSession.open(
            destination: try fixture.destination(), passphrase: fixture.passphrase, catalogPath: fixture.catalog,
            lease: LeaseRequest(activity: "test"))
        session.store.releaseLease()
        return Effect(added: 1)
    }
}

extension BackupFixture {
    /// The names of the objects at the destination with a word in them, in order.
    func names(_ kind: String) throws -> [String] {
        try objects().keys.filter { $0.contains(".\(kind).") }.sorted()
    }
}
