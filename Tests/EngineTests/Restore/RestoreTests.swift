import Engine
import Foundation
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Restores")
struct RestoreTests {
    private func restore(
        _ sample: SampleStore, _ request: RestoreRequest, problems: ProblemLog = ProblemLog()
    ) throws -> RestoreSummary {
        try RestoreRun(request, session: try sample.builder.session(problems: problems), problems: problems).run()
    }

    @Test("any version comes back, by number and by time")
    func versions() throws {
        let sample = try SampleStore()
        let selectors: [(VersionSelector, [StoreBuilder.Entry])] = [
            (.newest, sample.second), (.number(1), sample.first), (.time(SampleStore.secondTime), sample.second),
            (.time(Timestamp(seconds: SampleStore.secondTime.seconds - 1)), sample.first),
        ]
        for (selector, entries) in selectors {
            let target = try TemporaryFolder()
            let problems = ProblemLog()
            let request = RestoreRequest(version: selector, target: target.path + "/out")
            #expect(try restore(sample, request, problems: problems).isComplete)
            #expect(problems.problems == [])
            #expect(SampleStore.differences(target.path + "/out", entries) == [])
        }
        #expect {
            try restore(sample, RestoreRequest(version: .number(2), target: "/nonexistent"))
        } throws: { error in
            guard case EngineError.noSuchVersion("2", let available) = error else { return false }
            return available.contains("0")
        }
    }

    @Test("restoring twice changes nothing, and fetches no content")
    func twice() throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let request = RestoreRequest(target: target.path + "/out")
        _ = try restore(sample, request)
        let problems = ProblemLog()
        let summary = try restore(sample, request, problems: problems)
        #expect(problems.problems == [])
        #expect(summary.restoredFiles == 0 && summary.renamedFiles == 0)
        #expect(summary.unchangedFiles == sample.second.filter { $0.kind == .file }.count)
        #expect(SampleStore.differences(target.path + "/out", sample.second) == [])
    }

    @Test("a taken name is kept, replaced by what is newer, or replaced", arguments: OverwriteRule.allCases)
    func overwrite(rule: OverwriteRule) throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        let folder = target.path + "/out/sub"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // One file is older than what is stored, one is newer.
        for (name, age) in [("tool", 1_600_000_000.0), ("text.txt", 1_790_000_000.0)] {
            try Data("mine".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: age)], ofItemAtPath: "\(folder)/\(name)")
        }
        let problems = ProblemLog()
        let summary = try restore(
            sample, RestoreRequest(target: target.path + "/out", overwrite: rule), problems: problems)
        let wrong = SampleStore.differences(target.path + "/out", sample.second)
        let content = { (name: String) in FileManager.default.contents(atPath: "\(folder)/\(name)") }
        switch rule {
        case .never:
            #expect(wrong == ["/data/sub/text.txt", "/data/sub/tool"])
            #expect(summary.renamedFiles == 2)
            #expect(content("tool.2025-10-10") == Data(try #require(entry("/data/sub/tool", sample)).content))
            #expect(content("text.2025-10-10.txt") == Data(try #require(entry("/data/sub/text.txt", sample)).content))
            #expect(content("tool") == Data("mine".utf8))
            // The same again finds them under their other names.
            let again = try restore(sample, RestoreRequest(target: target.path + "/out", overwrite: rule))
            #expect(again.restoredFiles == 0)
        case .newer:
            #expect(wrong == ["/data/sub/text.txt"])
            #expect(summary.leftAlone == 1)
            #expect(problems.problems.map(\.code) == [.leftAlone])
        case .always, .patch:
            #expect(wrong == [])
            #expect(summary.isComplete)
        }
    }

    @Test("alternative names keep clear of what else is restored, and of the longest name that a file can have")
    func alternativeNames() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        let target = folder.path + "/out"
        let long = String(repeating: "ä", count: 124) + ".txt"
        let names = [
            "f.txt", "f.2025-10-09.txt", "g", "g.2025-10-09", "h", long, "." + String(repeating: "x", count: 254),
        ]
        var entries = names.map { StoreBuilder.Entry.file("/data/\($0)", "stored \($0)") }
        entries += [.folder("/data/"), .folder("/data/h.2025-10-09/"), .file("/data/h.2025-10-09/below", "below")]
        try builder.addVersion(SampleStore.firstTime, entries)
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        for name in names where !name.contains("2025") {
            try Data("mine".utf8).write(to: URL(filePath: "\(target)/\(name)"))
        }
        // The second time everything is there.
        for restored in [8, 0] {
            let problems = ProblemLog()
            let summary = try RestoreRun(
                RestoreRequest(target: target), session: try builder.session(), problems: problems
            ).run()
            #expect(problems.problems == [])
            #expect(summary.isComplete && summary.restoredFiles == restored)
        }
        let content = { (name: String) in
            FileManager.default.contents(atPath: "\(target)/\(name)").map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(content("f.2025-10-09.txt") == "stored f.2025-10-09.txt")
        #expect(content("f.2025-10-09 (0).txt") == "stored f.txt")
        #expect(content("g.2025-10-09") == "stored g.2025-10-09")
        #expect(content("g.2025-10-09 (0)") == "stored g")
        #expect(content("h.2025-10-09 (0)") == "stored h")
        #expect(content(String(repeating: "ä", count: 120) + ".2025-10-09.txt") == "stored \(long)")
        for name in names where !name.contains("2025") { #expect(content(name) == "mine") }
    }

    private func entry(_ path: String, _ sample: SampleStore) -> StoreBuilder.Entry? {
        sample.second.first { $0.path == path }
    }

    @Test("patterns choose files, and folders with all that is in them")
    func patterns() throws {
        let sample = try SampleStore()
        let cases: [(String, Set<String>)] = [
            ("*/tool", ["tool"]), ("tool", ["tool"]), ("/data/large.bin", ["large.bin"]),
            ("/data/sub", ["sub"]), ("/data/sub/", ["sub"]),
            ("*.txt", ["räksmörgås.txt", "sub"]),
        ]
        for (pattern, expected) in cases {
            let target = try TemporaryFolder()
            let request = RestoreRequest(
                patterns: [try FilterExpression(argument: pattern)], target: target.path + "/out")
            _ = try restore(sample, request)
            let found = try FileManager.default.contentsOfDirectory(atPath: target.path + "/out")
            #expect(Set(found) == expected, "\(pattern)")
        }
        #expect {
            try restore(
                sample, RestoreRequest(patterns: [try FilterExpression(argument: "nowhere")], target: "/nonexistent"))
        } throws: { error in
            if case EngineError.nothingSelected = error { true } else { false }
        }
    }

    @Test("whole paths are kept when that is asked for")
    func wholePaths() throws {
        let sample = try SampleStore()
        let target = try TemporaryFolder()
        _ = try restore(sample, RestoreRequest(target: target.path + "/out", keepsWholePaths: true))
        #expect(SampleStore.differences(target.path + "/out/data", sample.second) == [])
    }

    @Test("files come back to where they were")
    func originalPlace() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        let root = folder.path + "/original"
        let entries: [StoreBuilder.Entry] = [.folder(root + "/"), .file(root + "/a/b/file", "content")]
        try builder.addVersion(SampleStore.firstTime, entries)
        let summary = try RestoreRun(
            RestoreRequest(target: nil), session: try builder.session(), problems: ProblemLog()
        ).run()
        #expect(summary.isComplete)
        #expect(FileManager.default.contents(atPath: root + "/a/b/file") == Data("content".utf8))
    }

    @Test("Windows' paths become folders")
    func windows() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        try builder.addVersion(
            SampleStore.firstTime,
            [.folder("C:\\Users\\"), .file("C:\\Users\\u\\a.txt", "A"), .file("D:\\b.txt", "B")])
        let problems = ProblemLog()
        _ = try RestoreRun(
            RestoreRequest(target: folder.path + "/out"), session: try builder.session(), problems: problems
        ).run()
        #expect(problems.problems == [])
        #expect(FileManager.default.contents(atPath: folder.path + "/out/C/Users/u/a.txt") == Data("A".utf8))
        #expect(FileManager.default.contents(atPath: folder.path + "/out/D/b.txt") == Data("B".utf8))
    }

    @Test("a lost data volume costs the files in it and nothing else", arguments: [true, false])
    func lostVolume(withCatalog: Bool) throws {
        let sample = try SampleStore()
        let catalog = sample.folder.path + "/catalog.sqlite"
        let before = try sample.builder.session(catalogPath: catalog)
        try FileManager.default.removeItem(atPath: "\(sample.builder.folder)/\(sample.builder.dblocks[1])")
        let problems = ProblemLog()
        let session = withCatalog ? before : try sample.builder.session(problems: problems)
        let target = try TemporaryFolder()
        let summary = try RestoreRun(
            RestoreRequest(target: target.path + "/out"), session: session, problems: problems
        ).run()
        let wrong = SampleStore.differences(target.path + "/out", sample.second)
        #expect(!wrong.isEmpty && wrong.count < sample.second.count)
        #expect(summary.failed > 0)
        let named = Set(problems.problems.map(\.subject))
        for path in wrong {
            #expect(named.contains(path) || named.contains(target.path + "/out" + path.dropFirst("/data".count)))
        }
        let verified = try VerifyRun(.listing, session: session, problems: ProblemLog()).run()
        #expect(withCatalog || !verified.casualties.isEmpty)
    }

    @Test("nothing is restored outside the target")
    func traversal() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        let outside = folder.path + "/outside"
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try builder.addVersion(
            SampleStore.firstTime,
            [
                .folder("/data/"), .file("/data/good", "good"), .file("/data/../../evil", "evil"),
                .file("/data/./evil", "evil"), .file("/data/sub/../../../evil", "evil"), .file("evil", "evil"),
                .file("../evil", "evil"), .link("/data/way", to: outside), .file("/data/way/evil", "evil"),
                .folder("/data/there/"), .file("/data/there/evil", "evil"),
            ])
        let problems = ProblemLog()
        let session = try builder.session(problems: problems)
        #expect(problems.problems.count == 5)
        // What is in the target already may be a trap too.
        let target = folder.path + "/target/out"
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: target + "/there", withDestinationPath: outside)
        for rule in OverwriteRule.allCases {
            let summary = try RestoreRun(
                RestoreRequest(target: target, overwrite: rule), session: session, problems: problems
            ).run()
            #expect(!summary.isComplete)
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == [])
        }
        let found = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix("evil")
        }
        #expect(found == ["target/out/way/evil"])
        #expect(FileManager.default.contents(atPath: target + "/good") == Data("good".utf8))
    }

    @Test("a file in the place of the target folder is a clear error")
    func noFolder() throws {
        let sample = try SampleStore()
        let path = sample.folder.path + "/file"
        try Data().write(to: URL(filePath: path))
        #expect {
            try restore(sample, RestoreRequest(target: path + "/out"))
        } throws: { error in
            if case EngineError.system = error { true } else { false }
        }
    }

    @Test("a restore that is stopped leaves no parts of files behind")
    func cancelled() throws {
        let sample = try SampleStore()
        let session = try sample.builder.session()
        session.store.cancellation.cancel()
        let target = try TemporaryFolder()
        #expect {
            try RestoreRun(RestoreRequest(target: target.path), session: session, problems: ProblemLog()).run()
        } throws: { error in
            if case EngineError.cancelled = error { true } else { false }
        }
        let parts = try FileManager.default.subpathsOfDirectory(atPath: target.path).filter { $0.contains(".part") }
        #expect(parts == [])
    }

    @Test("a list that contradicts its blocks costs the files concerned, and leaves no trace of them")
    func contradiction() throws {
        let folder = try TemporaryFolder()
        let builder = try StoreBuilder(in: folder.path + "/store")
        var random = SeededGenerator(seed: 1)
        let entries: [StoreBuilder.Entry] = [
            .folder("/data/"), .file("/data/size", random.bytes(900)), .file("/data/hash", random.bytes(30_000)),
            .file("/data/long", random.bytes(30_000)), .file("/data/none", []),
            .file("/data/good", random.bytes(30_000)),
        ]
        try builder.addVersion(SampleStore.firstTime, entries) { entry in
            switch String(decoding: entry.path, as: UTF8.self) {
            case "/data/size": entry.size = 5
            case "/data/hash": entry.hash = entry.metaHash
            case "/data/long": entry.size = 2_000_000
            case "/data/none": entry.size = 7
            default: break
            }
        }
        let problems = ProblemLog()
        let summary = try RestoreRun(
            RestoreRequest(target: folder.path + "/out"), session: try builder.session(problems: problems),
            problems: problems
        ).run()
        #expect(summary.failed == 4)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out") == ["good"])
        let named = Set(problems.problems.map(\.subject))
        #expect(named.isSuperset(of: ["/data/size", "/data/hash", "/data/long", "/data/none"]))
        let verified = try VerifyRun(.full, session: try builder.session(), problems: ProblemLog()).run()
        #expect(Set(verified.casualties.map(\.path)) == ["/data/size", "/data/long", "/data/none"])
    }
}
