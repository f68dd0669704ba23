import Cryptography
import Destinations
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Recovery of damaged stores")
struct RecoverTests {
    private let passphrase = Secret("recövery")

    /// A recovery and where it wrote.
    private struct Result {
        let summary: RecoverSummary
        let target: TemporaryFolder
        let problems: ProblemLog

        var folder: String { target.path + "/out/data" }
        var lostPaths: [String] { summary.losses.map(\.path) }
    }

    private func recover(
        _ sample: SampleStore, passphrase: Secret?? = nil, _ change: (inout RecoverRequest) -> Void = { _ in }
    ) throws -> Result {
        let target = try TemporaryFolder()
        var request = RecoverRequest(target: target.path + "/out")
        change(&request)
        let problems = ProblemLog()
        let summary = try RecoverRun(
            destination: try DestinationRegistry.open(url: "file://\(sample.builder.folder)"),
            passphrase: passphrase ?? sample.builder.passphrase, problems: problems,
            retry: RetryPolicy(attempts: 1), threads: 2
        ).run(request)
        return Result(summary: summary, target: target, problems: problems)
    }

    private func path(_ name: ObjectName, _ sample: SampleStore) -> String { "\(sample.builder.folder)/\(name)" }

    private func change(_ name: ObjectName, _ sample: SampleStore, _ body: (inout [UInt8]) -> Void) throws {
        let url = URL(filePath: path(name, sample))
        var bytes = try [UInt8](Data(contentsOf: url))
        body(&bytes)
        try Data(bytes).write(to: url)
    }

    @Test("of a whole store everything comes back", arguments: [nil, Secret("recövery")])
    func whole(passphrase: Secret?) throws {
        let sample = try SampleStore(passphrase: passphrase)
        let result = try recover(sample)
        #expect(result.summary.isComplete, "\(result.summary)")
        #expect(result.summary.objects == [])
        #expect(SampleStore.differences(result.folder, sample.second) == [])
    }

    @Test("nothing but filelists and data volumes is needed", arguments: [nil, Secret("recövery")])
    func noIndex(passphrase: Secret?) throws {
        let sample = try SampleStore(passphrase: passphrase)
        for name in sample.builder.dindexes { try FileManager.default.removeItem(atPath: path(name, sample)) }
        let result = try recover(sample) { $0.version = .number(1) }
        #expect(result.summary.isComplete)
        #expect(SampleStore.differences(result.folder, sample.first) == [])
    }

    @Test("of a data volume with one changed byte only the block that has it is lost", arguments: 1...6)
    func flipped(seed: UInt64) throws {
        let sample = try SampleStore(passphrase: passphrase)
        var random = SeededGenerator(seed: seed)
        let name = try #require(sample.builder.dblocks.randomElement(using: &random))
        try change(name, sample) { bytes in
            bytes[Int.random(in: 400..<bytes.count - 400, using: &random)] ^= 16
        }
        let result = try recover(sample)
        #expect(result.summary.objects.map(\.name) == [name.text], "seed \(seed): \(result.summary.objects)")
        #expect(result.summary.objects.map(\.state) == [.damaged])
        // One block of 10 KiB at most, or none when the byte was in the archive's own structures.
        let bytes = result.summary.losses.reduce(0) { $0 + $1.bytes }
        #expect(bytes <= 3 * Int64(sample.builder.settings.blockSize), "seed \(seed): \(result.summary.losses)")
        #expect(result.summary.losses.allSatisfy { $0.reason.contains(name.text) })
        let different = Set(SampleStore.differences(result.folder, sample.second))
        #expect(different.isSubset(of: Set(result.lostPaths)), "seed \(seed): \(different)")
        #expect(result.summary.isComplete == result.lostPaths.isEmpty)
    }

    @Test("of a cut data volume the blocks before the cut are used, and what is lost is named to the byte")
    func cut() throws {
        let sample = try SampleStore(passphrase: passphrase)
        let name = sample.builder.dblocks[0]
        try change(name, sample) { $0.removeLast($0.count / 2) }
        let result = try recover(sample) { $0.writesIncomplete = true }
        #expect(result.summary.objects.contains { $0.name == name.text && $0.state == .damaged })
        #expect(!result.summary.isComplete)
        for loss in result.summary.losses where !loss.isMetadataOnly {
            let entry = try #require(sample.second.first { $0.path == loss.path })
            #expect(loss.size == Int64(entry.content.count))
            let partial = result.folder + loss.path.dropFirst("/data".count) + ".incomplete"
            guard loss.bytes < loss.size else {
                #expect(!FileManager.default.fileExists(atPath: partial))
                continue
            }
            var expected = entry.content
            for range in loss.ranges {
                for offset in range { expected[Int(offset)] = 0 }
            }
            #expect(FileManager.default.contents(atPath: partial) == Data(expected), "\(loss.path)")
        }
        #expect(result.summary.losses.contains { !$0.isMetadataOnly })
        #expect(result.summary.incompleteFiles > 0)
    }

