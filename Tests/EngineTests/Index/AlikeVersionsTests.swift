import Catalog
import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Indexing many versions")
struct AlikeVersionsTests {
    /// Every version as the catalog has it: path and size.
    private func versions(_ catalog: Catalog) throws -> [[String: Int64]] {
        try catalog.read { reader in
            try reader.versions().map { version in
                var entries: [String: Int64] = [:]
                try reader.forEachEntry(of: version.id) { folder, entry in
                    let path = EntryPath.join(folder, entry.name, isFolder: entry.kind == .folder)
                    entries[String(decoding: path, as: UTF8.self)] = entry.size
                }
                #expect(Int64(entries.count) == version.files + version.folders + version.symlinks)
                return entries
            }
        }
    }

    @Test(
        "whatever changes between versions and in whatever order they list it, each has its own entries",
        arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        var entries: [StoreBuilder.Entry] = [.folder("/d/"), .folder("/d/e/")]
        for index in 0..<30 { entries.append(.file("/d/\(index % 2 == 0 ? "e/" : "")\(index)", "content \(index)")) }
        var expected: [[String: Int64]] = []
        for version in 0..<14 {
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    if entries.count > 10 { entries.remove(at: Int.random(in: 0..<entries.count, using: &random)) }
                case 1: entries.append(.file("/d/new \(version) \(random.next())", "new \(version)"))
                case 2:
                    let index = Int.random(in: 0..<entries.count, using: &random)
                    if entries[index].kind != .file { continue }
                    entries[index].content = random.bytes(Int.random(in: 1...40, using: &random))
                default: entries.shuffle(using: &random)
                }
            }
            try builder.addVersion(Timestamp(seconds: 1_760_000_000 + Int64(version) * 60), entries)
            var described: [String: Int64] = [:]
            for entry in entries { described[entry.path] = Int64(entry.content.count) }
            expected.append(described)
        }
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        #expect(problems.problems == [], "seed \(seed)")
        #expect(try versions(session.catalog) == expected, "seed \(seed)")
    }

    @Test("what stays costs no row, and what changes one")
    func intervals() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        var entries: [StoreBuilder.Entry] = (0..<20).map { .file("/d/\($0)", "content \($0)") }
        for version in 0..<5 {
            entries[version].content = Array("changed in \(version)".utf8)
            try builder.addVersion(Timestamp(seconds: 1_760_000_000 + Int64(version) * 60), entries)
        }
        var states = 0
        try builder.session().catalog.read { reader in try reader.forEachState { _, _, _, _ in states += 1 } }
        #expect(states == 20 + 4)
    }

    @Test("an entry that a version lists twice counts once, and the versions around it are not disturbed")
    func repeated() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        let entries: [StoreBuilder.Entry] = (0..<6).map { .file("/d/\($0)", "content \($0)") }
        let twice = entries + [.file("/d/3", "other content"), entries[4]]
        for (index, list) in [entries, twice, entries].enumerated() {
            try builder.addVersion(Timestamp(seconds: 1_760_000_000 + Int64(index) * 60), list)
        }
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        #expect(problems.problems.count { $0.message.contains("more than once") } == 2)
        let all = try versions(session.catalog)
        #expect(all[0] == all[1] && all[1] == all[2])
    }
}
