import Glibc
import JSON
import Support
import TestSupport
import Testing

@testable import Reporting

@Suite("A report")
struct RunReportTests {
    @Test("is the document that it was before", arguments: ReportSamples.all)
    func golden(_ name: String, _ report: RunReport) throws {
        let text = String(decoding: report.json().serialized(pretty: true), as: UTF8.self) + "\n"
        try Golden.check(text, name: "\(name).json")
    }

    @Test("is valid JSON whose parts can be found", arguments: ReportSamples.all)
    func parsed(_ name: String, _ report: RunReport) throws {
        let document = try JSONValue(parsing: report.serialized())
        #expect(document["event"]?.string == report.event.rawValue)
        #expect(document["id"]?.string == report.id)
        guard report.event.isEnd else { return }
        #expect(document["run"]?["exit_code"]?.integer == Int64(report.run.exitCode))
        #expect(document["run"]?["duration_seconds"]?.number == report.run.durationSeconds)
    }

    @Test("has a title that counts")
    func titles() {
        var report = ReportSamples.warning
        #expect(report.title == "photos: finished with 3 warnings")
        report.problems[0].count = 1
        #expect(report.title == "photos: finished with 1 warning")
        #expect(ReportSamples.success.title == "documents: finished")
        #expect(ReportSamples.earlyFailure.title == "laptop: failed with 1 error")
        #expect(
            ReportSamples.all.dropFirst(4).map(\.1.title) == [
                "photos: started", "photos: missed the run of 2026-11-21T22:00:00Z",
                "photos: overdue, the newest version is 2d 4h old", "photos: recovered, there is a new version",
                "photos: restore drill passed", "homelab-01: configuration refused",
                "homelab-01: 3 reports, 1 failure, 1 warning, 1 good",
            ])
    }

    @Test("of a run's beginning and of its end have names of their own")
    func names() {
        #expect(ReportSamples.start.id == "01JD6Z3M9K7Q8V5R2T4W6X8Y0A.start")
        #expect(ReportSamples.warning.id == "01JD6Z3M9K7Q8V5R2T4W6X8Y0A")
        #expect(Set(ReportSamples.all.map(\.1.id)).count == ReportSamples.all.count)
    }

    @Test("has as much of the log as the receiver is to have, and says what it leaves out")
    func log() throws {
        let report = ReportSamples.failure
        let none = try JSONValue(parsing: report.limited(to: .none).serialized())
        #expect(none["log"]?["included"]?.string == "none" && none["problems"]?.array?[1]["sample"] == nil)
        let some = try JSONValue(parsing: report.limited(to: .problems).serialized())
        #expect(some["log"]?["lines"]?.array?.isEmpty == true && some["problems"]?.array?[1]["sample"] != nil)
        let all = try JSONValue(parsing: report.limited(to: .all).serialized())
        #expect(all["log"]?["lines"]?.array?.count == 2)
        var long = report
        long.log.lines = (0..<5000).map { "line \($0) \(String(repeating: "x", count: 40))" }
        let bytes = long.serialized()
        #expect((32 << 10...64 << 10).contains(bytes.count))
        let document = try JSONValue(parsing: bytes)
        let lines = try #require(document["log"]?["lines"]?.array)
        #expect(lines.last?.string?.hasPrefix("line 4999 ") == true)
        #expect(document["log"]?["omitted_lines"]?.integer == Int64(5000 - lines.count))
        #expect(document["problems"]?.array?.count == 2)
    }

    @Test("measures to the millisecond, and never backwards")
    func duration() {
        #expect(ReportSamples.warning.run.durationSeconds == 6622.4)
        var run = ReportSamples.warning.run
        swap(&run.started, &run.finished)
        #expect(run.durationSeconds == 0)
    }

    @Test("stays below 64 KiB, and says how many problems it leaves out")
    func bounded() throws {
        var report = ReportSamples.warning
        report.problems = (0..<5000).map { number in
            .init(severity: .warning, message: "problem \(number) " + String(repeating: "é", count: 50))
        }
        let bytes = report.serialized()
        #expect((32 << 10...64 << 10).contains(bytes.count))
        let document = try JSONValue(parsing: bytes)
        let kept = try #require(document["problems"]?.array)
        #expect(document["omitted_problems"]?.integer == Int64(5000 - kept.count))
        #expect(kept.first?["message"]?.string?.hasPrefix("problem 0 ") == true)

        report.problems = [.init(severity: .error, message: String(repeating: "x", count: 1_000_000))]
        #expect(report.serialized().count < 8000)
    }

    @Test("shows the ends of paths, and of many paths the first five")
    func paths() {
        let problem = RunReport.Problem(severity: .warning, message: "m", paths: (1...9).map { "/a/b/c/d/\($0)" })
        #expect(problem.sample == (1...5).map { "/a/b/…/\($0)" })
        #expect(
            RunReport.Problem(severity: .warning, message: "m", paths: ["/a/b/c", "a/b/c/d", "/"]).sample == [
                "/a/b/c", "a/b/…/d", "/",
            ])
    }

    @Test("passes every text that could hold a secret through the mask")
    func masked() {
        var report = ReportSamples.warning
        report.problems = [.init(severity: .error, message: "a swordfish", paths: ["/swordfish"])]
        report.destinations[0].label = "s3://swordfish"
        let text = String(
            decoding: report.serialized { $0.split(separator: "swordfish").joined(separator: "••••") }, as: UTF8.self)
        #expect(!text.contains("swordfish"))
    }

    @Test("orders results from good to bad")
    func order() {
        #expect(RunReport.Result.success < .warning && RunReport.Result.warning < .failure)
        #expect(max(RunReport.Result.failure, .success) == .failure)
    }
}

/// Texts that are kept beside the tests; `UPDATE_GOLDENS=1` writes them anew.
enum Golden {
    static func check(_ text: String, name: String, source: String = #filePath) throws {
        let folder = source.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let path = "\(folder)/Goldens/\(name)"
        if getenv("UPDATE_GOLDENS") != nil {
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            try Array(text.utf8).withUnsafeBytes { try file.write(all: $0) }
        }
        let file = try FileDescriptor.open(path)
        var bytes = [UInt8](repeating: 0, count: Int(try file.size()))
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
