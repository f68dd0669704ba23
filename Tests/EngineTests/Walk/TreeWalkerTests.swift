import Glibc
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Walking trees")
struct TreeWalkerTests {
    @Test("files, folders and links are delivered with what lstat tells")
    func entries() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("sub/empty")
        try tree.makeFile("sub/file", "12345")
        try tree.makeLink("sub/link", to: "file")
        try tree.makeLink("sub/broken", to: "nowhere")
        try tree.makeLink("sub/up", to: "..")
        #expect(link(tree.absolute("sub/file"), tree.absolute("sub/hard")) == 0)
        let result = try tree.walk()
        #expect(
            result.paths == ["/", "sub/", "sub/broken", "sub/empty/", "sub/file", "sub/hard", "sub/link", "sub/up/"])
        let file = try #require(result.entry("sub/file"))
        var status = stat()
        #expect(lstat(tree.absolute("sub/file"), &status) == 0)
        #expect(file.kind == .file && file.size == 5 && file.links == 2)
        #expect(file.inode == UInt64(status.st_ino) && file.device == UInt64(status.st_dev))
        #expect(file.mode == status.st_mode && file.user == status.st_uid && file.group == status.st_gid)
        #expect(file.modified == Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
        #expect(file.changed == Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec))
        #expect(result.entry("sub/hard")?.inode == file.inode)
        #expect(result.entry("sub/link")?.kind == .symlink)
        #expect(result.entry("sub/link")?.leadsToFolder == false)
        #expect(result.entry("sub/up/")?.leadsToFolder == true)
        #expect(result.summary.files == 2 && result.summary.folders == 3 && result.summary.symlinks == 3)
        #expect(result.summary.bytes == 10)
        #expect(result.problems.isEmpty)
    }

    @Test("listings are sorted by the bytes of the names")
    func sorting() throws {
        let tree = try TreeFixture()
        let names = [
            "a", "A", "ab", "a.b", "a-b", "abcdefgh", "abcdefghi", "abcdefghI", "ä", "z", "日本", "🙂", " x", "~",
        ]
        for name in names { try tree.makeFile(name) }
        let listing = try #require(try tree.walk().listing(holding: "a"))
        let found = listing.entries.map { Array(listing.name(of: $0)) }
        #expect(found == names.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
        let first = try #require(listing.entries.first)
        #expect(listing.withCName(of: first) { String(cString: $0) } == " x")
    }

    @Test(
        "names may hold anything but a slash",
        arguments: ["a\nb", "\t", " ", "*?[]{}", "-rf", "\u{1}", "é", "e\u{301}"])
    func oddNames(_ name: String) throws {
        let tree = try TreeFixture()
        try tree.makeFolder(name)
        try tree.makeFile("\(name)/\(name)", "x")
        // Names are bytes: two spellings of é stay two names.
        let result = try tree.walk()
        #expect(result.listings.contains { $0.path == Array("\(tree.root)/\(name)/".utf8) && $0.entries.count == 1 })
        #expect(result.summary.files == 1 && result.problems.isEmpty)
    }

    @Test("a name that is not UTF-8 is a problem and nothing else")
    func invalidNames() throws {
        let tree = try TreeFixture()
        try tree.makeFile("good")
        let bad = Array(tree.root.utf8) + [0x2F, 0x62, 0xFF, 0x64]
        #expect(mkdir(bad.map { CChar(bitPattern: $0) } + [0], 0o755) == 0)
        let result = try tree.walk()
        #expect(result.paths == ["/", "good"])
        #expect(result.problems == [WalkProblem(kind: .invalidName, path: bad, code: 0)])
        #expect(result.summary.problems == 1)
    }

    @Test("links are not followed, so loops do no harm")
    func loops() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("a/b")
        try tree.makeLink("a/b/loop", to: "../..")
        try tree.makeLink("a/self", to: "self")
        #expect(try tree.walk().paths == ["/", "a/", "a/b/", "a/b/loop/", "a/self"])
    }

    @Test("pipes and sockets are counted and left out")
    func specialFiles() throws {
        let tree = try TreeFixture()
        #expect(mkfifo(tree.absolute("pipe"), 0o644) == 0)
        try tree.makeFile("file")
        let result = try tree.walk()
        #expect(result.paths == ["/", "file"])
        #expect(result.summary.special == 1 && result.summary.excluded == 0 && result.problems.isEmpty)
    }

    @Test("a tree of 300 levels, deeper than paths may be long, is read to its end", arguments: [1, 4])
    func depth(threads: Int) throws {
        let tree = try TreeFixture()
        let name = String(repeating: "d", count: 20)
        let current = open(tree.root, O_RDONLY | O_DIRECTORY)
        var folder = current
        for _ in 0..<300 {
            #expect(mkdirat(folder, name, 0o755) == 0)
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = next
        }
        let bottom = openat(folder, "bottom", O_WRONLY | O_CREAT, 0o644)
        close(bottom)
        close(folder)
        let result = try tree.walk(threads: threads)
        #expect(result.summary.folders == 301 && result.summary.files == 1)
        #expect(result.problems.isEmpty)
        removeDeepFolders(in: tree.root, named: name, file: "bottom")
    }

    /// The fixture's own clean-up works by path, and these paths are too long for it.
    private func removeDeepFolders(in root: String, named name: String, file: String) {
        var folders = [open(root, O_RDONLY | O_DIRECTORY)]
        while let last = folders.last {
            let next = openat(last, name, O_RDONLY | O_DIRECTORY)
            if next < 0 { break }
            folders.append(next)
        }
        if let last = folders.last { unlinkat(last, file, 0) }
        while let last = folders.popLast() {
            close(last)
            if let parent = folders.last { unlinkat(parent, name, AT_REMOVEDIR) }
        }
    }

    @Test("a folder comes before what is in it, whatever the number of threads", arguments: [1, 2, 4, 8])
    func order(threads: Int) throws {
        let tree = try TreeFixture()
        var expected = ["/"]
        for outer in 0..<12 {
            for inner in 0..<8 {
                try tree.makeFolder("o\(outer)/i\(inner)")
                try tree.makeFile("o\(outer)/i\(inner)/f")
                expected += ["o\(outer)/i\(inner)/", "o\(outer)/i\(inner)/f"]
            }
            expected.append("o\(outer)/")
        }
        let result = try tree.walk(threads: threads)
        #expect(result.paths == expected.sorted())
        var seen: Set<[UInt8]> = []
        for listing in result.listings {
            #expect(listing.isSource || seen.contains(listing.path))
            for entry in listing.entries where entry.kind == .folder { seen.insert(listing.path(of: entry)) }
        }
    }

    @Test("an unreadable folder is reported and stored without its content", .enabled(if: geteuid() != 0))
    func unreadable() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("closed")
        try tree.makeFile("closed/file")
        try tree.makeFile("open")
        chmod(tree.absolute("closed"), 0)
        defer { chmod(tree.absolute("closed"), 0o755) }
        let result = try tree.walk()
        #expect(result.paths == ["/", "closed/", "open"])
        #expect(result.problems.map(\.kind) == [.openFolder])
        #expect(result.problems.first?.code == EACCES)
    }

    @Test("a folder that disappears during the walk is a problem, and the rest goes on")
    func vanishing() throws {
        let tree = try TreeFixture()
        try tree.makeFolder("a")
        try tree.makeFile("b")
        let problems = Mutex<[WalkProblem]>([])
        let walker = TreeWalker(sources: [Array(tree.root.utf8)], threads: 1)
        let summary = walker.walk(
            deliver: { listing in
                if !listing.isSource { rmdir(tree.absolute("a")) }
                return true
            }, report: { problem in problems.withLock { $0.append(problem) } })
        #expect(summary.folders == 2 && summary.files == 1)
        #expect(problems.withLock { $0.map(\.kind) } == [.openFolder])
        #expect(problems.withLock { $0.first?.code } == ENOENT)
        #expect(problems.withLock { $0.first?.description.contains("No such file") } == true)
    }

    @Test("the walk ends when a consumer wants no more", arguments: [1, 3])
    func refusal(threads: Int) throws {
        let tree = try TreeFixture()
        for index in 0..<40 { try tree.makeFolder("f\(index)/g") }
        let count = Mutex(0)
        let walker = TreeWalker(sources: [Array(tree.root.utf8)], threads: threads)
        let summary = walker.walk(
            deliver: { _ in
                count.withLock { count in
                    count += 1
                    return count < 5
                }
            }, report: { _ in })
        #expect(summary.isCancelled)
        #expect(count.withLock { $0 } < 5 + threads)
    }

    @Test("a walk cancelled beforehand delivers nothing")
    func cancelled() throws {
        let tree = try TreeFixture()
        try tree.makeFile("a")
        let walker = TreeWalker(sources: [Array(tree.root.utf8)])
        walker.cancel()
        let result = WalkResult(walker, root: tree.root)
        #expect(result.listings.isEmpty && result.summary.isCancelled)
    }

    @Test("a consumer that blocks holds the walk back without locking it up")
    func backPressure() throws {
        let tree = try TreeFixture()
        for index in 0..<30 { try tree.makeFolder("f\(index)/g\(index)/h") }
        let queue = BoundedQueue<FolderListing>(capacity: 1)
        let walker = TreeWalker(sources: [Array(tree.root.utf8)], threads: 3)
        let thread = try WorkerThread("walk") {
            _ = walker.walk(deliver: { queue.push($0) }, report: { _ in })
            queue.close()
        }
        var folders = 0
        while let listing = queue.pop() { folders += listing.entries.count }
        thread.join()
        #expect(folders == 91)
    }
}
