import Catalog
import Cryptography
import Engine
import Foundation
import StoreFormat
import Support
import Testing

@Suite("Several index volumes for one data volume")
struct SeveralDescriptionsTests {
    private func check(_ sample: SampleStore, _ session: StoreSession, _ problems: ProblemLog) throws {
        let target = try TemporaryFolder()
        _ = try RestoreRun(RestoreRequest(target: target.path + "/out"), session: session, problems: problems).run()
        #expect(SampleStore.differences(target.path + "/out", sample.second) == [])
        #expect(problems.problems.allSatisfy { !$0.isError })
    }

    @Test("all of their blocks count, whichever comes first", arguments: 0..<4)
    func merged(part: Int) throws {
        let sample = try SampleStore()
        try sample.builder.addIndex(0) {
            $0.blocks = $0.blocks.enumerated().filter { $0.offset % 4 == part }.map(\.element)
        }
        try sample.builder.rewriteIndex(0) {
            $0.blocks = $0.blocks.enumerated().filter { $0.offset % 4 != part }.map(\.element)
        }
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        #expect(problems.problems == [])
        #expect(session.outcome.orphans == [])
        try check(sample, session, problems)
    }

    @Test("one complete description is enough for a verification")
    func verified() throws {
        let sample = try SampleStore()
        for _ in 0..<3 { try sample.builder.addIndex(0) { $0.blocks.removeLast() } }
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        #expect(try VerifyRun(.full, session: session, problems: problems).run().isIntact)
        #expect(problems.problems == [])
    }

    @Test("of contradicting ones the one of the right size counts, and the other is named")
    func otherSize() throws {
        // The names are random, so that either comes first now and then.
        for _ in 0..<4 {
            let sample = try SampleStore()
            try sample.builder.addIndex(0) { description in
                description.volumeSize = 17
                description.blocks.removeLast()
            }
            let wrong = try #require(sample.builder.dindexes.last)
            let problems = ProblemLog()
            let session = try sample.builder.session(problems: problems)
            #expect(problems.problems.map(\.subject) == [wrong.text])
            #expect(problems.problems.map(\.code) == [.remoteObject])
            try check(sample, session, problems)
        }
    }

    @Test("of hashes that contradict each other none is believed, and every block still is")
    func otherHash() throws {
        let sample = try SampleStore()
        let hash = HashContext(.sha256).hash(Array("other".utf8))
        try sample.builder.addIndex(0) { $0.volumeHash = hash }
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        #expect(problems.problems.map(\.code) == [.remoteObject])
        let name = sample.builder.dblocks[0].text
        let volume = try session.catalog.read { try $0.volumes().first { $0.name == name } }
        #expect(try #require(volume).hash == nil)
        try check(sample, session, problems)
    }

    @Test("a description of another size than its data volume, the only one, tells that the volume is damaged")
    func onlyOne() throws {
        let sample = try SampleStore()
        try sample.builder.rewriteIndex(0) { $0.volumeSize = 17 }
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        #expect(problems.problems.map(\.subject) == [sample.builder.dblocks[0].text])
        #expect(problems.problems.map(\.code) == [.damaged])
        #expect(session.outcome.orphans == [])
    }

    @Test("one that appears later is taken over without a word", arguments: [true, false])
    func adopted(isComplete: Bool) throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/catalog.sqlite"
        _ = try sample.builder.session(catalogPath: path)
        try sample.builder.addIndex(0) { if !isComplete { $0.blocks.removeFirst() } }
        let problems = ProblemLog()
        let session = try sample.builder.session(catalogPath: path, problems: problems)
        #expect(session.outcome.action == .adopted)
        #expect(problems.problems == [])
        try check(sample, session, problems)
    }

    @Test("a missing data volume is named once, however many describe it")
    func missing() throws {
        let sample = try SampleStore()
        try sample.builder.addIndex(0) { _ in }
        let lost = sample.builder.dblocks[0].text
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(lost)")
        let problems = ProblemLog()
        _ = try sample.builder.session(problems: problems)
        #expect(problems.problems.count { $0.subject == lost } == 1)
    }
}
