import Foundation
import Testing

@testable import YAML

/// The YAML Test Suite through our reader, where `YAML_TEST_SUITE` names a folder with its `data` branch.
@Suite("The YAML Test Suite", .enabled(if: SuiteFolder.path != nil))
struct SuiteTests {
    @Test("a case has the outcome that the suite or the list of exclusions says", arguments: SuiteFolder.cases)
    func outcome(_ id: String) throws {
        let path = "\(SuiteFolder.path ?? "")/\(id)"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(path)/in.yaml"))
        let document = YAMLDocument(parsing: try SourceText(utf8: bytes))
        let kinds = document.problems.map { $0.kind }
        if let reason = SuiteExclusions.accepted[id] {
            #expect(kinds.isEmpty, "\(reason)")
        } else if SuiteExclusions.different[id] != nil || !FileManager.default.fileExists(atPath: "\(path)/in.json"),
            !FileManager.default.fileExists(atPath: "\(path)/error"), SuiteExclusions.refused[id] == nil
        {
            // The suite has no JSON for empty keys, and what they mean does not matter here.
            #expect(kinds.isEmpty)
        } else if let reason = SuiteExclusions.refused[id] {
            #expect(!kinds.isEmpty, "\(reason)")
        } else if FileManager.default.fileExists(atPath: "\(path)/error") {
            #expect(!kinds.isEmpty)
        } else {
            let json = try String(contentsOfFile: "\(path)/in.json", encoding: .utf8)
            #expect(kinds.isEmpty)
            let expected =
                json.isEmpty
                ? NSNull() : try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
            #expect(Comparison.isEqual(document.root, expected), "\(String(describing: document.root))")
        }
    }
}

@Suite("The page about YAML")
struct SuitePageTests {
    @Test("it has every reason for another outcome, with the number of cases")
    func reasons() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/yaml.md").standardizedFileURL.path
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let listed = page.split(separator: "\n").filter { $0.hasPrefix("| ") && $0 != "| cases | because |" }
        let tables = [SuiteExclusions.refused, SuiteExclusions.accepted, SuiteExclusions.different]
        let reasons = tables.flatMap { table in
            Dictionary(grouping: table.keys) { table[$0] ?? "" }.map { "| \($0.value.count) | \($0.key) |" }
        }
        #expect(listed.map(String.init).sorted() == reasons.sorted())
        let cases = tables.reduce(0) { $0 + $1.count }
        #expect(page.contains("The 402 cases") && page.contains(": \(402 - cases) have\nthe suite's outcome"))
    }
}

/// Where the suite is, if it is there.
enum SuiteFolder {
    static let path = ProcessInfo.processInfo.environment["YAML_TEST_SUITE"]

    static let cases: [String] = {
        guard let path, let names = FileManager.default.enumerator(atPath: path) else { return [] }
        let found = names.compactMap { $0 as? String }.filter { $0.hasSuffix("/in.yaml") }
        // `name` and `tags` hold links to the cases.
        return found.map { String($0.dropLast("/in.yaml".count)) }.filter {
            !$0.contains("/name/") && !$0.hasPrefix("name/") && !$0.hasPrefix("tags/")
        }.sorted()
    }()
}
