import Testing

@testable import Engine

@Suite("What a walk selects")
struct WalkSelectionTests {
    private func makeTree() throws -> TreeFixture {
        let tree = try TreeFixture()
        for folder in ["docs/old", "cache/deep", "src"] { try tree.makeFolder(folder) }
        for file in ["docs/a.txt", "docs/b.md", "docs/old/c.txt", "cache/x.txt", "cache/deep/y.txt", "src/m.c"] {
            try tree.makeFile(file, "content")
        }
        return tree
    }

    @Test("an excluded folder is not looked into, even for later includes")
    func prunes() throws {
        let result = try makeTree().walk(rules: ["-*/cache/", "+*.txt"])
        #expect(
            result.paths == ["/", "docs/", "docs/a.txt", "docs/b.md", "docs/old/", "docs/old/c.txt", "src/", "src/m.c"])
        #expect(result.summary.excluded == 1)
    }

    @Test("with includes alone, folders are looked into but not stored")
    func onlyIncludes() throws {
        let result = try makeTree().walk(rules: ["+*.txt"])
        #expect(result.paths == ["/", "cache/deep/y.txt", "cache/x.txt", "docs/a.txt", "docs/old/c.txt"])
        #expect(result.summary.folders == 1 && result.summary.files == 4)
    }

    @Test("a source is stored whatever the rules say")
    func sources() throws {
        let tree = try makeTree()
        #expect(
            try tree.walk(["docs"], rules: ["-ROOT/docs/", "-*.md"]).paths == [
                "docs/", "docs/a.txt", "docs/old/", "docs/old/c.txt",
            ])
        #expect(try tree.walk(["docs/a.txt"], rules: ["-*"]).paths == ["docs/a.txt"])
    }

    @Test("a link to a folder meets the rules with a slash at the end")
    func linkedFolders() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("real")
        try tree.makeLink("alias", to: "real")
        #expect(try tree.walk(rules: ["-*/alias/"]).paths == ["/", "real/"])
        #expect(try tree.walk(rules: ["-*/alias"]).paths == ["/", "alias/", "real/"])
    }

    @Test("our own files are left out, also when rules include them")
    func ownPaths() throws {
        let tree = try makeTree()
        let result = try tree.walk(rules: ["+*"], ownPaths: ["cache/", "docs/a.txt"])
        #expect(result.paths == ["/", "docs/", "docs/b.md", "docs/old/", "docs/old/c.txt", "src/", "src/m.c"])
        #expect(try tree.walk(["cache"], ownPaths: ["cache"]).paths.isEmpty)
    }

    @Test("sources may be files and links, which are not followed")
    func kinds() throws {
        let tree = try makeTree()
        try tree.makeLink("alias", to: "docs")
        let result = try tree.walk(["docs/a.txt", "alias", "src/"])
        #expect(result.paths == ["alias/", "docs/a.txt", "src/", "src/m.c"])
        #expect(result.entry("alias/")?.kind == .symlink)
        let sources = result.listings.filter(\.isSource).map { result.relative($0.path(of: $0.entries[0])) }
        #expect(sources == ["alias/", "docs/a.txt", "src/"])
    }

    @Test("a source named twice, or below another one, is delivered once", arguments: [1, 2, 4])
    func nested(threads: Int) throws {
        let tree = try makeTree()
        let all = try tree.walk(threads: threads)
        let nested = try tree.walk(
            ["docs/old", "", "docs//old/", "docs/../docs/old/c.txt", "."], threads: threads)
        #expect(nested.paths == all.paths)
        #expect(nested.listings.filter(\.isSource).count == 1)
    }

    @Test("a source below an excluded folder of another source is delivered all the same")
    func nestedBelowExcluded() throws {
        let tree = try makeTree()
        let result = try tree.walk(["", "cache/deep", "docs/a.txt"], rules: ["-*/cache/", "-*/docs/?*"])
        #expect(result.paths == ["/", "cache/deep/", "cache/deep/y.txt", "docs/", "docs/a.txt", "src/", "src/m.c"])
        let alone = try tree.walk(["docs", "docs/a.txt"], rules: ["-*/a.txt"])
        #expect(alone.paths == ["docs/", "docs/a.txt", "docs/b.md", "docs/old/", "docs/old/c.txt"])
    }

    @Test("a missing source is a problem that names it, and the others are walked")
    func missing() throws {
        let tree = try makeTree()
        let result = try tree.walk(["nowhere", "src"])
        #expect(result.paths == ["src/", "src/m.c"])
        let problem = try #require(result.problems.first)
        #expect(problem.kind == .source && problem.concernsSource)
        #expect(problem.description.contains("/nowhere cannot be read: No such file or directory"))
        #expect(!problem.message.contains("nowhere"), "paths are shortened in reports, sentences are not")
    }

    @Test("a relative source is refused")
    func relative() {
        let result = WalkResult(TreeWalker(sources: [Array("etc".utf8), []]))
        #expect(result.problems.map(\.kind) == [.relativeSource, .relativeSource])
        #expect(result.listings.isEmpty)
    }

    @Test("the root of the file system is a source like any other")
    func fileSystemRoot() throws {
        let rules = [try FilterRule("-*/")]
        let result = WalkResult(TreeWalker(sources: [Array("/".utf8)], filter: FilterSet(rules)))
        let source = try #require(result.listings.first)
        #expect(source.isSource && source.entries.count == 1)
        #expect(source.path(of: source.entries[0]) == Array("/".utf8))
        #expect(result.listings.count == 2)
        #expect(result.listings[1].path == Array("/".utf8))
    }

    @Test(
        "sources are cleaned up",
        arguments: [
            ("/", "/"), ("//", "/"), ("/a/", "/a"), ("/a//b", "/a/b"), ("/./a/.", "/a"), ("/a/../b", "/b"),
            ("/..", "/"), ("/a/..", "/"),
        ])
    func normalization(_ path: String, _ expected: String) {
        #expect(SourceRoots.normalized(Array(path.utf8)) == Array(expected.utf8))
    }
}
