import Catalog
import Cryptography
import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Keeping a catalog in step")
struct CatalogSyncTests {
    @Test("nothing is fetched while nothing has changed")
    func unchanged() throws {
        let sample = try SampleStore(passphrase: Secret("key"))
        let path = sample.folder.path + "/catalog.sqlite"
        #expect(try sample.builder.session(catalogPath: path).outcome.action == .rebuilt)
        let session = try sample.builder.session(catalogPath: path)
        #expect(session.outcome.action == .unchanged)
        #expect(session.store.progress.transferred == 0)
    }

    @Test("data that an unfinished run has left is taken over", arguments: [true, false])
    func adoption(withIndex: Bool) throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/catalog.sqlite"
        let before = try sample.builder.session(catalogPath: path).catalog.read { try $0.blockCount() }
        try sample.builder.addLooseBlock(Array("left behind".utf8), withIndex: withIndex)
        let session = try sample.builder.session(catalogPath: path)
        #expect(session.outcome.action == .adopted)
        #expect(session.outcome.orphans == (withIndex ? [] : sample.builder.dblocks.suffix(1)))
        #expect(try session.catalog.read { try $0.blockCount() } == before + 1)
        #expect(try sample.builder.session(catalogPath: path).outcome.action == .unchanged)
    }

    @Test("a version made elsewhere has the catalog built anew, with the same entries as from nothing")
    func newVersion() throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/catalog.sqlite"
        _ = try sample.builder.session(catalogPath: path)
        try sample.builder.addVersion(Timestamp(seconds: 1_760_200_000), sample.first)
        let session = try sample.builder.session(catalogPath: path)
        #expect(session.outcome.action == .rebuilt)
        let kept = try entries(session.catalog)
        #expect(kept.count == 3)
        #expect(try entries(sample.builder.session().catalog) == kept)
        #expect(kept[0] == kept[2])
        #expect(!FileManager.default.fileExists(atPath: path + ".new"))
    }

    private func entries(_ catalog: Catalog) throws -> [[String: CatalogEntry]] {
        try catalog.read { reader in
            try reader.versions().map { version in
                var entries: [String: CatalogEntry] = [:]
                try reader.forEachEntry(of: version.id) { folder, entry in
                    let path = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
                    entries[String(decoding: path, as: UTF8.self)] = entry
                }
                return entries
            }
        }
    }

    @Test("a lost data volume is named with the files that need it, and its blocks count as not stored")
    func lostVolume() throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/catalog.sqlite"
        _ = try sample.builder.session(catalogPath: path)
        let lost = sample.builder.dblocks[0]
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(lost)")
        let problems = ProblemLog()
        let session = try sample.builder.session(catalogPath: path, problems: problems)
        #expect(session.outcome.action == .rebuilt)
        let named = problems.problems.filter { $0.subject == lost.text }
        #expect(named.count == 1 && named[0].isError)
        #expect(problems.problems.contains { $0.subject == "/data/large.bin" && $0.message.contains(lost.text) })
        let digestLength = session.properties.settings.blockHash.digestLength
        try session.catalog.read { reader in
            let index = try BlockIndex(from: reader, digestLength: digestLength)
            #expect(try index.count < reader.blockCount())
        }
        #expect(try sample.builder.session(catalogPath: path).outcome.action == .unchanged)
    }

    @Test("a lost index volume costs nothing but reading the data volume")
    func lostIndex() throws {
        let sample = try SampleStore()
        let lost = sample.builder.dindexes[0]
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(lost)")
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        #expect(problems.problems == [])
        #expect(session.outcome.orphans == [sample.builder.dblocks[0]])
        let target = try TemporaryFolder()
        _ = try RestoreRun(RestoreRequest(target: target.path + "/out"), session: session, problems: problems).run()
        #expect(problems.problems == [])
        #expect(SampleStore.differences(target.path + "/out", sample.second) == [])
    }

    @Test("blocklists that no index volume has are read from data volumes")
    func noIndexAtAll() throws {
        let sample = try SampleStore()
        for name in sample.builder.dindexes {
            try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(name)")
        }
        let problems = ProblemLog()
        let session = try sample.builder.session(problems: problems)
        #expect(problems.problems == [])
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.isIntact)
    }

    @Test("an emptied destination is an error, not a new beginning")
    func emptied() throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/catalog.sqlite"
        _ = try sample.builder.session(catalogPath: path)
        for name in sample.builder.dlists {
            try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(name)")
        }
        #expect {
            try sample.builder.session(catalogPath: path)
        } throws: { error in
            guard case EngineError.missingObjects(let names, _) = error else { return false }
            return names.count == 2
        }
    }

    @Test("a destination without any object is told from one with another prefix")
    func emptyStore() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        #expect {
            try builder.session()
        } throws: { error in
            guard case EngineError.emptyStore(_, let prefixes) = error else { return false }
            return prefixes.isEmpty
        }
    }

    @Test("a wrong passphrase is told as such, with and without a catalog")
    func wrongPassphrase() throws {
        let sample = try SampleStore(passphrase: Secret("right"))
        let path = sample.folder.path + "/catalog.sqlite"
        let isWrong: (any Error) -> Bool = { error in
            if case EngineError.wrongPassphrase = error { true } else { false }
        }
        #expect(throws: EngineError.self) { try sample.builder.session(passphrase: .some(nil)) }
        #expect {
            try sample.builder.session(passphrase: Secret("wrong"))
        } throws: { isWrong($0) }
        _ = try sample.builder.session(catalogPath: path)
        #expect {
            try sample.builder.session(catalogPath: path, passphrase: Secret("wrong"))
        } throws: { isWrong($0) }
        let session = try sample.builder.session(catalogPath: path)
        #expect(session.outcome.action == .unchanged)
    }

    @Test("a damaged filelist that is put back is used again")
    func healedVersion() throws {
        let sample = try SampleStore(passphrase: Secret("key"))
        let path = sample.folder.path + "/catalog.sqlite"
        let list = "\(sample.builder.folder)/\(sample.builder.dlists[1])"
        let intact = try Data(contentsOf: URL(filePath: list))
        var damaged = intact
        damaged[intact.count / 2] ^= 4
        try damaged.write(to: URL(filePath: list))
        for _ in 0..<2 {
            let problems = ProblemLog()
            let session = try sample.builder.session(catalogPath: path, problems: problems)
            #expect(try StoreView(session.catalog).versions().count == 1)
            #expect(problems.problems.contains { $0.isError && $0.subject == sample.builder.dlists[1].text })
        }
        try intact.write(to: URL(filePath: list))
        let problems = ProblemLog()
        let session = try sample.builder.session(catalogPath: path, problems: problems)
        #expect(try StoreView(session.catalog).versions().count == 2)
        #expect(problems.problems == [])
    }

    @Test("a catalog that is no database is set aside and built anew")
    func garbage() throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/catalog.sqlite"
        try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: path))
        let session = try sample.builder.session(catalogPath: path)
        #expect(session.outcome.action == .rebuilt)
        #expect(try StoreView(session.catalog).versions().count == 2)
    }

    @Test("block and file hashes may differ")
    func otherHashes() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(
            in: folder.path + "/store",
            settings: StoreSettings(blockSize: 10_240, blockHash: .sha512, fileHash: .md5))
        var random = SeededGenerator(seed: 3)
        let entries: [StoreBuilder.Entry] = [
            .folder("/data/"), .file("/data/one", random.bytes(900)), .file("/data/many", random.bytes(50_000)),
            .file("/data/none", []),
        ]
        try builder.addVersion(SampleStore.firstTime, entries)
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        let summary = try VerifyRun(.full, session: session, problems: problems).run()
        #expect(summary.isIntact)
        _ = try RestoreRun(RestoreRequest(target: folder.path + "/out"), session: session, problems: problems).run()
        #expect(problems.problems == [])
        #expect(SampleStore.differences(folder.path + "/out", entries) == [])
    }
}
