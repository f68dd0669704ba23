import Engine
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Differences of versions")
struct DiffTests {
    private func store(_ builder: StoreBuilder) throws {
        var random = SeededGenerator(seed: 3)
        let long = random.bytes(40_000)
        var entries: [StoreBuilder.Entry] = [
            .folder("/d/"), .folder("/d/sub/"), .file("/d/same", "same"), .file("/d/gone", "gone"),
            .file("/d/text", "one"), .file("/d/long", long), .file("/d/mode", "mode"), .file("/d/was-file", "x"),
            .link("/d/link", to: "same"), .file("/d/sub/deep", "deep"),
        ]
        try builder.addVersion(Timestamp(seconds: 1_700_000_000), entries)
        entries.removeAll { ["/d/gone", "/d/was-file"].contains($0.path) }
        entries = entries.map { entry in
            var entry = entry
            switch entry.path {
            case "/d/text": entry.content = Array("two".utf8)
            case "/d/long": entry.content[20_000] ^= 1
            case "/d/mode": entry.mode = 0o600
            case "/d/link": entry.target = "text"
            default: break
            }
            return entry
        }
        entries += [.link("/d/was-file", to: "same"), .file("/d/sub/new", "new")]
        try builder.addVersion(Timestamp(seconds: 1_700_100_000), entries)
        entries.removeAll { $0.path == "/d/sub/new" }
        entries = entries.map { entry in
            var entry = entry
            if entry.path == "/d/text" { entry.content = Array("one".utf8) }
            return entry
        }
        try builder.addVersion(Timestamp(seconds: 1_700_200_000), entries)
    }

    private func lines(
        _ session: StoreSession, _ old: Int, _ new: Int, _ patterns: [String] = []
    ) throws -> [String] {
        var lines: [String] = []
        try StoreView(session.catalog).diff(
            from: .number(old), to: .number(new), matching: patterns.map { try FilterExpression(argument: $0) }
        ) { lines.append("\($0.change) \(($0.new ?? $0.old)?.pathText ?? "")") }
        return lines
    }

    @Test("every kind of difference is told, once, in the order of the paths; in both directions")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        try store(builder)
        let session = try builder.session()
        #expect(
            try lines(session, 2, 1) == [
                "removed /d/gone", "modified /d/link", "modified /d/long", "metadata /d/mode", "modified /d/text",
                "type /d/was-file", "added /d/sub/new",
            ])
        #expect(
            try lines(session, 1, 2) == [
                "added /d/gone", "modified /d/link", "modified /d/long", "metadata /d/mode", "modified /d/text",
                "type /d/was-file", "removed /d/sub/new",
            ])
        #expect(try lines(session, 1, 1) == [])
        // What changed and changed back is no difference; what lay between is not seen.
        #expect(
            try lines(session, 2, 0) == [
                "removed /d/gone", "modified /d/link", "modified /d/long", "metadata /d/mode", "type /d/was-file",
            ])
    }

    @Test("a folder as a pattern means what is in it, also when the folder itself did not change")
    func patterns() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        try store(builder)
        let session = try builder.session()
        #expect(try lines(session, 2, 1, ["/d/sub"]) == ["added /d/sub/new"])
        #expect(try lines(session, 2, 1, ["*/l*"]) == ["modified /d/link", "modified /d/long"])
    }
}
