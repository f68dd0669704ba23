import Catalog
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Checks that examine a store together")
struct TurnTests {
    private let store: SampleStore
    private var dblocks: [String] { store.builder.dblocks.map(\.text) }

    init() throws {
        store = try SampleStore(passphrase: Secret("turns"))
        try #require(store.builder.dblocks.count > 2)
    }

    private func check(_ turn: VerifyTurn, problems: ProblemLog = ProblemLog()) throws -> VerifySummary {
        let session = try store.builder.session(catalogPath: store.catalog)
        return try VerifyRun(.turn(turn), session: session, problems: problems).run()
    }

    private func verifications() throws -> [String: CatalogVerification] {
        try Catalog(path: store.catalog).read { reader in
            let verifications = try reader.verifications()
            return Dictionary(
                try reader.volumes().compactMap { volume in verifications[volume.id].map { (volume.name, $0) } }
            ) { $1 }
        }
    }

    /// Has the catalog say of data volumes when they were examined last; the others never were.
    private func examined(_ known: [String: (seconds: Int64, count: Int64)]) throws {
        try Catalog(path: store.catalog).write { writer in
            for volume in try writer.reading({ try $0.volumes() }) {
                guard let one = known[volume.name] else { continue }
                try writer.put(
                    CatalogVerification(count: one.count, time: Timestamp(seconds: one.seconds)), of: volume.id)
            }
        }
    }

    @Test("as many checks as there are turns examine every volume, each of them its share")
    func cycle() throws {
        let turns = 3
        let share = (dblocks.count + turns - 1) / turns
        for _ in 0..<turns {
            let before = try Set(verifications().keys)
            let summary = try check(VerifyTurn(turns: turns))
            #expect(summary.isIntact && summary.level.name == "sample")
            #expect(try Set(verifications().keys).subtracting(before).filter { $0.contains("dblock") }.count <= share)
        }
        #expect(try Set(dblocks).isSubset(of: Set(verifications().keys)))
    }

    @Test("what was examined longest ago goes first, however often it was")
    func order() throws {
        _ = try store.builder.session(catalogPath: store.catalog)
        var known: [String: (seconds: Int64, count: Int64)] = [:]
        for (number, name) in dblocks.enumerated() { known[name] = (1000 + Int64(number), number == 0 ? 50 : 1) }
        try examined(known)
        _ = try check(VerifyTurn(turns: dblocks.count))
        let now = try verifications()
        #expect(now[dblocks[0]]?.count == 51)
        #expect(dblocks.dropFirst().allSatisfy { now[$0]?.count == 1 })
    }

    @Test("what would be too old by the next check has its turn now, also when checks before did not take place")
    func deadline() throws {
        _ = try store.builder.session(catalogPath: store.catalog)
        var known: [String: (seconds: Int64, count: Int64)] = [:]
        for (number, name) in dblocks.enumerated() { known[name] = (number < 2 ? 1000 : 9000, 1) }
        try examined(known)
        _ = try check(VerifyTurn(turns: 1000, deadline: Timestamp(seconds: 5000)))
        let now = try verifications()
        #expect(dblocks.map { now[$0]?.count } == dblocks.indices.map { $0 < 2 ? 2 : 1 })
    }

    @Test("a fault is looked at by every check, beside its share, until it is mended")
    func fault() throws {
        _ = try store.builder.session(catalogPath: store.catalog)
        let path = URL(filePath: "\(store.builder.folder)/\(store.builder.dblocks[1])")
        var bytes = try Data(contentsOf: path)
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: path)
        #expect(try !check(VerifyTurn(turns: 1)).isIntact)
        for _ in 0..<2 { #expect(try check(VerifyTurn(turns: 1000)).faults.map(\.object) == [dblocks[1]]) }
    }

    @Test("a share of its own is examined at least")
    func share() {
        #expect(VerifyTurn(turns: 13).sets(ofLargest: 100) == 8)
        #expect(VerifyTurn(turns: 13, sample: .percent(20)).sets(ofLargest: 100) == 20)
        #expect(VerifyTurn(turns: 2, sample: .sets(3)).sets(ofLargest: 100) == 50)
        #expect(VerifyTurn(turns: 0).sets(ofLargest: 7) == 7)
    }
}
