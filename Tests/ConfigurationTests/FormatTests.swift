import Foundation
import FoundationXML
import JSON
import Testing

@testable import Configuration

@Suite("Forms of diagnostics")
struct FormatTests {
    private func report(_ name: String) -> DiagnosticReport {
        do throws(InvalidConfiguration) {
            let loaded = try Goldens.load("\(name).yaml")
            return DiagnosticReport(file: "f.yaml", isValid: true, diagnostics: loaded.warnings)
        } catch {
            return DiagnosticReport(file: error.file, isValid: false, diagnostics: error.diagnostics)
        }
    }

    private func problem(_ message: String, file: String, notes: [String] = [], endLine: Int = 3) -> DiagnosticReport {
        let diagnostic = Diagnostic(
            code: .badDuration, severity: .error, message: message, file: file, line: 3, column: 5, endLine: endLine,
            endColumn: 9, notes: notes, help: [], excerpt: nil)
        return DiagnosticReport(file: file, isValid: false, diagnostics: [diagnostic])
    }

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("no form shows a password that is written in the file", arguments: Goldens.names(in: "Bad"))
    func nothingLeaks(_ name: String) {
        for format in DiagnosticFormat.allCases {
            let text = report("Bad/\(name)").render(as: format, color: true, version: "1")
            #expect(!text.contains("hunter"), "\(format)")
            let obeyed = text.unicodeScalars.filter { $0.value < 0x20 && $0 != "\n" && $0 != "\t" && $0 != "\u{1B}" }
            #expect(obeyed.isEmpty, "\(format)")
        }
    }

    @Test("JSON has every part of every problem", arguments: Goldens.names(in: "Bad"))
    func json(_ name: String) throws {
        let report = report("Bad/\(name)")
        let document = try document(report.render(as: .json, version: "1"))
        #expect(document["schema"] as? String == "urn:dunnage:validation:v1")
        #expect(document["valid"] as? Bool == false)
        #expect(document["errors"] as? Int == report.errors && document["warnings"] as? Int == report.warnings)
        let listed = try #require(document["diagnostics"] as? [[String: Any]])
        #expect(listed.count == report.diagnostics.count)
        for (entry, diagnostic) in zip(listed, report.diagnostics) {
            #expect(entry["code"] as? String == diagnostic.code.rawValue)
            #expect(entry["severity"] as? String == diagnostic.severity.rawValue)
            #expect(entry["message"] as? String == diagnostic.message)
            #expect(entry["file"] as? String == diagnostic.file)
            let place = ["line", "column", "end_line", "end_column"].map { entry[$0] as? Int }
            #expect(place == [diagnostic.line, diagnostic.column, diagnostic.endLine, diagnostic.endColumn])
            #expect(entry["notes"] as? [String] == diagnostic.notes && entry["help"] as? [String] == diagnostic.help)
            // Foundation leaves out byte order marks, wherever they stand.
            let line = diagnostic.excerpt?.line.unicodeScalars.filter { $0 != "\u{FEFF}" }
            let source = (entry["source"] as? String)?.unicodeScalars.filter { $0 != "\u{FEFF}" }
            #expect(source.map { Array($0) } == line.map { Array($0) })
        }
    }

