import Destinations
import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Damaged stores")
struct DamageTests {
    /// What is done to an object.
    enum Damage {
        case flip(byte: Int, bit: Int)
        case cut(at: Int)

        func apply(to bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            switch self {
            case .flip(let byte, let bit): bytes[byte] ^= 1 << UInt8(bit)
            case .cut(let count): bytes.removeLast(bytes.count - count)
            }
            return bytes
        }
    }

    @Test(
        "single flipped bits and truncations are found, named, and never restored silently",
        arguments: [(nil, UInt64(11)), (Secret("pässwörd"), UInt64(12))])
    func everyDamage(passphrase: Secret?, seed: UInt64) throws {
        let sample = try SampleStore(passphrase: passphrase)
        let catalog = sample.folder.path + "/catalog.sqlite"
        let listing = try sample.builder.session(catalogPath: catalog).listing
        let intactCatalog = try Data(contentsOf: URL(filePath: catalog))
        var random = SeededGenerator(seed: seed)
        for round in 0..<150 {
            let items = [listing.dblocks, listing.dindexes, listing.dlists][round % 3]
            let name = try #require(items.randomElement(using: &random)).name
            let path = "\(sample.builder.folder)/\(name)"
            let intact = try [UInt8](Data(contentsOf: URL(filePath: path)))
            let damage: Damage =
                round % 5 == 4
                ? .cut(at: Int.random(in: 0..<intact.count, using: &random))
                : .flip(
                    byte: Int.random(in: 0..<intact.count, using: &random), bit: Int.random(in: 0..<8, using: &random))
            try Data(damage.apply(to: intact)).write(to: URL(filePath: path))
            let label = "seed \(seed), round \(round): \(damage) of \(name)"
            for leftover in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: catalog + leftover) }
            try intactCatalog.write(to: URL(filePath: catalog))
            try expectNamed(name, sample, catalog: catalog, label)
            try expectNothingSilent(sample, catalog: round.isMultiple(of: 2) ? catalog : nil, label)
            try Data(intact).write(to: URL(filePath: path))
        }
    }

    private func expectNamed(_ name: ObjectName, _ sample: SampleStore, catalog: String, _ label: String) throws {
        let problems = ProblemLog()
        let session = try sample.builder.session(catalogPath: catalog, problems: problems)
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.faults.contains { $0.object == name.text }, "\(label)")
        #expect(problems.problems.contains { $0.subject == name.text }, "\(label)")
        #expect(!summary.faults.contains { $0.object != name.text && $0.losesData }, "\(label)")
    }

    /// Every file of the newest version is restored as it was, or a problem says otherwise.
    private func expectNothingSilent(_ sample: SampleStore, catalog: String?, _ label: String) throws {
        let problems = ProblemLog()
        let session = try sample.builder.session(catalogPath: catalog, problems: problems)
        let target = try TemporaryFolder()
        let request = RestoreRequest(version: .newest, target: target.path + "/out")
        let summary = try RestoreRun(request, session: session, problems: problems).run()
        guard summary.version == SampleStore.secondTime else {
            // The newest filelist is lost: then this has been said before anything was restored.
            #expect(problems.problems.contains { $0.isError && $0.subject.contains("dlist") }, "\(label)")
            return
        }
        let named = Set(problems.problems.map(\.subject))
        for path in SampleStore.differences(target.path + "/out", sample.second) {
            let restored = target.path + "/out" + path.dropFirst("/data".count)
            #expect(named.contains(path) || named.contains(restored), "\(label): \(path) is not as it was")
        }
        let leftovers = try FileManager.default.subpathsOfDirectory(atPath: target.path).filter {
            $0.contains(".dunnage")
        }
        #expect(leftovers == [], "\(label)")
    }
}
