import Foundation
import Support
import Testing

/// Files that were made to use up time or memory.
///
/// Each is answered within 40 seconds of a processor and 1.5 GiB of addresses, in a build that is not optimized; the
/// limits are the operating system's.
@Suite("Configurations that mean harm")
struct HostileConfigurationTests {
    private static let head = "version: 1\n"
    private static let places = "destinations: { disk: { url: \"/b/{job}\" } }\n"
    private static let jobs = "jobs: { a: { sources: [{ path: /srv }], encryption: none, destinations: [disk] } }\n"

    private static func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

    private static func numbered(_ count: Int, separator: String = ", ", _ text: (Int) -> String) -> String {
        (0..<count).map(text).joined(separator: separator)
    }

    /// Each file with the code that its answer has; a file that is fine has none.
    private static let files: [String: (code: String, text: @Sendable () -> String)] = [
        "billion laughs": (
            "E005",
            {
                head + "x-0: &l0 [lol, lol]\n"
                    + numbered(30, separator: "\n") {
                        "x-\($0 + 1): &l\($0 + 1) [*l\($0), *l\($0), *l\($0), *l\($0), *l\($0)]"
                    } + "\n"
            }
        ),
        "laughs through merge keys": (
            "E005",
            {
                head + "x-0: &m0 { a: 1, b: 2, c: 3 }\n"
                    + numbered(30, separator: "\n") {
                        "x-\($0 + 1): &m\($0 + 1) { <<: [*m\($0), *m\($0), *m\($0), *m\($0)], k\($0): *m\($0) }"
                    } + "\n"
            }
        ),
        "a text of ten megabytes": ("E005", { head + "instance: " + times(10_000_000, "x") + "\n" }),
        "a text as long as a file may be": (
            "E001", { head + "instance: " + times(4_000_000, "x") + "\n" + times(8_000, "- x\n") }
        ),
        "a block text of four megabytes": (
            "E011", { head + "instance: |\n" + times(40_000, "  " + times(90, "y") + "\n") }
        ),
        "a quoted text of escapes": ("E011", { head + "instance: \"" + times(900_000, "\\x41") + "\"\n" }),
        "lists in lists": ("E005", { head + "x: " + times(1_000_000, "[") }),
        "mappings in mappings": ("E005", { head + "x: " + times(600_000, "{a: ") }),
        "items in items": ("E005", { times(1_000_000, "- ") + "x\n" }),
        "keys below keys": ("E005", { (0..<1_200).map { times($0, " ") + "a:\n" }.joined() }),
        "explicit keys in explicit keys": ("E005", { times(1_000_000, "? ") }),
        "tag directives": (
            "E005", { numbered(150_000, separator: "\n") { "%TAG !t\($0)! tag:example.com,2026:" } + "\n---\n" + head }
        ),
        "tags": ("E006", { head + "x: " + times(4_000_000, "!") + " a\n" }),
        "anchors": ("E005", { head + "x: [" + numbered(150_000) { "&a\($0) x" } + "]\n" }),
        "comments": ("E011", { head + times(4_000_000, "#") + "\n" }),
        "line breaks": ("E011", { head + times(4_000_000, "\n") }),
        "carriage returns": ("E011", { head + times(4_000_000, "\r") }),
        "zero bytes": ("E001", { head + times(4_000_000, "\0") }),
        "a key that stands a hundred thousand times": (
            "E005", { head + times(40_000, "a: 1\n") + times(12_000, "b: 2\n") }
        ),
        "unknown keys below a long name": (
            "E010",
            {
                head + places + "jobs:\n  ? " + times(1_000, "n") + "\n  : { " + numbered(30_000) { "k\($0): 1" }
                    + " }\n"
            }
        ),
        "a key of a megabyte": ("E005", { head + "? " + times(1_000_000, "k") + "\n: 1\n" }),
        "variables without braces": (
            "E023", { head + places + jobs + "instance: \"" + times(1_000_000, "$x ") + "\"\n" }
        ),
        "variables that are not set": (
            "E033", { head + places + jobs + "instance: \"" + times(500_000, "${X}") + "\"\n" }
        ),
        "variables in variables": (
            "E023", { head + places + jobs + "instance: \"" + times(600_000, "${X:-") + times(600_000, "}") + "\"\n" }
        ),
        "secrets that are not defined": (
            "E030",
            { head + "destinations: { disk: { url: \"/b/{job}/" + times(200_000, "${secret:a}") + "\" } }\n" + jobs }
        ),
        "destinations that are not defined": (
            "E031",
            {
                head + "destinations: { " + numbered(9_000) { "d\($0): { url: /b\($0) }" }
                    + " }\njobs: { a: { sources: [{ path: /srv }], encryption: none, destinations: ["
                    + numbered(9_000) { "e\($0)" } + "] } }\n"
            }
        ),
        "jobs by the thousand": (
            "",
            {
                head + places + "jobs:\n"
                    + numbered(6_000, separator: "\n") {
                        "  j\($0): { sources: [{ path: /srv }], encryption: none, destinations: [disk] }"
                    } + "\n"
            }
        ),
        "commands by the thousand": (
            "E028",
            {
                head + places + "jobs: { a: { encryption: none, destinations: [disk], sources: ["
                    + numbered(9_000) { "{ path: /d\($0), command: [x] }" } + ", { path: /d1/x }] } }\n"
            }
        ),
        "a path of slashes": (
            "E028",
            {
                head + places
                    + "jobs: { a: { encryption: none, destinations: [disk], sources: [{ path: /d, command: [x] }, { path: "
                    + times(2_000_000, "/") + ", command: [x] }] } }\n"
            }
        ),
        "passwords in one URL": (
            "W101",
            {
                head + "destinations: { disk: { url: \"http://h/{job}?" + times(200_000, "&password=x") + "\" } }\n"
                    + jobs + "y: 1\n"
            }
        ),
        "filters by the thousand": (
            "W105",
            {
                head + places
                    + "jobs: { a: { encryption: none, destinations: [disk], sources: [{ path: /srv }], filters: ["
                    + numbered(20_000) { "{ exclude: x\($0) }" } + "] } }\ny: 1\n"
            }
        ),
        "tiers without end": (
            "E020",
            { head + places + jobs + "defaults: { retention: { tiers: \"" + times(1_000_000, "7d,") + "\" } }\n" }
        ),
        "a duration without end": (
            "E021",
            { head + places + jobs + "defaults: { retention: { keep_within: " + times(1_000_000, "1d") + "x } }\n" }
        ),
        "groups of filters": (
            "E025",
            { head + places + jobs + "defaults: { filters: [{ exclude: \"{" + times(1_000_000, "a,") + "}\" }] }\n" }
        ),
    ]

    @Test("the answer comes in time, and takes little memory", arguments: files.keys.sorted())
    func answer(_ name: String) throws {
        let file = try #require(Self.files[name])
        let folder = try TemporaryFolder()
        try Data(file.text().utf8).write(to: URL(fileURLWithPath: "\(folder.path)/hostile.yaml"))
        let result = try Binary.shell(
            "ulimit -t 40; ulimit -v 1572864; exec '\(Binary.path)' validate --format json hostile.yaml",
            in: folder.path)
        #expect(result.code == (file.code.isEmpty ? 0 : 78), "\(result.error.prefix(500))")
        #expect(result.output.contains("\"\(file.code)\"") || file.code.isEmpty, "\(result.output.prefix(800))")
        #expect(result.output.utf8.count < 64 << 20)
    }
}
