import Destinations
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Destinations that do one call in ten badly")
struct ChaosTests {
    @Test("nothing is lost, and one good run sets everything right", arguments: 1...50 as ClosedRange<UInt64>)
    func chaos(seed: UInt64) throws {
        let fixture = try BackupFixture()
        fixture.options.blockSize = 4096
        fixture.options.volumeSize = 64 << 10
        fixture.options.commitInterval = .zero
        var generator = SeededGenerator(seed: seed)
        var good: [Timestamp: TreeSnapshot] = [:]
        for round in 0..<4 {
            for _ in 0..<8 {
                let name =
                    "folder \(Int.random(in: 0..<6, using: &generator))/\(Int.random(in: 0..<9, using: &generator))"
                let size = Int.random(in: 0..<60_000, using: &generator)
                try fixture.write(name, BackupFixture.noise(size, seed: UInt64.random(in: 1...9999, using: &generator)))
            }
            if round == 2 { fixture.remove("folder 1") }
            let chaos = ChaosDestination(
                try fixture.destination(), seed: seed &* 100 &+ UInt64(round), rate: round == 3 ? 0.3 : 0.1)
            do {
                let summary = try fixture.run(chaos)
                if let version = summary.version, !summary.isPartial {
                    good[version] = try TreeSnapshot(fixture.source)
                }
            } catch {
                // That is what it is for.
            }
        }
        try fixture.run()
        let newest = try fixture.restoreDifferences().filter { !isLooseEnd($0) }
        #expect(newest == [], "seed \(seed)")
        for (version, tree) in good {
            let differences = try fixture.restoreDifferences(.time(version), from: tree)
            #expect(differences.filter { !isLooseEnd($0) } == [], "seed \(seed), version of \(version)")
        }
    }

    /// What was cut off in the middle is named until somebody cleans up, but nothing needs it.
    private func isLooseEnd(_ text: String) -> Bool {
        ["duplicati-", "dunnage-"].contains { text.hasPrefix($0) }
    }
}
