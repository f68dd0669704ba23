import Foundation
import Glibc
import Support
import Testing

@testable import Engine

@Suite("What a job leaves out beyond its rules")
struct WalkPolicyTests {
    private func policy(_ change: (inout WalkPolicy) -> Void) -> WalkPolicy {
        var policy = WalkPolicy()
        change(&policy)
        return policy
    }

    // MARK: Marker files and caches

    @Test("a folder with a marker file is left out with everything in it", arguments: [1, 2, 4])
    func markers(threads: Int) throws {
        let tree = try TreeFixture()
        try tree.makeFile("top", "x")
        for folder in ["a/deep/er", "b/.nobackup", "c"] { try tree.makeFolder(folder) }
        for file in ["a/file", "a/deep/.nobackup", "a/deep/file", "a/deep/er/file", "b/file", "c/skip me"] {
            try tree.makeFile(file, "x")
        }
        let result = try tree.walk(policy: policy { $0.markers = [".nobackup", "skip me"] }, threads: threads)
        // A folder is no marker, whatever it is called.
        #expect(result.paths == ["/", "a/", "a/file", "b/", "b/.nobackup/", "b/file", "top"])
        #expect(result.summary.excluded == 2 && result.problems.isEmpty)
    }

    @Test("a source stays although it has a marker file, also below another source")
    func markedSource() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("a/b/c")
        for file in ["a/.nobackup", "a/b/.nobackup", "a/b/file", "a/b/c/.nobackup"] { try tree.makeFile(file) }
        let marked = policy { $0.markers = [".nobackup"] }
        #expect(try tree.walk(["a"], policy: marked).paths == ["a/", "a/.nobackup"])
        #expect(
            try tree.walk(["a", "a/b"], policy: marked).paths == [
                "a/", "a/.nobackup", "a/b/", "a/b/.nobackup", "a/b/file",
            ])
    }

    @Test("a cache is left out by its tag, which has a signature and is no link")
    func caches() throws {
        let tree = try TreeFixture()
        for folder in ["real", "named", "short", "linked", "folder/CACHEDIR.TAG", "late"] {
            try tree.makeFolder(folder)
        }
        let tag = "Signature: 8a477f597d28d172789f06886806bc55"
        try tree.makeFile("real/CACHEDIR.TAG", "\(tag)\n# This is a cache.\n")
        try tree.makeFile("real/data", "x")
        try tree.makeFile("named/CACHEDIR.TAG", "nothing of the sort")
        try tree.makeFile("short/CACHEDIR.TAG", String(tag.dropLast()))
        try tree.makeFile("late/CACHEDIR.TAG", " \(tag)")
        try tree.makeLink("linked/CACHEDIR.TAG", to: "../real/CACHEDIR.TAG")
        let tagged = try tree.walk(policy: policy { $0.leavesOutCaches = true })
        #expect(
            tagged.paths.filter { $0.hasSuffix("/") } == [
                "/", "folder/", "folder/CACHEDIR.TAG/", "late/", "linked/", "named/", "short/",
            ])
        #expect(!tagged.paths.contains("real/data"))
        // By its name alone, as Duplicati does.
        let named = try tree.walk(policy: policy { $0.markers = ["CACHEDIR.TAG"] })
        #expect(named.paths == ["/", "folder/", "folder/CACHEDIR.TAG/"])
    }

    // MARK: Size and attributes

    @Test("files above the limit are left out and counted; one of just that size is not")
    func sizes() throws {
        let tree = try TreeFixture()
        try tree.makeFile("small", "1234")
        try tree.makeFile("exact", "12345")
        try tree.makeFile("large", "123456")
        try tree.makeFolder("folder")
        let limited = policy { $0.largestFile = 5 }
        let result = try tree.walk(policy: limited)
        #expect(result.paths == ["/", "exact", "folder/", "small"])
        #expect(result.summary.tooLarge == 1 && result.summary.excluded == 1)
        // A source is wanted as it is.
        #expect(try tree.walk(["large"], policy: limited).paths == ["large"])
        #expect(try tree.walk(policy: policy { $0.largestFile = 0 }).paths == ["/", "folder/"])
    }

    @Test("hidden files and folders are left out, but not sources")
    func hidden() throws {
        let tree = try TreeFixture()
        for folder in [".config/app", "open"] { try tree.makeFolder(folder) }
        for file in [".profile", ".config/app/file", "open/.secret", "open/file"] { try tree.makeFile(file) }
        try tree.makeLink(".link", to: "open")
        let hidden = policy { $0.leftOutAttributes = [.hidden] }
        #expect(try tree.walk(policy: hidden).paths == ["/", "open/", "open/file"])
        #expect(try tree.walk([".config"], policy: hidden).paths == [".config/", ".config/app/", ".config/app/file"])
    }

    /// Whether the temporary folder's file system knows `chattr +d`.
    private static let knowsNoDump: Bool = {
        guard let tree = try? TreeFixture(), (try? tree.makeFile("probe")) != nil else { return false }
        return setNoDump(tree.absolute("probe"))
    }()

    private static func setNoDump(_ path: String) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/chattr")
        process.arguments = ["+d", path]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test("what is not to be dumped is left out where asked", .enabled(if: knowsNoDump))
    func noDump() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("scratch")
        for file in ["scratch/file", "file", "other"] { try tree.makeFile(file) }
        #expect(Self.setNoDump(tree.absolute("scratch")) && Self.setNoDump(tree.absolute("file")))
        #expect(try tree.walk(policy: policy { $0.leftOutAttributes = [.nodump] }).paths == ["/", "other"])
        #expect(try tree.walk(policy: policy { $0.leftOutAttributes = [.hidden] }).paths.count == 5)
    }

    // MARK: Empty folders

    @Test("folders that nothing is stored of are left out, however deep", arguments: [1, 4])
    func emptyFolders(threads: Int) throws {
        let tree = try TreeFixture()
        for folder in ["empty/very/empty", "full/deep/er", "full/empty", "rules/sub", "linked"] {
            try tree.makeFolder(folder)
        }
        for file in ["full/deep/er/file", "rules/sub/x.tmp"] { try tree.makeFile(file) }
        try tree.makeLink("linked/link", to: "nowhere")
        let filled = policy { $0.leavesOutEmptyFolders = true }
        let result = try tree.walk(rules: ["-*.tmp"], policy: filled, threads: threads)
        #expect(
            result.paths == [
                "/", "full/", "full/deep/", "full/deep/er/", "full/deep/er/file", "linked/", "linked/link",
            ])
        // Sources always stay, and lead to no more than themselves.
        #expect(try tree.walk(["empty", "empty/very"], policy: filled).paths == ["empty/", "empty/very/"])
    }

    // MARK: Links

    @Test("of a file with several names the first is stored, the same one every time")
    func firstHardLink() throws {
        let tree = try TreeFixture()
        for folder in ["a", "b/sub", "c"] { try tree.makeFolder(folder) }
        try tree.makeFile("b/sub/name", "content")
        for name in ["a/name.tmp", "b/name", "c/name", "b/another"] {
            #expect(link(tree.absolute("b/sub/name"), tree.absolute(name)) == 0)
        }
        try tree.makeFile("c/single", "content")
        let first = policy { $0.hardLinks = .first }
        for _ in 0..<5 {
            let result = try tree.walk(rules: ["-*.tmp"], policy: first, threads: 4)
            // What the rules leave out is not the first: else the content would be nowhere.
            #expect(result.paths == ["/", "a/", "b/", "b/another", "b/sub/", "c/", "c/single"])
        }
        let none = try tree.walk(policy: policy { $0.hardLinks = .none })
        #expect(none.paths == ["/", "a/", "b/", "b/sub/", "c/", "c/single"])
        #expect(try tree.walk().summary.files == 6)
    }

    @Test("links can be left out, wherever they lead")
    func ignoredLinks() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("real")
        try tree.makeFile("file")
        for (name, target) in [("to-file", "file"), ("to-folder", "real"), ("dangling", "nowhere")] {
            try tree.makeLink(name, to: target)
        }
        let ignored = policy { $0.symlinks = .ignore }
        #expect(try tree.walk(policy: ignored).paths == ["/", "file", "real/"])
        #expect(try tree.walk(["to-folder"], policy: ignored).paths == ["to-folder/"])
    }

    @Test("links are followed to files and folders; those that lead nowhere stay links")
    func followedLinks() throws {
        let tree = try TreeFixture()
        for folder in ["source/sub", "outside/deep"] { try tree.makeFolder(folder) }
        try tree.makeFile("outside/deep/file", "12345")
        try tree.makeFile("outside/one", "123")
        for (name, target) in [
            ("source/folder", "../outside"), ("source/file", "../outside/one"), ("source/dangling", "nowhere"),
            ("source/null", "/dev/null"), ("outside/again", "deep"),
        ] { try tree.makeLink(name, to: target) }
        let followed = policy { $0.symlinks = .follow }
        let result = try tree.walk(["source"], policy: followed)
        #expect(
            result.paths == [
                "source/", "source/dangling", "source/file", "source/folder/", "source/folder/again/",
                "source/folder/again/file", "source/folder/deep/", "source/folder/deep/file", "source/folder/one",
                "source/sub/",
            ])
        #expect(result.entry("source/file")?.kind == .file && result.entry("source/file")?.size == 3)
        #expect(result.entry("source/folder/")?.kind == .folder)
        #expect(result.entry("source/dangling")?.kind == .symlink)
        #expect(result.problems.isEmpty)
        // Rules see what is followed as what it becomes, also where only some files are wanted.
        let some = try tree.walk(["source"], rules: ["+*/file"], policy: followed)
        #expect(
            some.paths == ["source/", "source/file", "source/folder/again/file", "source/folder/deep/file"])
        // A source that is a link is what it leads to.
        #expect(
            try tree.walk(["source/folder"], rules: ["-*/deep/", "-*/again/"], policy: followed).paths == [
                "source/folder/", "source/folder/one",
            ])
    }

    @Test("links that go round in circles end", .timeLimit(.minutes(1)))
    func circles() throws {
        let tree = try TreeFixture()
        for folder in ["source/a", "source/b"] { try tree.makeFolder(folder) }
        for (name, target) in [
            ("source/self", "self"), ("source/here", "."), ("source/a/up", ".."), ("source/a/other", "../b"),
            ("source/b/other", "../a"), ("source/a/root", tree.absolute("source")), ("source/b/outside", "../.."),
        ] { try tree.makeLink(name, to: target) }
        try tree.makeFile("source/a/file", "x")
        let result = try tree.walk(["source"], policy: policy { $0.symlinks = .follow })
        for path in ["source/self", "source/here/", "source/a/up/", "source/a/root/", "source/a/other/other/"] {
            #expect(result.entry(path)?.kind == .symlink, "\(path)")
        }
        #expect(result.entry("source/b/other/")?.kind == .folder)
        #expect(result.entry("source/b/other/file")?.kind == .file)
        // What is above the source has not been walked yet; below it, the circle is noticed.
        #expect(result.entry("source/b/outside/")?.kind == .folder)
        #expect(result.entry("source/b/outside/source/")?.kind == .folder)
        #expect(result.paths.count < 100)
    }

    // MARK: File systems

    /// Whether this process may mount.
    static let canMount: Bool = {
        guard geteuid() == 0, let tree = try? TreeFixture() else { return false }
        guard mount("none", tree.root, "tmpfs", 0, nil) == 0 else { return false }
        return umount2(tree.root, Int32(MNT_DETACH)) == 0
    }()

    @Test("what is mounted below a source is left out but for its mount point", .enabled(if: canMount))
    func oneFileSystem() throws {
        let tree = try TreeFixture()
        for folder in ["data/inner", "before", "rules/mounted"] { try tree.makeFolder(folder) }
        for folder in ["data", "rules/mounted"] {
            #expect(mount("none", tree.absolute(folder), "tmpfs", 0, nil) == 0)
        }
        defer { for folder in ["data", "rules/mounted"] { umount2(tree.absolute(folder), Int32(MNT_DETACH)) } }
        try tree.makeFolder("data/sub")
        for file in ["data/sub/file", "before/file", "rules/mounted/file"] { try tree.makeFile(file, "x") }
        let staying = policy { $0.staysOnFileSystem = true }
        #expect(
            try tree.walk(policy: staying).paths == [
                "/", "before/", "before/file", "data/", "rules/", "rules/mounted/",
            ])
        #expect(try tree.walk().paths.contains("data/sub/file"))
        // Each source has a file system of its own, wherever it lies.
        #expect(
            try tree.walk(["", "data/sub"], policy: staying).paths == [
                "/", "before/", "before/file", "data/", "data/sub/", "data/sub/file", "rules/", "rules/mounted/",
            ])
        #expect(try tree.walk(["data"], policy: staying).paths == ["data/", "data/sub/", "data/sub/file"])
        var both = staying
        both.leavesOutEmptyFolders = true
        #expect(try tree.walk(policy: both).paths == ["/", "before/", "before/file"])
    }

    // MARK: Long paths

    @Test("a path that no version can hold is a problem, and what is above it is stored")
    func longPaths() throws {
        let tree = try TreeFixture()
        let name = String(repeating: "n", count: 250)
        var folder = open(tree.root, O_RDONLY | O_DIRECTORY)
        var depth = 0
        while depth < 140 {
            #expect(mkdirat(folder, name, 0o755) == 0)
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = next
            depth += 1
        }
        close(folder)
        defer { try? removeDeep(tree.root) }
        let result = try tree.walk()
        #expect(result.problems.map(\.kind) == [.tooLong])
        let problem = try #require(result.problems.first)
        #expect(problem.path.count > 32 << 10 && problem.path.count < (32 << 10) + 300)
        #expect(problem.message.contains("32 KiB or 4096 components"))
        #expect(problem.description.utf8.count < 5000)
        #expect(result.listings.allSatisfy { $0.path.count <= 32 << 10 })
        let deep = Array(String(repeating: "/a", count: 4095).utf8) + [UInt8(ascii: "/")]
        let limit = try #require(PathLimit(folder: deep))
        let one = Array("x".utf8)
        #expect(one.withUnsafeBufferPointer { limit.admits($0, isFolder: false) })
        #expect(!one.withUnsafeBufferPointer { limit.admits($0, isFolder: true) || !limit.admits($0, isFolder: false) })
        #expect(PathLimit(folder: Array("/usual/folder/".utf8)) == nil)
    }

    private func removeDeep(_ path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/rm")
        process.arguments = ["-rf", path]
        try process.run()
        process.waitUntilExit()
    }
}
