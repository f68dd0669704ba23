import Engine
import Foundation
import StoreFormat
import Support
import Testing

@Suite("Losses of many files")
struct ManyLossesTests {
    @Test("all are counted, and the first thousand named")
    func bounded() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        let entries = (0..<1_500).map { StoreBuilder.Entry.file("/data/\($0)", "the same in all") }
        try builder.addVersion(SampleStore.firstTime, entries)
        let lost = builder.dblocks[0].text
        try FileManager.default.removeItem(atPath: "\(builder.folder)/\(lost)")
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        #expect(problems.problems.first?.subject == lost)
        #expect(problems.problems.first?.message.contains("1500 files") == true)
        #expect(problems.problems.count == ProblemLog.keptPerCode)
        #expect(problems.counts[.damaged] == 1_501)
        let log = ProblemLog()
        let verified = try VerifyRun(.full, session: session, problems: log).run()
        #expect(verified.casualtyCount == 1_500)
        #expect(verified.casualties.count == 1_000)
        #expect(log.counts[.damaged] == 1_500)
    }
}
