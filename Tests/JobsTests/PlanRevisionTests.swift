import Configuration
import Foundation
import Jobs
import Support
import TestSupport
import Testing

/// Revisions of a real repository; where git is not installed, that is skipped and says so.
@Suite("Planning against a revision", .enabled(if: TestTool.areThere("git"), "git is not installed"))
struct PlanRevisionTests {
    private let folder: TemporaryFolder
    private let environment: [String: String]

    init() throws {
        folder = try TemporaryFolder(prefix: "dunnage-git")
        environment = ["PATH": TestTool.searchPath, "HOME": folder.path]
        try FileTree.createFolder("\(folder.path)/repo")
        try FileTree.createFolder("\(folder.path)/repo/backup")
        try FileTree.createFolder("\(folder.path)/repo/backup/conf.d")
        try git("init", "-q")
    }

    private func git(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(TestTool.path("git")))
        process.arguments =
            ["-C", "\(folder.path)/repo", "-c", "user.name=Anna", "-c", "user.email=anna@example.com"] + arguments
        process.environment = environment
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder.path)/repo/\(name)"))
    }

    /// A configuration of two files in a folder of the repository, and its first revision.
    private func commit() throws {
        try write(
            """
            version: 1
            include: [conf.d/*.yaml]
            secrets: { passphrase: { file: passphrase.txt } }
            destinations: { disk: { url: "file:///backup" } }
            """, to: "backup/dunnage.yaml")
        try write(
            """
            jobs:
              home:
                sources: [{ path: /source }]
                encryption: { passphrase: { secret: passphrase } }
                destinations: [disk]
                retention: { keep_versions: 20 }
            """, to: "backup/conf.d/home.yaml")
        try git("add", ".")
        try git("commit", "-q", "-m", "first")
    }

    private var candidate: String { "\(folder.path)/repo/backup/dunnage.yaml" }

    private var state: StateFolder { StateFolder("\(folder.path)/state", environment: [:]) }

    private func base(_ text: String, candidates: [String]? = nil) throws -> PlanBase {
        try PlanBase(text, candidates: candidates ?? [candidate], state: state, environment: environment)
    }

    private func refusal(_ text: String, environment: [String: String]? = nil) -> Failure? {
        #expect(throws: Failure.self) {
            try PlanBase(
                text, candidates: [candidate], state: state, environment: environment ?? self.environment)
        }
    }

    @Test("a revision is read with its includes, and its relative paths are those of the work tree")
    func includes() throws {
        try commit()
        let same = try ConfigurationLoader.load(path: candidate, environment: environment)
        let unchanged = try base("git:HEAD")
        #expect(unchanged.loaded?.configuration.hash == same.configuration.hash)
        #expect(unchanged.loaded?.configuration.secrets == same.configuration.secrets)
        #expect(unchanged.label.hasPrefix("git HEAD (") && unchanged.label.count == "git HEAD (1234567)".count)
        // What the work tree says now is not what the revision says.
        try write("jobs: {}\n", to: "backup/conf.d/other.yaml")
        try write("broken", to: "backup/conf.d/home.yaml")
        #expect(try base("git:HEAD").loaded?.configuration.hash == same.configuration.hash)
        let origin = try base("git:HEAD").loaded?.effective["jobs"]?["home"]?["retention"]?["keep_versions"]?.origin
        #expect(origin?.place == "\(folder.path)/repo/backup/conf.d/home.yaml:6")
    }

    @Test("what is included by an absolute path of the repository is that of the revision, too")
    func absoluteIncludes() throws {
        try commit()
        try write(
            """
            version: 1
            include: [\(folder.path)/repo/backup/conf.d/home.yaml]
            secrets: { passphrase: { file: passphrase.txt } }
            destinations: { disk: { url: "file:///backup" } }
            """, to: "backup/dunnage.yaml")
        try git("commit", "-q", "-a", "-m", "absolute")
        let same = try ConfigurationLoader.load(path: candidate, environment: environment)
        try write("broken", to: "backup/conf.d/home.yaml")
        #expect(try base("git:HEAD").loaded?.configuration.hash == same.configuration.hash)
    }

    @Test("a folder, and a path of the repository, can be named")
    func places() throws {
        try commit()
        let hash = try base("git:HEAD").loaded?.configuration.hash
        #expect(try base("git:HEAD:backup/dunnage.yaml").loaded?.configuration.hash == hash)
        #expect(try base("git:HEAD", candidates: ["\(folder.path)/repo/backup"]).loaded?.configuration.hash == hash)
        #expect(refusal("git:HEAD:nowhere.yaml")?.exitCode == .usage)
        let input = #expect(throws: Failure.self) { try base("git:HEAD", candidates: ["-"]) }
        #expect(input?.exitCode == .usage)
    }

    @Test("a file that the revision does not have yet makes everything new")
    func newFile() throws {
        try commit()
        try write("version: 1\n", to: "new.yaml")
        let base = try base("git:HEAD", candidates: ["\(folder.path)/repo/new.yaml"])
        #expect(base.loaded == nil && base.label.hasSuffix("which does not have it"))
    }

    @Test(
        "a revision that is not there is a mistake of the command line, also when it looks like an option",
        arguments: ["nosuch", "HEAD~7", "", "--upload-pack=touch x", "-q"])
    func unknown(_ name: String) throws {
        try commit()
        let failure = try #require(refusal("git:\(name)"))
        #expect(failure.exitCode == .usage && failure.message.contains("is no revision of"), "\(failure)")
    }

    @Test("git that is missing, and a folder that is no repository, are said")
    func missing() throws {
        try commit()
        let absent = try #require(refusal("git:HEAD", environment: ["PATH": "\(folder.path)/repo"]))
        #expect(absent.message.contains("git is not installed"))
        let outside = try TemporaryFolder(prefix: "dunnage-nogit")
        let error = #expect(throws: Failure.self) {
            try PlanBase(
                "git:HEAD", candidates: ["\(outside.path)/dunnage.yaml"], state: state,
                environment: environment)
        }
        #expect(error?.message.contains("not a git repository") == true, "\(String(describing: error))")
    }

    @Test("a configuration of the past that cannot be used is said with its first error")
    func broken() throws {
        try commit()
        try write("jobs: { home: { retention: { keep_versions: many } } }\n", to: "backup/conf.d/home.yaml")
        try git("commit", "-q", "-a", "-m", "broken")
        let failure = try #require(refusal("git:HEAD"))
        #expect(failure.exitCode == .configuration && failure.message.contains("conf.d/home.yaml:1"), "\(failure)")
        #expect(try base("git:HEAD~1").loaded != nil)
    }

    @Test("no hook of the repository runs, and the repository is as it was")
    func hooks() throws {
        try commit()
        let hook = "\(folder.path)/repo/.git/hooks/post-index-change"
        try write("#!/bin/sh\ntouch \(folder.path)/ran\n", to: ".git/hooks/post-index-change")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
        let index = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/repo/.git/index"))
        _ = try base("git:HEAD")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/ran"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/repo/.git/index")) == index)
    }
}
