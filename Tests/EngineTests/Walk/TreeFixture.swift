import Glibc
import Support
import Synchronization
import Testing

@testable import Engine

/// A tree of real files in a temporary folder.
struct TreeFixture {
    private let folder: TemporaryFolder

    /// Its absolute path, without a slash at the end.
    var root: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
    }

    func makeFolder(_ path: String) throws {
        try FileTree.createFolder(absolute(path))
    }

    func makeFile(_ path: String, _ content: String = "") throws {
        let file = try FileDescriptor.open(absolute(path), flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try Array(content.utf8).withUnsafeBytes { try file.write(all: $0) }
    }

    func makeLink(_ path: String, to target: String) throws {
        guard symlink(target, absolute(path)) == 0 else { throw SystemError("symlink", path: path) }
    }

    func absolute(_ path: String) -> String { path.isEmpty ? root : root + "/" + path }

    /// What a walk delivers, with paths relative to the fixture.
    func walk(
        _ sources: [String] = [""], rules: [String] = [], ownPaths: [String] = [], policy: WalkPolicy = WalkPolicy(),
        threads: Int = 2
    ) throws -> WalkResult {
        let rules = try rules.map { rule in
            try FilterRule(rule.replacing("ROOT", with: root))
        }
        let walker = TreeWalker(
            sources: sources.map { Array(absolute($0).utf8) }, filter: FilterSet(rules),
            ownPaths: ownPaths.map { Array(absolute($0).utf8) }, policy: policy, threads: threads)
        return WalkResult(walker, root: root)
    }
}

/// Everything that one walk delivered.
struct WalkResult {
    let listings: [FolderListing]
    let problems: [WalkProblem]
    let summary: WalkSummary
    private let root: String

    init(_ walker: TreeWalker, root: String = "") {
        let listings = Mutex<[FolderListing]>([])
        let problems = Mutex<[WalkProblem]>([])
        summary = walker.walk(
            deliver: { listing in
                listings.withLock { $0.append(listing) }
                return true
            }, report: { problem in problems.withLock { $0.append(problem) } })
        self.listings = listings.withLock { $0 }
        self.problems = problems.withLock { $0 }
        self.root = root
    }

    /// All paths in order, relative to the fixture; the fixture itself is `/`.
    var paths: [String] {
        listings.flatMap { listing in listing.entries.map { relative(listing.path(of: $0)) } }.sorted()
    }

    func relative(_ path: [UInt8]) -> String {
        let text = String(decoding: path, as: UTF8.self)
        guard text.hasPrefix(root) else { return text }
        let rest = text.dropFirst(root.count)
        return rest == "/" ? "/" : String(rest.drop { $0 == "/" })
    }

    func entry(_ path: String) -> WalkEntry? {
        for listing in listings {
            if let entry = listing.entries.first(where: { relative(listing.path(of: $0)) == path }) { return entry }
        }
        return nil
    }

    func listing(holding path: String) -> FolderListing? {
        listings.first { listing in listing.entries.contains { relative(listing.path(of: $0)) == path } }
    }
}
