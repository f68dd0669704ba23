import Glibc
import Secrets
import Support
import TestSupport
import Testing

@testable import Configuration

@Suite("A configuration of several files")
struct SeveralFilesTests {
    private typealias Folder = ConfigurationFolder

    @Test("an included file adds whole named entries")
    func include() throws {
        let folder = try Folder([
            "dunnage.yaml": "version: 1\ninclude: [conf.d/*.yaml, more/last.yml]\n\(Folder.destination)",
            "conf.d/b.yaml": "jobs:\n\(Folder.job("b"))",
            "conf.d/a.yaml":
                "version: 1\njobs:\n\(Folder.job("a"))reports: { ops: { webhook: { url: https://x/y } } }\n",
            "conf.d/notes.txt": "not: [yaml",
            "conf.d/.hidden.yaml": "not: [yaml",
            "more/last.yml": "jobs:\n\(Folder.job("last", ", reports: [ops]"))",
        ])
        let configuration = try folder.load("dunnage.yaml").configuration
        #expect(configuration.jobs.map { $0.name } == ["a", "b", "last"])
        #expect(configuration.reports.keys.sorted() == ["ops"])
    }

    @Test("included files include others, each from its own folder")
    func nested() throws {
        let folder = try Folder([
            "dunnage.yaml": "version: 1\ninclude: [one/one.yaml]\n\(Folder.destination)",
            "one/one.yaml": "include: [two/two.yaml]\n",
            "one/two/two.yaml": """
            jobs:
            \(Folder.job("a").replacing("encryption: none", with: "encryption: { passphrase: { file: ./key } }"))
            """,
        ])
        let configuration = try folder.load("dunnage.yaml").configuration
        #expect(Array(configuration.secrets.values) == [.file("\(folder.path)/one/two/key")])
    }

    @Test("what defaults bring to a job keeps the folder of the file that has it")
    func relativePathsOfDefaults() throws {
        let folder = try Folder([
            "dunnage.yaml": "version: 1\ninclude: [jobs/a.yaml]\n\(Folder.destination)"
                + "defaults: { encryption: { passphrase: { file: key } } }\n",
            "jobs/a.yaml": "jobs: { a: { sources: [{ path: /srv }], destinations: [disk] } }\n",
        ])
        #expect(Array(try folder.load("dunnage.yaml").configuration.secrets.values) == [.file("\(folder.path)/key")])
    }

    @Test("files may include each other eight deep, and no deeper")
    func depth() throws {
        func chain(_ length: Int) throws -> ConfigurationFolder {
            let folder = try Folder(["f0.yaml": "\(Folder.complete)include: [f1.yaml]\n"])
            for number in 1..<length { try folder.write("f\(number).yaml", "include: [f\(number + 1).yaml]\n") }
            try folder.write("f\(length).yaml", "instance: deep\n")
            return folder
        }
        #expect(try chain(8).load("f0.yaml").configuration.instance == "deep")
        let problems = try chain(9).problems("f0.yaml")
        #expect(problems.map { String($0.prefix(24)) } == ["f8.yaml:1:11: E060 files"])
    }

    @Test("a pattern that matches its own file does not mean that file")
    func ownFile() throws {
        let folder = try Folder([
            "a.yaml": "\(Folder.complete)include: [\"*.yaml\"]\n", "b.yaml": "instance: other\n",
        ])
        #expect(try folder.load("a.yaml").configuration.instance == "other")
    }

    @Test("an include may be named by a variable")
    func variable() throws {
        let folder = try Folder([
            "a.yaml": "\(Folder.complete)include: [\"${HOST}.yaml\"]\n", "box.yaml": "instance: box\n",
        ])
        #expect(try folder.load("a.yaml", environment: ["HOST": "box"]).configuration.instance == "box")
    }

    @Test("several files of the command line add to each other, in any order")
    func severalPaths() throws {
        let folder = try Folder([
            "one.yaml": "version: 1\n\(Folder.destination)", "two.yaml": "jobs:\n\(Folder.job("a"))",
        ])
        let hash = try folder.load("one.yaml", "two.yaml").configuration.hash
        #expect(try folder.load("two.yaml", "one.yaml").configuration.hash == hash)
        #expect(try folder.problems("two.yaml").count == 3)
        let problems = try folder.problems("one.yaml", "two.yaml", "one.yaml")
        #expect(problems == ["one.yaml:1:1: E060 one.yaml is read twice (it was read as one.yaml before)"])
    }

    @Test("a folder stands for its files, sorted by name")
    func folder() throws {
        let folder = try Folder([
            "10-jobs.yml": "jobs:\n\(Folder.job("b"))", "20-jobs.yaml": "jobs:\n\(Folder.job("a"))",
            "00-base.yaml": "version: 1\n\(Folder.destination)", "README.md": "not: [yaml", "sub.yaml/x": "not: [yaml",
        ])
        #expect(try folder.load("").configuration.jobs.map { $0.name } == ["b", "a"])
    }

    @Test("a folder that Kubernetes fills from a ConfigMap is read once")
    func configMap() throws {
        let folder = try Folder(["..2026_11_21/dunnage.yaml": Folder.complete])
        #expect(symlink("..2026_11_21", "\(folder.path)/..data") == 0)
        #expect(symlink("..data/dunnage.yaml", "\(folder.path)/dunnage.yaml") == 0)
        #expect(try folder.load("").configuration.jobs.map { $0.name } == ["a"])
    }

    @Test("`-` is standard input, whose relative paths start at the current folder")
    func standardInput() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let text = Folder.complete.replacing("encryption: none", with: "encryption: { passphrase: { file: key } }")
        Array(text.utf8).withUnsafeBytes { #expect(write(ends[1], $0.baseAddress, $0.count) == $0.count) }
        close(ends[1])
        let folder = try Folder(["more.yaml": "instance: more\n"])
        let loaded = try folder.load("-", "more.yaml", standardInput: ends[0])
        #expect(loaded.configuration.instance == "more")
        let here = try #require(getcwd(nil, 0))
        defer { free(here) }
        #expect(Array(loaded.configuration.secrets.values) == [.file("\(String(cString: here))/key")])
        #expect(loaded.effective["version"]?.origin.kind == .standardInput)
    }

    @Test("standard input that is closed is an error, not a crash")
    func closedStandardInput() throws {
        let error = #expect(throws: InvalidConfiguration.self) {
            try ConfigurationLoader.load(ConfigurationInput(["-"]), environment: [:], standardInput: -1)
        }
        #expect(error?.diagnostics.map { $0.code } == [.unreadable])
    }

    @Test("an empty file among several is an error: it may have been cut short")
    func emptyFile() throws {
        let folder = try Folder(["a.yaml": Folder.complete, "b.yaml": "# nothing\n"])
        #expect(try folder.problems("").map { $0.prefix(17) } == ["b.yaml:1:1: E014 "])
    }

    @Test("each of several files may have anchors of its own, and none of another's")
    func anchors() throws {
        let folder = try Folder([
            "a.yaml": "\(Folder.complete)x-own: &own { keep_versions: 1 }\n",
            "b.yaml": "x-own: &own { keep_versions: 2 }\njobs:\n\(Folder.job("b", ", retention: *own"))",
        ])
        #expect(try folder.load("").configuration.job(named: "b")?.retention?.keepVersions == 2)
        try folder.write("b.yaml", "jobs:\n\(Folder.job("b", ", retention: *own"))")
        #expect(try folder.problems("").map { $0.contains("b.yaml:2:") && $0.contains("E004") } == [true])
    }
}
