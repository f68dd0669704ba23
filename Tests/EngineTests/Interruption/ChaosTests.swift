import Catalog
import Destinations
import Foundation
import Support
import TestSupport
import Testing

@testable import Engine

/// Backups, deletions, compactions and repairs at a destination that fails, one call in ten, in every `ChaosWay`.
///
/// `DUNNAGE_CHAOS_SEEDS=1000-1200` takes other seeds.
@Suite("Destinations that do one call in ten badly")
struct ChaosTests {
    static let seeds: ClosedRange<UInt64> = {
        let bounds = ProcessInfo.processInfo.environment["DUNNAGE_CHAOS_SEEDS"]?.split(separator: "-")
            .compactMap { UInt64($0) }
        guard let bounds, let first = bounds.first, let last = bounds.last, first <= last else { return 1...50 }
        return first...last
    }()

    @Test("nothing is lost, and one good run sets everything right", arguments: seeds)
    func chaos(seed: UInt64) throws {
        var course = try Course(seed: seed)
        for round in 0..<5 {
            try course.change()
            try course.backUp(round)
            if round > 0 { try course.maintain(round) }
        }
        try course.expectNothingLost()
    }

    /// One store and what happens to it.
    private struct Course {
        let seed: UInt64
        let fixture: BackupFixture
        let memory = ChaosMemory()
        var generator: SeededGenerator
        /// The complete versions that were made, as the tree was, by time.
        var good: [Timestamp: TreeSnapshot] = [:]
        /// Versions that were to be deleted: they may be there or not.
        var doomed: Set<Timestamp> = []
        var operations = 0

        init(seed: UInt64) throws {
            self.seed = seed
            fixture = try BackupFixture()
            fixture.options.blockSize = 4096
            fixture.options.volumeSize = 64 << 10
            fixture.options.commitInterval = .zero
            generator = SeededGenerator(seed: seed)
        }

        mutating func change() throws {
            for _ in 0..<8 {
                let name =
                    "folder \(Int.random(in: 0..<6, using: &generator))/\(Int.random(in: 0..<9, using: &generator))"
                let size = Int.random(in: 0..<60_000, using: &generator)
                try fixture.write(name, BackupFixture.noise(size, seed: UInt64.random(in: 1...9999, using: &generator)))
            }
            if Int.random(in: 0..<4, using: &generator) == 0 { fixture.remove("folder 1") }
        }

        /// The destination for the next operation, some minutes after the last.
        private mutating func destination(rate: Double = 0.1) throws -> any Destination {
            operations += 1
            let offset = Int64(operations * 120)
            fixture.now = { Timestamp(seconds: Timestamp.now().seconds + offset) }
            return ChaosDestination(
                try fixture.destination(), seed: seed &* 100 &+ UInt64(operations), rate: rate, memory: memory)
        }

        mutating func backUp(_ round: Int) throws {
            let chaos = try destination(rate: round == 4 ? 0.3 : 0.1)
            do {
                let summary = try fixture.run(chaos)
                if let version = summary.version, !summary.isPartial {
                    good[version] = try TreeSnapshot(fixture.source)
                }
            } catch {
                // That is what it is for.
            }
        }

        /// Deletes a version and compacts, or repairs; whatever fails, fails.
        mutating func maintain(_ round: Int) throws {
            let chaos = try destination()
            do {
                let session = try fixture.session(chaos)
                if round == 3 {
                    var options = RepairOptions()
                    options.verifies = seed.isMultiple(of: 2)
                    _ = try RepairRun(session, options: options).run()
                    return
                }
                let versions = try session.catalog.read { try $0.versions() }
                guard versions.count > 1, let victim = versions.dropLast().randomElement(using: &generator) else {
                    return
                }
                doomed.insert(victim.time)
                _ = try DeleteRun(session).run(versions: [victim.id])
                var options = CompactOptions()
                options.volumeSize = fixture.options.volumeSize
                options.now = fixture.now
                _ = try CompactRun(try fixture.session(chaos), options: options).run()
            } catch {
                // That is what it is for.
            }
        }

        mutating func expectNothingLost() throws {
            _ = try destination()
            try fixture.run()
            let newest = try fixture.restoreDifferences().filter { !isLooseEnd($0) }
            #expect(newest == [], "seed \(seed)")
            let present = Set(try fixture.session().catalog.read { try $0.versions() }.map(\.time))
            for (version, tree) in good {
                // A repair that took a list for damaged has written it again, some seconds later.
                let time = (0...3).lazy.map { Timestamp(seconds: version.seconds + $0) }.first { present.contains($0) }
                guard let time else {
                    #expect(doomed.contains(version), "seed \(seed): the version of \(version) is gone")
                    continue
                }
                let differences = try fixture.restoreDifferences(.time(time), from: tree)
                #expect(differences.filter { !isLooseEnd($0) } == [], "seed \(seed), version of \(version)")
            }
        }

        /// What was cut off in the middle is named until somebody cleans up, but nothing needs it.
        private func isLooseEnd(_ text: String) -> Bool {
            ["duplicati-", "dunnage-"].contains { text.hasPrefix($0) }
        }
    }
}
