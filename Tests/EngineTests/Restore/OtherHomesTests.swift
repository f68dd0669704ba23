import Catalog
import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Blocks that are in several volumes")
struct OtherHomesTests {
    /// A store whose first data volume is copied under another name, which the catalog knows as a further home.
    private func session(_ sample: SampleStore, _ fault: (String) throws -> Void) throws -> (StoreSession, String) {
        let session = try sample.builder.session()
        let folder = sample.builder.folder
        let first = try #require(sample.builder.dblocks.first).text
        let copy = ObjectName.dblock(encryption: .none).text
        try FileManager.default.copyItem(atPath: "\(folder)/\(first)", toPath: "\(folder)/\(copy)")
        try session.catalog.write { writer in
            let known = try session.catalog.read { reader in try reader.volumes() }
            let home = try #require(known.first { $0.name == first })
            let other = CatalogVolume(
                id: (known.map(\.id).max() ?? 0) + 1, name: copy, kind: .dblock, size: home.size, hash: home.hash)
            try writer.put(other)
            var blocks: [Int64] = []
            try session.catalog.read { reader in
                try reader.forEachBlock { id, _, _, volume in if volume == home.id { blocks.append(id) } }
            }
            for block in blocks { try writer.addDuplicate(of: block, in: other.id) }
        }
        try fault("\(folder)/\(first)")
        return (session, "\(folder)/\(copy)")
    }

    @Test("a missing volume costs nothing when its blocks are in another")
    func missing() throws {
        let sample = try SampleStore()
        let (session, _) = try session(sample) { try FileManager.default.removeItem(atPath: $0) }
        let target = try TemporaryFolder()
        let problems = ProblemLog()
        let summary = try RestoreRun(
            RestoreRequest(target: target.path), session: session, problems: problems
        ).run()
        #expect(summary.isComplete)
        #expect(SampleStore.differences(target.path, sample.second) == [])
        #expect(problems.problems.map(\.code) == [.damaged])
    }

    @Test("a damaged volume costs nothing either, wherever the damage is")
    func damaged() throws {
        for part in [3, 5, 7] {
            let sample = try SampleStore()
            let (session, _) = try session(sample) { path in
                var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
                for index in stride(from: bytes.count * part / 10, to: bytes.count * (part + 1) / 10, by: 7) {
                    bytes[index] ^= 0x55
                }
                try Data(bytes).write(to: URL(filePath: path))
            }
            let target = try TemporaryFolder()
            let summary = try RestoreRun(
                RestoreRequest(target: target.path), session: session, problems: ProblemLog()
            ).run()
            #expect(summary.isComplete)
            #expect(SampleStore.differences(target.path, sample.second) == [])
        }
    }

    @Test("a block that is nowhere costs the files that need it, once all homes were tried")
    func nowhere() throws {
        let sample = try SampleStore()
        let (session, copy) = try session(sample) { try FileManager.default.removeItem(atPath: $0) }
        try FileManager.default.removeItem(atPath: copy)
        let target = try TemporaryFolder()
        let summary = try RestoreRun(
            RestoreRequest(target: target.path), session: session, problems: ProblemLog()
        ).run()
        #expect(summary.failed > 0 && summary.restoredFiles > 0)
    }
}
