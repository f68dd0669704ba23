import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

/// The specification's tables of errors of transfers (14.2) and of content (14.3), row by row.
///
/// | condition | done | proven by |
/// |---|---|---|
/// | size or hash of a fetched object differs | fetched once more, then refused, or opened as far as it goes | `StoreTests`, `ForeignObjectTests.damagedOnTheWay` |
/// | a transfer fails | tried again after growing pauses, then the run ends | `StoreTests` |
/// | it cannot be decrypted | a wrong passphrase only if nothing else opens either | `StoreTests`, `CatalogSyncTests.wrongPassphrase` |
/// | its manifest is another store's | named, and not used | `otherManifest` here, `DamagedVolumeTests` |
/// | a data volume lacks a promised block | the files concerned are named, all others restored | `missingBlock` here |
/// | a block has another hash or size | the same | `DamageTests.everyDamage` |
/// | a blocklist in an index volume has another hash | ignored; the data volume's is taken | `wrongBlocklist` here |
/// | an index volume describes an unknown data volume | a warning; an error if something needs it | `unknownDataVolume` here, `SeveralDescriptionsTests.missing` |
/// | a filelist cannot be read | that version is missing and named; found again when it can be read | `CatalogSyncTests.healedVersion` |
/// | blocks are missing after a rebuild | each file that needs them is named | `CatalogSyncTests.lostVolume`, `ManyLossesTests` |
/// | a zip directory is broken | read without it | `brokenDirectory` here, `DamagedVolumeTests` |
/// | passphrase, block size or hash differ from the store's | refused, nothing is changed | `BackupRunTests.settings` |
/// | the destination is full | the run ends, nothing is lost | `FullDestinationTests`, `SystemLimitTests` |
/// | the clock is behind the newest version | up to 5 s it waits, else it refuses | `ClockTests`, `LostDataTests.future` |
@Suite("14.2 and 14.3 What objects hold")
struct ContentFaultTests {
    private func restore(_ sample: SampleStore, _ problems: ProblemLog) throws -> [String] {
        let target = try TemporaryFolder()
        let session = try sample.builder.session(problems: problems)
        _ = try RestoreRun(RestoreRequest(target: target.path + "/out"), session: session, problems: problems).run()
        return SampleStore.differences(target.path + "/out", sample.second)
    }

    private func contents(_ sample: SampleStore, _ name: ObjectName) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(sample.builder.folder)/\(name)"))
    }

    private func replace(_ sample: SampleStore, _ name: ObjectName, with bytes: Data) throws {
        try bytes.write(to: URL(filePath: "\(sample.builder.folder)/\(name)"))
    }

    @Test("a manifest of another store: the volume is named and not used")
    func otherManifest() throws {
        let sample = try SampleStore()
        let folder = try TemporaryFolder()
        let other = try StoreBuilder(in: folder.path + "/other", settings: StoreSettings(blockSize: 20_480))
        try other.addVersion(SampleStore.firstTime, [.file("/data/x", "x")])
        let volume = sample.builder.dblocks[0]
        try replace(sample, volume, with: Data(contentsOf: URL(filePath: "\(other.folder)/\(other.dblocks[0])")))
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(sample.builder.dindexes[0])")
        let problems = ProblemLog()
        let differences = try restore(sample, problems)
        #expect(problems.problems.contains { $0.subject == volume.text && $0.message.contains("other settings") })
        #expect(!differences.isEmpty)
        // Whatever is not as it was is named.
        let named = problems.problems.map(\.subject)
        #expect(differences.allSatisfy { path in named.contains { $0.hasSuffix(path.dropFirst("/data".count)) } })
    }

    @Test("a data volume lacks a promised block: the files concerned are named, all others come back")
    func missingBlock() throws {
        let sample = try SampleStore()
        let volume = sample.builder.dblocks[0]
        // One of the same store that has none of those blocks.
        try sample.builder.addLooseBlock(Array("something else".utf8), withIndex: false)
        let other = try #require(sample.builder.dblocks.last)
        let bytes = try contents(sample, other)
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(other)")
        try replace(sample, volume, with: bytes)
        // The description fits the volume in all but the blocks.
        try sample.builder.rewriteIndex(0) { description in
            description.volumeSize = Int64(bytes.count)
            description.volumeHash = nil
        }
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(
            summary.faults.contains { $0.object == volume.text && $0.kind == .missing && $0.losesData },
            "\(summary.faults)")
        let lost = Set(summary.casualties.map(\.path))
        try #require(!lost.isEmpty)
        let seen = ProblemLog()
        let differences = try restore(sample, seen)
        #expect(Set(differences).isSubset(of: lost))
        #expect(!differences.contains("/data/new.bin"))
        for path in differences {
            let name = path.dropFirst("/data".count)
            #expect(seen.problems.contains { $0.isError && $0.subject.hasSuffix(name) }, "\(path): \(seen.problems)")
        }
    }

    @Test("a blocklist in an index volume has another hash: it is ignored, and the data volume's is taken")
    func wrongBlocklist() throws {
        let sample = try SampleStore()
        sample.builder.forgeList = { $0[0] ^= 1 }
        for index in sample.builder.dindexes.indices { try sample.builder.rewriteIndex(index) { _ in } }
        let problems = ProblemLog()
        #expect(try restore(sample, problems) == [])
        #expect(sample.builder.forgedLists > 0)
        #expect(problems.problems.allSatisfy { !$0.isError })
        let summary = try VerifyRun(.full, session: try sample.builder.session(), problems: ProblemLog()).run()
        #expect(summary.faults.contains { $0.object.contains("dindex") && !$0.losesData })
        #expect(summary.casualtyCount == 0)
    }

    @Test("an index volume describes a data volume that is not there and that nothing needs: a warning")
    func unknownDataVolume() throws {
        let sample = try SampleStore()
        try sample.builder.addLooseBlock(Array("nobody needs this".utf8))
        let unknown = try #require(sample.builder.dblocks.last)
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(unknown)")
        let problems = ProblemLog()
        #expect(try restore(sample, problems) == [])
        #expect(problems.problems.map(\.subject) == [unknown.text])
        #expect(problems.problems.map(\.code) == [.remoteObject])
    }

    @Test("a broken zip directory: the volume is read without it, and named")
    func brokenDirectory() throws {
        let sample = try SampleStore()
        let volume = sample.builder.dblocks[0]
        var bytes = try contents(sample, volume)
        bytes.replaceSubrange((bytes.count - 22)..<bytes.count, with: Data(count: 22))
        try replace(sample, volume, with: bytes)
        let problems = ProblemLog()
        #expect(try restore(sample, problems) == [])
        #expect(problems.problems.contains { $0.subject == volume.text })
    }
}
