import Catalog
import Engine
import Foundation
import StoreFormat
import Support
import Testing

@Suite("Unencrypted objects in an encrypted store")
struct PlantedObjectsTests {
    private let sample: SampleStore
    private let planted: StoreBuilder

    init() throws {
        sample = try SampleStore(passphrase: Secret("key"))
        planted = try StoreBuilder(in: sample.builder.folder)
    }

    private func plant() throws {
        try planted.addVersion(
            Timestamp(seconds: 1_760_900_000), [.folder("/data/"), .file("/data/sub/text.txt", "planted")])
    }

    private var plantedNames: Set<String> {
        Set((planted.dlists + planted.dindexes + planted.dblocks).map(\.text))
    }

    @Test("they are named and ignored by restore and verify", arguments: [true, false])
    func ignored(withCatalog: Bool) throws {
        let path = withCatalog ? sample.folder.path + "/catalog.sqlite" : nil
        if withCatalog { _ = try sample.builder.session(catalogPath: path) }
        try plant()
        for _ in 0..<2 {
            let problems = ProblemLog()
            let session = try sample.builder.session(catalogPath: path, problems: problems)
            #expect(session.outcome.action == (withCatalog ? .unchanged : .rebuilt))
            #expect(Set(problems.problems.map(\.subject)) == plantedNames)
            #expect(problems.problems.allSatisfy { $0.code == .damaged && $0.message.contains("not encrypted") })
            #expect(try StoreView(session.catalog).versions().count == 2)
            let target = try TemporaryFolder()
            _ = try RestoreRun(
                RestoreRequest(target: target.path + "/out"), session: session, problems: ProblemLog()
            ).run()
            #expect(SampleStore.differences(target.path + "/out", sample.second) == [])
            let verified = try VerifyRun(.full, session: session, problems: ProblemLog()).run()
            #expect(Set(verified.faults.map(\.object)) == plantedNames)
            #expect(verified.casualties == [])
        }
    }

    @Test("a catalog knows that the store is encrypted even if every version was replaced")
    func replaced() throws {
        let path = sample.folder.path + "/catalog.sqlite"
        _ = try sample.builder.session(catalogPath: path)
        for name in sample.builder.dlists {
            try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(name)")
        }
        try plant()
        #expect {
            try sample.builder.session(catalogPath: path)
        } throws: { error in
            if case EngineError.missingObjects = error { true } else { false }
        }
    }

    @Test("a store without any encryption can be read although a passphrase is given")
    func plainStore() throws {
        let plain = try SampleStore()
        let path = plain.folder.path + "/catalog.sqlite"
        for _ in 0..<2 {
            let problems = ProblemLog()
            let session = try plain.builder.session(
                catalogPath: path, passphrase: Secret("needless"), problems: problems)
            #expect(problems.problems == [])
            #expect(try StoreView(session.catalog).versions().count == 2)
        }
    }
}
