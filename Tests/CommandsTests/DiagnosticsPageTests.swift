import Configuration
import Foundation
import Jobs
import Testing

@testable import Commands

/// `docs/diagnostics.md`, and the tables of `docs/troubleshooting.md`, are written from the explanations in the code;
/// `UPDATE_GOLDENS=1 swift test` writes them anew.
@Suite("The page of codes")
struct DiagnosticsPageTests {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs").standardizedFileURL.path
    private static let begin = "<!-- codes: begin -->\n"
    private static let end = "<!-- codes: end -->"

    private var codes: String {
        CodeDirectory.sections.map { section in
            let entries = section.entries.map { entry in
                var text = "### \(entry.code)\n\n**\(entry.explanation.title)** \(entry.explanation.text)\n"
                for (word, example) in [("Wrong", entry.explanation.wrong), ("Right", entry.explanation.right)] {
                    guard let example else { continue }
                    let remark = example.remark.map { ", \($0)" } ?? ""
                    text += "\n\(word)\(remark):\n\n```yaml test=\(entry.code) file=\(word.lowercased()).yaml plain\n"
                    text += "\(example.text)\n```\n"
                }
                return text
            }
            return "\n## \(section.title)\n\n\(section.summary)\n\n\(entries.joined(separator: "\n"))"
        }.joined()
    }

    /// A table for each kind of code that is met after the configuration was found good.
    private var tables: String {
        CodeDirectory.sections.dropFirst().map { section in
            let rows = section.entries.map {
                "| [\($0.code)](diagnostics.md#\($0.code.lowercased())) | \($0.explanation.title) |\n"
            }
            return "\n### \(section.title)\n\n\(section.summary)\n\n| code | means |\n|---|---|\n\(rows.joined())"
        }.joined()
    }

    @Test("it is up to date, and so are the tables of another", arguments: ["diagnostics.md", "troubleshooting.md"])
    func upToDate(name: String) throws {
        let path = "\(Self.docs)/\(name)"
        let codes = name == "diagnostics.md" ? codes : tables
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let start = try #require(page.firstRange(of: Self.begin)).upperBound
        let stop = try #require(page.firstRange(of: Self.end)).lowerBound
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            let text = page[..<start] + codes + "\n" + page[stop...]
            try String(text).write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            #expect(page[start..<stop] == codes + "\n", "write it anew with UPDATE_GOLDENS=1 swift test")
        }
    }

    @Test("no code means two things")
    func unique() {
        let codes = CodeDirectory.sections.flatMap { $0.entries }.map { $0.code }
        #expect(Set(codes).count == codes.count)
    }

    @Test("a code is found however it is written, and one that does not exist is not")
    func lookUp() {
        #expect(CodeDirectory.entry(of: "e021")?.code == "E021")
        #expect(CodeDirectory.entry(of: "78")?.explanation == ExitCode.configuration.explanation)
        #expect(CodeDirectory.entry(of: "W201") != nil && CodeDirectory.entry(of: "E304") != nil)
        #expect(CodeDirectory.entry(of: "E999") == nil && CodeDirectory.entry(of: "/etc") == nil)
        #expect(CodeDirectory.looksLikeCode("E999") && CodeDirectory.looksLikeCode("75"))
        #expect(
            !CodeDirectory.looksLikeCode("/etc") && !CodeDirectory.looksLikeCode("E99")
                && !CodeDirectory.looksLikeCode(""))
        #expect(CodeDirectory.similar(to: "w2o1") == "W201")
    }
}
