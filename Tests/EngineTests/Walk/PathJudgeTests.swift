import CPosix
import Glibc
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Judging single paths")
struct PathJudgeTests {
    private func judge(
        _ tree: TreeFixture, _ path: String, sources: [String] = [""], rules: [String] = [], ownPaths: [String] = [],
        _ change: (inout WalkPolicy) -> Void = { _ in }
    ) throws -> PathJudgement {
        var policy = WalkPolicy()
        change(&policy)
        let judge = PathJudge(
            sources: sources.map { Array(tree.absolute($0).utf8) },
            filter: FilterSet(try rules.map { try FilterRule($0.replacing("ROOT", with: tree.root)) }),
            ownPaths: ownPaths.map { Array(tree.absolute($0).utf8) }, policy: policy)
        return try #require(judge.judge(Array(tree.absolute(path).utf8)))
    }

    private func text(_ judgement: PathJudgement, _ tree: TreeFixture) -> [String] {
        judgement.steps.map { step in
            String(decoding: step.path, as: UTF8.self).replacing(tree.root, with: "")
                + " \(step.outcome) \(step.reason)"
        }
    }

    @Test("the steps lead from the source to the rule that decides, which may be about a folder above")
    func steps() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("a/b")
        try tree.makeFile("a/b/c.txt")
        #expect(
            text(try judge(tree, "a/b/c.txt", rules: ["-*.tmp", "-*/b/"]), tree)
                == ["/ stored source", "/a/ stored noRule", "/a/b/ leftOut rule(1)"])
        #expect(
            text(try judge(tree, "a/b/c.txt", rules: ["+*.txt"]), tree)
                == [
                    "/ stored source", "/a/ lookedInto noInclude", "/a/b/ lookedInto noInclude",
                    "/a/b/c.txt stored rule(0)",
                ])
        #expect(try judge(tree, "a/b/c.txt", rules: ["+*.tmp"]).decisive.reason == .noInclude)
        #expect(try judge(tree, "a/b/c.txt", ownPaths: ["a/b"]).decisive.reason == .ownFile)
    }

    @Test("what is no part of the sources is told apart by where it lies")
    func outside() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("a/b")
        #expect(try judge(tree, "a", sources: ["a/b"]).decisive.reason == .aboveSource)
        #expect(try judge(tree, "a/bc", sources: ["a/b"]).decisive.reason == .outsideSources)
        #expect(try judge(tree, "a/b", sources: ["a/b"]).decisive.reason == .source)
        #expect(try judge(tree, "a/b/x", sources: ["a", "a/b"], rules: ["-*/b/"]).isStored)
        let judge = PathJudge(sources: [Array("/".utf8)], filter: FilterSet())
        #expect(judge.judge(Array("relative".utf8)) == nil)
        #expect(judge.judge(Array("/etc/../etc/./passwd".utf8))?.isStored == true)
    }

    @Test("what is not there is judged by its name")
    func missing() throws {
        let tree = try TreeFixture()
        let file = try judge(tree, "a/x.tmp", rules: ["-*.tmp"])
        #expect(!file.exists && file.decisive.reason == .rule(0))
        #expect(try judge(tree, "new/", rules: ["-*/new/"]).decisive.reason == .rule(0))
        #expect(try judge(tree, "new", rules: ["-*/new/"]).isStored)
        #expect(try judge(tree, ".x") { $0.leftOutAttributes = [.hidden] }.decisive.reason == .attribute(.hidden))
        let gone = try judge(tree, "a/b", sources: ["gone/deeper"])
        #expect(!gone.exists && gone.decisive.reason == .outsideSources)
    }

    @Test("every part of the policy is named when it decides")
    func policy() throws {
        let tree = try TreeFixture()
        for folder in ["marked", "cache", "plain", ".hidden", "empty/er"] { try tree.makeFolder(folder) }
        for file in ["marked/.no", "marked/x", "plain/x", ".hidden/x", "cache/x"] { try tree.makeFile(file, "12345") }
        try tree.makeFile("cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55")
        try tree.makeLink("link", to: "plain")
        try tree.makeLink("broken", to: "nowhere")
        #expect(link(tree.absolute("plain/x"), tree.absolute("plain/y")) == 0)
        #expect(mkfifo(tree.absolute("pipe"), 0o600) == 0)
        let expected: [(String, (inout WalkPolicy) -> Void, PathJudgement.Reason)] = [
            ("marked/x", { $0.markers = ["other", ".no"] }, .marker(1)),
            ("cache/x", { $0.leavesOutCaches = true }, .cache),
            ("plain/x", { $0.largestFile = 4 }, .size(5)), ("plain/y", { $0.hardLinks = .none }, .hardLink),
            (".hidden/x", { $0.leftOutAttributes = [.hidden] }, .attribute(.hidden)),
            ("link", { $0.symlinks = .ignore }, .symlink), ("empty/er", { $0.leavesOutEmptyFolders = true }, .empty),
            ("link/x", { _ in }, .belowSymlink), ("plain/x/y", { _ in }, .belowFile), ("pipe", { _ in }, .special),
        ]
        for (path, change, reason) in expected {
            #expect(try judge(tree, path, change).decisive.reason == reason, "\(path)")
            #expect(try !judge(tree, path, change).isStored, "\(path)")
        }
        #expect(try judge(tree, "link/x") { $0.symlinks = .follow }.isStored)
        #expect(try judge(tree, "link").isStored && judge(tree, "broken").isStored)
        #expect(try judge(tree, "plain") { $0.leavesOutEmptyFolders = true }.isStored)
    }

    @Test("a folder on another file system is stored, and nothing in it")
    func otherFileSystem() throws {
        let judge = { (path: String) -> PathJudgement? in
            var policy = WalkPolicy()
            policy.staysOnFileSystem = true
            return PathJudge(sources: [Array("/".utf8)], filter: FilterSet(), policy: policy).judge(Array(path.utf8))
        }
        #expect(judge("/proc")?.isStored == true)
        let below = try #require(judge("/proc/self/status"))
        #expect(below.decisive.reason == .otherFileSystem && below.decisive.path == Array("/proc/".utf8))
    }

    @Test("an attribute that asks for exclusion counts for files and for all in a folder")
    func attribute() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("a")
        try tree.makeFile("a/x")
        try tree.makeFile("y")
        for path in ["a", "y"] {
            #expect(cposix_set_attribute(tree.absolute(path), "user.duplicati.exclude", "1", 1) == 0)
        }
        for path in ["a", "a/x", "y"] {
            #expect(try judge(tree, path).decisive.reason == .exclusionAttribute, "\(path)")
        }
    }

    @Test("a walk stores exactly what is judged to be stored")
    func agreement() throws {
        var generator = SeededGenerator.printed("judged paths")
        let names = ["a", "b", ".c", "x.tmp", "no"]
        for _ in 0..<40 {
            let tree = try TreeFixture()
            var paths: [String] = []
            for _ in 0..<25 {
                let depth = Int.random(in: 1...4, using: &generator)
                let parts = (0..<depth).map { _ in names.randomElement(using: &generator) ?? "a" }
                let parent = parts.dropLast().joined(separator: "/")
                let path = parts.joined(separator: "/")
                guard (try? tree.makeFolder(parent)) != nil || parent.isEmpty else { continue }
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: guard (try? tree.makeFolder(path)) != nil else { continue }
                case 1: guard (try? tree.makeLink(path, to: ".")) != nil else { continue }
                default:
                    let size = Int.random(in: 0..<8, using: &generator)
                    guard (try? tree.makeFile(path, String(repeating: "x", count: size))) != nil else { continue }
                }
                paths.append(path)
                if !parent.isEmpty { paths.append(parent) }
            }
            let all = ["-*.tmp", "+*/a/*", "-*/b/", "-*/b", "+*.tmp", "-*/.c*", "+*/", "-*"]
            let rules = all.shuffled(using: &generator).prefix(Int.random(in: 0..<4, using: &generator))
            let markers = Bool.random(using: &generator) ? ["no"] : []
            let hides = Bool.random(using: &generator)
            let largest: Int64? = Bool.random(using: &generator) ? 4 : nil
            let empties = Bool.random(using: &generator)
            func change(_ policy: inout WalkPolicy) {
                policy.markers = markers
                policy.leftOutAttributes = hides ? [.hidden] : []
                policy.largestFile = largest
                policy.leavesOutEmptyFolders = empties
            }
            var policy = WalkPolicy()
            change(&policy)
            let walked = Set(
                try tree.walk(rules: Array(rules), policy: policy).paths.map {
                    $0.hasSuffix("/") ? String($0.dropLast()) : $0
                })
            for path in Set(paths) {
                let judged = try judge(tree, path, rules: Array(rules), change)
                #expect(
                    judged.isStored == walked.contains(path), "\(path) with \(rules): \(text(judged, tree)), \(policy)")
            }
        }
    }
}