    @Test(
        "SARIF has a result a problem, a rule a code, and places that begin at 1", arguments: Goldens.names(in: "Bad"))
    func sarif(_ name: String) throws {
        let report = report("Bad/\(name)")
        let document = try document(report.render(as: .sarif, version: "1.2.3"))
        #expect(document["version"] as? String == "2.1.0")
        let run = try #require((document["runs"] as? [[String: Any]])?.first)
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        #expect(driver["name"] as? String == "dunnage" && driver["version"] as? String == "1.2.3")
        #expect(run["columnKind"] as? String == "unicodeCodePoints")
        let rules = try #require(driver["rules"] as? [[String: Any]]).map { $0["id"] as? String }
        #expect(Set(rules).count == rules.count)
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.count == report.diagnostics.count)
        for (result, diagnostic) in zip(results, report.diagnostics) {
            #expect(result["ruleId"] as? String == diagnostic.code.rawValue)
            #expect(rules[try #require(result["ruleIndex"] as? Int)] == diagnostic.code.rawValue)
            #expect(result["level"] as? String == diagnostic.severity.rawValue)
            let location = try #require((result["locations"] as? [[String: Any]])?.first)
            let place = try #require(location["physicalLocation"] as? [String: Any])
            let region = try #require(place["region"] as? [String: Any])
            for key in ["startLine", "startColumn", "endLine", "endColumn"] {
                #expect(try #require(region[key] as? Int) >= 1)
            }
        }
    }

    @Test("SARIF names files by URIs")
    func uris() {
        #expect(FileReference.uri(of: "conf/my jobs%1.yaml") == "conf/my%20jobs%251.yaml")
        #expect(FileReference.uri(of: "/etc/büro#1.yaml") == "file:///etc/b%C3%BCro%231.yaml")
        #expect(FileReference.uri(of: "a\n:b") == "a%0A%3Ab")
    }

    @Test("GitHub's commands are escaped as the runner undoes it")
    func github() {
        let odd = problem("100% of `a:b,c`", file: "a,b:c%.yaml", notes: ["one"])
        #expect(
            odd.render(as: .github, version: "1")
                == "::error file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=8,title=E021::"
                + "100%25 of `a:b,c`%0Anote: one\n")
        let several = problem("m\r\nn", file: "f", endLine: 4)
        #expect(
            several.render(as: .github, version: "1") == "::error file=f,line=3,endLine=4,title=E021::m%0D%0An\n")
    }

    @Test("GitHub gets one line a problem", arguments: Goldens.names(in: "Bad"))
    func githubLines(_ name: String) {
        let report = report("Bad/\(name)")
        let lines = report.render(as: .github, version: "1").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == report.diagnostics.count + 1)
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("::error file=") || $0.hasPrefix("::warning file=") })
    }

    @Test("JUnit's XML is well-formed, and counts what it holds", arguments: Goldens.names(in: "Bad"))
    func junit(_ name: String) throws {
        let report = report("Bad/\(name)")
        let counter = ElementCounter()
        let parser = XMLParser(data: Data(report.render(as: .junit, version: "1").utf8))
        parser.delegate = counter
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        #expect(counter.counts["failure"] == report.errors)
        #expect(counter.counts["system-out", default: 0] == report.warnings)
        #expect(counter.suite["tests"] == "\(counter.counts["testcase", default: 0])")
        #expect(counter.suite["failures"] == "\(report.errors)")
    }

    @Test("a file without errors has passed one case")
    func passed() {
        let fine = DiagnosticReport(file: "a<b>&\"'.yaml", isValid: true, diagnostics: [])
        let text = fine.render(as: .junit, version: "1")
        #expect(text.contains("tests=\"1\" failures=\"0\""))
        #expect(
            text.contains("<testcase name=\"the configuration is valid\" classname=\"a&lt;b&gt;&amp;&quot;'.yaml\"/>"))
        #expect(fine.render(as: .text, version: "1") == "" && fine.render(as: .github, version: "1") == "")
        #expect(report("Good/warnings").render(as: .junit, version: "1").contains("failures=\"0\""))
    }

    @Test("colours change nothing but the colours", arguments: Goldens.names(in: "Bad"))
    func colors(_ name: String) {
        let report = report("Bad/\(name)")
        let plain = report.render(as: .text, version: "1")
        let colored = report.render(as: .text, color: true, version: "1")
        #expect(!plain.contains("\u{1B}") && colored.contains("\u{1B}[1;3"))
        #expect(colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") == plain)
    }
}

/// Counts the elements of an XML document.
private final class ElementCounter: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var suite: [String: String] = [:]

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        counts[name, default: 0] += 1
        if name == "testsuite" { suite = attributes }
    }
}
