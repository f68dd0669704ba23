import Engine
import StoreFormat
import Support
import Testing

@Suite("What a store holds")
struct StoreViewTests {
    @Test("versions, the files of one, and the versions that have a file")
    func view() throws {
        let sample = try SampleStore()
        let view = StoreView(try sample.builder.session().catalog)
        let versions = try view.versions()
        #expect(versions.map(\.number) == [0, 1])
        #expect(versions.map(\.time) == [SampleStore.secondTime, SampleStore.firstTime])
        #expect(versions[0].files == Int64(sample.second.filter { $0.kind == .file }.count))
        #expect(versions[1].bytes == Int64(sample.first.reduce(0) { $0 + $1.content.count }))

        var paths: [String] = []
        try view.files(of: .number(1)) { paths.append($0.pathText) }
        #expect(Set(paths) == Set(sample.first.map(\.path)))

        var found: [String: [ClosedRange<Int>]] = [:]
        try view.find([
            try FilterExpression(argument: "text.txt"), try FilterExpression(argument: "3.bin"),
            try FilterExpression(argument: "new.bin"), try FilterExpression(argument: "tool"),
        ]) { found[$0.entry.pathText, default: []].append($0.versions) }
        #expect(found["/data/sub/text.txt"] == [1...1, 0...0])
        #expect(found["/data/sub/3.bin"] == [1...1])
        #expect(found["/data/new.bin"] == [0...0])
        #expect(found["/data/sub/tool"] == [0...1])
    }

    @Test("version selectors are read as people write them")
    func selectors() {
        #expect(VersionSelector("newest") == .newest)
        #expect(VersionSelector("3") == .number(3))
        #expect(VersionSelector("20251009T085320Z") == .time(Timestamp(seconds: 1_760_000_000)))
        #expect(VersionSelector("2025-10-09") == .time(Timestamp(seconds: 1_760_054_399)))
        #expect(VersionSelector("-1") == nil)
        #expect(VersionSelector("yesterday") == nil)
    }
}
