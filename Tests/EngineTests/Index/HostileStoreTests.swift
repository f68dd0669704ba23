import Catalog
import Cryptography
import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Stores that claim what cannot be")
struct HostileStoreTests {
    private static func digest(_ length: Int) throws -> Digest {
        try #require(Digest((0..<length).map { UInt8(truncatingIfNeeded: $0 + 1) }))
    }

    private struct Store {
        let folder: TemporaryFolder
        let builder: StoreBuilder
        let entries: [StoreBuilder.Entry]

        init(forge: (inout FileEntry) -> Void = { _ in }) throws {
            folder = try TemporaryFolder()
            builder = try StoreBuilder(in: folder.path + "/store")
            var random = SeededGenerator(seed: 5)
            entries = [
                .folder("/data/"), .file("/data/bad", random.bytes(900)), .file("/data/bad too", random.bytes(800)),
                .file("/data/good", random.bytes(700)), .file("/data/large", random.bytes(40_000)),
                .link("/data/link", to: "good"),
            ]
            try builder.addVersion(SampleStore.firstTime, entries) { entry in
                if entry.path.starts(with: Array("/data/bad".utf8)) { forge(&entry) }
            }
        }

        /// Restores and verifies what is not bad, and says what is told of the rest.
        func check(leftOut: Bool = true) throws -> [Problem] {
            let problems = ProblemLog()
            let session = try builder.session(problems: problems)
            let version = try #require(try StoreView(session.catalog).versions().first)
            #expect(version.files == (leftOut ? 2 : 4))
            #expect(version.bytes == (leftOut ? 40_700 : 42_400))
            let told = problems.problems
            let target = folder.path + "/out"
            _ = try RestoreRun(RestoreRequest(target: target), session: session, problems: problems).run()
            let good = entries.filter { !leftOut || !$0.path.hasPrefix("/data/bad") }
            if leftOut { #expect(SampleStore.differences(target, good) == []) }
            let verified = try VerifyRun(.full, session: session, problems: ProblemLog()).run()
            #expect(verified.faults.map(\.object) == [builder.dlists[0].text])
            return told
        }
    }

    @Test(
        "files of sizes that no store can hold are left out and named",
        arguments: [Int64.max, (1 << 53) + 1, 10_240 << 31] as [Int64])
    func sizes(size: Int64) throws {
        let store = try Store()
        try store.builder.rewriteList(0) { list in
            list.replacing("\"size\":900,", with: "\"size\":\(size),")
                .replacing("\"size\":800,", with: "\"size\":\(size),")
        }
        let told = try store.check()
        #expect(told.map(\.subject) == ["/data/bad", "/data/bad too"])
        #expect(told.allSatisfy { $0.code == .damaged && $0.message.contains(store.builder.dlists[0].text) })
    }

    @Test("sizes that are possible one by one are not, together, more than can be counted")
    func sums() throws {
        let folder = try TemporaryFolder()
        let settings = StoreSettings(blockSize: 8 << 20)
        let builder = try StoreBuilder(in: folder.path + "/store", settings: settings)
        let entries = (0..<600).map { StoreBuilder.Entry.file("/data/\($0)", "x") }
        try builder.addVersion(SampleStore.firstTime, entries)
        try builder.rewriteList(0) { $0.replacing("\"size\":1,", with: "\"size\":\(1 << 53),") }
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        let version = try #require(try StoreView(session.catalog).versions().first)
        #expect(version.files == 512)
        #expect(version.bytes == 1 << 62)
        #expect(problems.problems.count { $0.message.contains("more than a store can hold") } == 88)
    }

    @Test("hashes of the wrong length cost the entry and nothing else", arguments: [1, 4, 20, 31, 64])
    func hashes(length: Int) throws {
        let odd = try Self.digest(length)
        for member in [\FileEntry.hash, \FileEntry.blockHash] {
            let told = try Store { $0[keyPath: member] = odd }.check()
            #expect(told.map(\.subject) == ["/data/bad", "/data/bad too"])
        }
        let told = try Store { entry in
            entry.size = 15_000
            entry.blocklists = [odd]
        }.check()
        #expect(told.map(\.subject) == ["/data/bad", "/data/bad too"])
    }

