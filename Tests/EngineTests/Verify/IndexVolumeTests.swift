import Cryptography
import Engine
import Foundation
import StoreFormat
import Support
import Testing

@Suite("Index volumes that are not what they should be")
struct IndexVolumeTests {
    private func verify(_ sample: SampleStore) throws -> VerifySummary {
        let session = try sample.builder.session()
        return try VerifyRun(.full, session: session, problems: ProblemLog()).run()
    }

    @Test("one without a description is named")
    func empty() throws {
        let sample = try SampleStore()
        let index = sample.builder.dindexes[0]
        let path = "\(sample.builder.folder)/\(index)"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: "\(sample.builder.folder)/\(sample.builder.dblocks[0])", toPath: path)
        let summary = try verify(sample)
        #expect(summary.faults.map(\.object) == [index.text])
        #expect(summary.faults.allSatisfy { !$0.losesData })
        #expect(!summary.isIntact && summary.casualtyCount == 0)
    }

    @Test("one that tells another size or hash than its data volume has is named", arguments: [true, false])
    func contradicting(size: Bool) throws {
        let sample = try SampleStore()
        let hash = HashContext(.sha256).hash(Array("other".utf8))
        try sample.builder.addIndex(0) { if size { $0.volumeSize = 17 } else { $0.volumeHash = hash } }
        let index = try #require(sample.builder.dindexes.last)
        let summary = try verify(sample)
        #expect(summary.faults.map(\.object) == [index.text])
        #expect(summary.casualtyCount == 0)
    }
}
