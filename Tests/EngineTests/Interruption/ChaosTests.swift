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
            try course.expectOneStateOfEachEntry("after backup \(round)")
            if round > 0 { try course.maintain(round) }
            try course.expectOneStateOfEachEntry("after round \(round)")
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
                let session = try fixture.session(chaos, toleratesLostVersions: round == 3)
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

        /// No version in the catalog, nor what an unfinished run has left in it, has an entry twice.
        func expectOneStateOfEachEntry(_ moment: String) throws {
            guard FileManager.default.fileExists(atPath: fixture.catalog) else { return }
            let twice = try Catalog(path: fixture.catalog).read { reader in
                var twice: [String] = []
                for version in try reader.versions().map(\.id) + [.max] {
                    var paths: Set<[UInt8]> = []
                    try reader.forEachEntry(of: version, kinds: [.folder, .file, .symlink, .folderLink]) {
                        let path = Array($0) + $1.name
                        if !paths.insert(path).inserted {
                            twice.append("\(version): \(String(decoding: path, as: UTF8.self))")
                        }
                    }
                }
                return twice
            }
            #expect(twice == [], "seed \(seed), \(moment)")
        }

        mutating func expectNothingLost() throws {
            _ = try destination()
            try fixture.run()
            try expectOneStateOfEachEntry("at the end")
            let present = Set(try fixture.session().catalog.read { try $0.versions() }.map(\.time))
            let last = try #require(present.max())
            let newest = try fixture.restoreDifferences().filter { concerns(last, $0) }
            #expect(newest == [], "seed \(seed)")
            for (version, tree) in good {
                // A repair that took a list for damaged has written it again, some seconds later; operations are minutes
                // apart. It may have been deleted under either time.
                let times = (0...3).map { Timestamp(seconds: version.seconds + $0) }
                guard let time = times.first(where: { present.contains($0) }) else {
                    #expect(
                        times.contains { doomed.contains($0) }, "seed \(seed): the version of \(version) is gone")
                    continue
                }
                let differences = try fixture.restoreDifferences(.time(time), from: tree)
                #expect(differences.filter { concerns(time, $0) } == [], "seed \(seed), version of \(version)")
            }
        }

        /// Whether something that was said is of this version.
        ///
        /// What was cut off in the middle is named until somebody cleans up, but nothing needs it; and a version that was
        /// never complete, because its data arrived by half, lacks what its run has told of.
        private func concerns(_ version: Timestamp, _ text: String) -> Bool {
            if ["duplicati-", "dunnage-"].contains(where: { text.hasPrefix($0) }) { return false }
            guard text.contains(" lost in the version") else { return true }
            let times = text.split(separator: " ").compactMap { word in
                Timestamp(iso8601: word.prefix { $0 != "Z" } + "Z")
            }
            guard let from = times.first, let to = times.last else { return true }
            return from <= version && version <= to
        }
    }
}