    @Test("metadata with hashes of the wrong length or an impossible size costs no content")
    func metadata() throws {
        let odd = try Self.digest(20)
        let forgeries: [(inout FileEntry) -> Void] = [
            { $0.metaHash = odd }, { $0.metaBlockHash = odd }, { $0.metaBlocklists = [odd] }, { $0.metaSize = .max },
        ]
        for forge in forgeries {
            let store = try Store(forge: forge)
            let told = try store.check(leftOut: false)
            #expect(told.map(\.subject) == ["/data/bad", "/data/bad too"])
            let content = FileManager.default.contents(atPath: store.folder.path + "/out/bad")
            #expect(content == Data(store.entries[1].content))
        }
    }

    @Test("a link whose target is in impossible metadata is left out")
    func link() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        try builder.addVersion(SampleStore.firstTime, [.folder("/data/"), .link("/data/link", to: "x")]) { entry in
            if entry.kind == .symlink { entry.metaSize = .max }
        }
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        #expect(problems.problems.map(\.subject) == ["/data/link"])
        #expect(try StoreView(session.catalog).versions().first?.symlinks == 0)
    }

    @Test("absurdly long and absurdly deep paths are left out, and named in short", arguments: [true, false])
    func paths(isDeep: Bool) throws {
        let absurd = Array(
            (isDeep ? String(repeating: "/a", count: 5000) : "/" + String(repeating: "a", count: 40_000)).utf8)
        let store = try Store { entry in entry.path = absurd + Array(entry.path.suffix(2)) }
        let told = try store.check()
        #expect(told.count == 2)
        #expect(told.allSatisfy { $0.code == .damaged && $0.subject.utf8.count < 1100 })
    }

    @Test(
        "a description of impossible blocks is not believed, and the data volume is read instead",
        arguments: [Forgery.hash(4), .hash(31), .hash(64), .size(.max), .size(10_241), .volumeSize(-1), .volumeHash(5)])
    func description(forgery: Forgery) throws {
        let store = try Store()
        try store.builder.rewriteIndex(0) { try forgery.apply(&$0) }
        let index = store.builder.dindexes[0]
        let problems = ProblemLog()
        let session = try store.builder.session(problems: problems)
        #expect(problems.problems.map(\.subject) == [index.text])
        #expect(session.outcome.orphans == [store.builder.dblocks[0]])
        let target = store.folder.path + "/out"
        _ = try RestoreRun(RestoreRequest(target: target), session: session, problems: problems).run()
        #expect(SampleStore.differences(target, store.entries) == [])
    }

    @Test("a missing volume that is described with impossible blocks is still named", arguments: [4, 31, 64])
    func missing(length: Int) throws {
        let store = try Store()
        let lost = store.builder.dblocks[0].text
        try store.builder.rewriteIndex(0) { try Forgery.hash(length).apply(&$0) }
        try FileManager.default.removeItem(atPath: "\(store.builder.folder)/\(lost)")
        let problems = ProblemLog()
        _ = try store.builder.session(problems: problems)
        #expect(problems.problems.contains { $0.subject == lost && $0.message.contains("is missing") })
        #expect(problems.problems.contains { $0.subject == "/data/large" && $0.message.contains(lost) })
    }

    enum Forgery: Sendable {
        case hash(Int)
        case size(Int)
        case volumeSize(Int64)
        case volumeHash(Int)

        func apply(_ description: inout VolumeDescription) throws {
            switch self {
            case .hash(let length): description.blocks[0].digest = try HostileStoreTests.digest(length)
            case .size(let size): description.blocks[0].size = size
            case .volumeSize(let size): description.volumeSize = size
            case .volumeHash(let length): description.volumeHash = try HostileStoreTests.digest(length)
            }
        }
    }
}