    @Test("a data volume that is gone is named with what it costs")
    func missing() throws {
        let sample = try SampleStore(passphrase: passphrase)
        let name = sample.builder.dblocks[1]
        try FileManager.default.removeItem(atPath: path(name, sample))
        let result = try recover(sample)
        #expect(result.summary.objects.contains { $0.name == name.text && $0.state == .missing })
        #expect(!result.lostPaths.isEmpty)
        #expect(result.summary.losses.allSatisfy { $0.reason == "\(name) is missing" })
        #expect(
            Set(SampleStore.differences(result.folder, sample.second)).isSubset(of: Set(result.lostPaths)))
    }

    @Test("when the newest filelist cannot be read, an older version is taken, and that is said")
    func cutList() throws {
        let sample = try SampleStore(passphrase: nil)
        try change(sample.builder.dlists[1], sample) { $0.removeLast($0.count / 2) }
        let result = try recover(sample)
        #expect(!result.summary.isComplete)
        #expect(result.summary.restored.version == SampleStore.firstTime)
        #expect(result.summary.listFault?.contains(sample.builder.dlists[1].text) == true)
        #expect(try recover(sample) { $0.version = .time(SampleStore.firstTime) }.summary.isComplete)
    }

    @Test("objects that lost their names are known by their content")
    func renamed() throws {
        let sample = try SampleStore(passphrase: passphrase)
        for (index, name) in (sample.builder.dblocks + sample.builder.dindexes).enumerated() {
            try FileManager.default.moveItem(
                atPath: path(name, sample), toPath: "\(sample.builder.folder)/FOUND\(index).CHK")
        }
        let result = try recover(sample)
        #expect(result.summary.isComplete, "\(result.summary.losses)")
        #expect(result.summary.objects.allSatisfy { [.adopted, .missing].contains($0.state) })
        #expect(SampleStore.differences(result.folder, sample.second) == [])
    }

    @Test("decrypted copies of objects are used as well")
    func decrypted() throws {
        let sample = try SampleStore(passphrase: passphrase)
        let cipher = FileCipher(passphrase: passphrase)
        for name in sample.builder.dblocks {
            let from = path(name, sample)
            try cipher.decrypt(.file(from), to: .file(String(from.dropLast(".aes".count)), replaces: false))
            try FileManager.default.removeItem(atPath: from)
        }
        let result = try recover(sample)
        #expect(result.summary.isComplete, "\(result.summary.losses)")
        #expect(SampleStore.differences(result.folder, sample.second) == [])
        // A list is something else: its content proves nothing.
        for name in sample.builder.dlists {
            let from = path(name, sample)
            try cipher.decrypt(.file(from), to: .file(String(from.dropLast(".aes".count)), replaces: false))
            try FileManager.default.removeItem(atPath: from)
        }
        #expect(throws: EngineError.self) { try recover(sample) }
        #expect(try recover(sample) { $0.acceptsPlainLists = true }.summary.isComplete)
        for name in sample.builder.dindexes { try FileManager.default.removeItem(atPath: path(name, sample)) }
        #expect(try recover(sample, passphrase: .some(nil)).summary.isComplete)
    }

    @Test("a wrong passphrase is said to be one")
    func wrongPassphrase() throws {
        let sample = try SampleStore(passphrase: passphrase)
        do {
            _ = try recover(sample, passphrase: Secret("another"))
            Issue.record("it was taken")
        } catch EngineError.wrongPassphrase {}
    }

    @Test("any damage loses only what is named", arguments: [nil, Secret("recövery")])
    func anyDamage(passphrase: Secret?) throws {
        let sample = try SampleStore(passphrase: passphrase)
        var random = SeededGenerator(seed: 77)
        for round in 0..<40 {
            let items = [sample.builder.dblocks, sample.builder.dindexes][round % 2]
            let name = try #require(items.randomElement(using: &random))
            let url = URL(filePath: path(name, sample))
            let intact = try Data(contentsOf: url)
            var bytes = [UInt8](intact)
            if round % 3 == 0 {
                bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            } else {
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            try Data(bytes).write(to: url)
            let result = try recover(sample)
            let different = Set(SampleStore.differences(result.folder, sample.second))
            #expect(
                different.isSubset(of: Set(result.lostPaths)), "round \(round), \(name): \(different)")
            // Without encryption some bytes, such as times in the archive, mean nothing.
            if passphrase != nil {
                #expect(result.summary.objects.contains { $0.name == name.text }, "round \(round), \(name)")
            }
            if items == sample.builder.dindexes { #expect(result.summary.isComplete, "round \(round), \(name)") }
            try intact.write(to: url)
        }
    }
}
