import Foundation
import JSON
import Support
import TestSupport
import Testing

@testable import Commands
@testable import Configuration
@testable import Jobs

/// The forms of a plan; `UPDATE_GOLDENS=1 swift test` writes the texts anew.
@Suite("The forms of a plan")
struct PlanFormatTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens").path
    private static let hash = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(iso8601: text)) }

    private func origin(_ line: Int) -> Origin { Origin(.file, "backup.yaml", line: line, column: 3) }

    /// A plan with everything that a plan can say.
    private func sample() throws -> Plan {
        let versions = try (1...12).map { day in
            RetentionEffect.Version(
                time: try Self.time("2026-10-\(day + 10)T22:04:00Z"), bytes: Int64(day) << 30,
                reason: "another is kept within 1d, up to 7d back", isDueAnyway: day < 3)
        }
        let times = try ["2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z"].map {
            try Self.time($0)
        }
        var photos = PlannedJob(name: "photos", kind: .changed, origin: origin(127))
        photos.changes = [
            PlanChange(path: "retention.tiers[0]", old: "{for: 30d}", new: "{for: 7d}", origin: origin(155)),
            PlanChange(path: "filters[3]", old: nil, new: "{exclude: /source/raw/}", origin: origin(138)),
            PlanChange(path: "filters[1]", old: "{exclude: \"*.tmp\"}", new: nil, origin: nil),
        ]
        photos.stores = [
            StoreEffect("nas", .moved(from: "file:///old", to: "file:///new")),
            StoreEffect("s3", .unfit(setting: "options.block_size", from: "100 KiB", to: "1 MiB")),
        ]
        photos.retention = [
            RetentionEffect(
                "swift", .versions(.init(versions: versions, count: 54, limit: 10, freedBytes: 44_900_000_000))),
            RetentionEffect("nas", .unknown("The destination does not answer.")), RetentionEffect("s3", .noStore),
        ]
        var selection = FilesEffect.Selection()
        selection.removed = .init(files: 18_204, bytes: 3 << 39, sample: ["/source/raw/1.dng", "/source/raw/2.dng"])
        selection.added = .init(files: 1, bytes: 5, sample: ["/source/x.tmp"])
        selection.problems = ["/gone cannot be read"]
        selection.problemCount = 2
        photos.files = .walked(selection)
        photos.schedule = ScheduleEffect(
            old: .init(zone: "Europe/Berlin", next: times), new: .init(zone: "Asia/Tokyo", next: []))
        var mail = PlannedJob(name: "mail", kind: .added, origin: origin(200))
        mail.stores = [StoreEffect("s3", .new)]
        mail.files = .skipped("offline: the sources were not walked")
        var wiki = PlannedJob(name: "wiki", kind: .removed, origin: nil)
        wiki.stores = [StoreEffect("s3", .unmanaged)]
        return Plan(
            base: "git HEAD~1 (4be1d2c)", baseFingerprint: "sha256:9f2c41d0aaaa", fingerprint: "sha256:1a77e3b9bbbb",
            jobs: [photos, mail, wiki], unchangedJobs: 2,
            changes: [PlanChange(path: "runtime.timezone", old: "UTC", new: "Europe/Berlin", origin: origin(4))],
            secrets: .checked([.init(name: "nas", reason: "secret `nas` needs the file /x, which does not exist.")]),
            diagnostics: [
                Diagnostic(
                    code: .tooFewCopies, severity: .error, message: "jobs.mail has 1 destination, not 2",
                    file: "backup.yaml", line: 200, column: 3, endLine: 200, endColumn: 7, notes: [], help: [],
                    excerpt: nil)
            ], hash: Self.hash)
    }

    private func zone() throws -> TimeZoneClock { try #require(TimeZoneClock(named: "Europe/Berlin")) }

    private func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = "\(Self.folder)/\(name)"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOfFile: path, encoding: .utf8)), sourceLocation: sourceLocation)
    }

    @Test("the text")
    func text() throws {
        let lines = try PlanText(sample(), .needed, zone: zone()).lines
        try expect(lines.joined(separator: "\n") + "\n", "plan.txt")
    }

    @Test("the document")
    func document() throws {
        let plan = try sample()
        let value = JSONValue.object(plan.json + PlanVerdict.needed.json)
        try expect(String(decoding: value.serialized(pretty: true), as: UTF8.self) + "\n", "plan.json")
    }

    @Test("the comment of a pull request")
    func markdown() throws {
        let lines = try PlanMarkdown(sample(), .refused, zone: zone()).lines
        try expect(lines.joined(separator: "\n") + "\n", "plan.md")
    }

    @Test("a verdict follows from the plan, the gate and the approval")
    func verdicts() throws {
        let plan = try sample()
        #expect(PlanVerdict(plan, isGate: false, isApproved: false) == .needed)
        #expect(PlanVerdict(plan, isGate: true, isApproved: false) == .refused)
        #expect(PlanVerdict(plan, isGate: true, isApproved: true) == .approved)
        let harmless = Plan(
            base: "x", baseFingerprint: nil, fingerprint: "y", jobs: [], unchangedJobs: 0, changes: [],
            secrets: .skipped,
            diagnostics: [], hash: "z")
        #expect(PlanVerdict(harmless, isGate: true, isApproved: false) == .harmless)
        #expect(PlanText(harmless, .harmless, zone: try zone()).lines.last == "Plan z: Nothing changes.")
    }

    // MARK: Hostile names

    /// A plan in which everything that comes from outside is one text.
    private func plan(saying text: String) -> Plan {
        var job = PlannedJob(name: text, kind: .changed, origin: Origin(.file, text, line: 1, column: 1))
        job.changes = [PlanChange(path: text, old: text, new: "\(text)2", origin: Origin(.file, text, line: 1))]
        job.stores = [StoreEffect(text, .moved(from: text, to: text))]
        job.retention = [
            RetentionEffect(text, .unknown(text)),
            RetentionEffect(
                text,
                .versions(
                    .init(
                        versions: [.init(time: Timestamp(seconds: 0), bytes: 1, reason: text, isDueAnyway: false)],
                        count: 2, limit: 0, freedBytes: 1))),
        ]
        var selection = FilesEffect.Selection()
        selection.removed = .init(files: 1, bytes: 1, sample: [text])
        selection.problems = [text]
        selection.problemCount = 1
        job.files = .walked(selection)
        return Plan(
            base: text, baseFingerprint: nil, fingerprint: "sha256:1", jobs: [job], unchangedJobs: 0,
            changes: job.changes,
            secrets: .checked([.init(name: text, reason: text)]),
            diagnostics: [
                Diagnostic(
                    code: .badValue, severity: .error, message: text, file: text, line: 1, column: 1, endLine: 1,
                    endColumn: 1, notes: [], help: [], excerpt: nil)
            ], hash: "sha256:2")
    }

    /// What Markdown and HTML could take for something, line by line.
    private func structure(_ plan: Plan) throws -> [String] {
        try PlanMarkdown(plan, .refused, zone: zone()).lines.map { line in
            String(line.replacing(/&#[0-9]+;/, with: "").filter { "<>|`*_[]()!@#~\\\n\r&".contains($0) })
        }
    }

    @Test("no name, path or message can break out of the comment of a pull request")
    func hostile() throws {
        let expected = try structure(plan(saying: "x"))
        let texts = [
            "a|b", "`code`", "</code><img src=x onerror=alert(1)>", "@everyone #1", "**bold** _it_ ~~no~~",
            "[x](http://y)",
            "line\nbreak\r\n# head", "<!-- -->", "</details>", "\\|", "&lt;", "| --- |", "www.example.com",
            "\u{202E}rtl",
            "```\nfence", "<details>", "$x$", "![x](y)",
        ]
        for text in texts { #expect(try structure(plan(saying: text)) == expected, "\(text)") }
        var generator = SeededGenerator.printed("hostile names")
        let alphabet = Array("<>|`*_[]()!@#~\\\n\r&;/abc- :.\"'\u{2028}\u{1B}")
        for _ in 0..<300 {
            let text = String((0..<20).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
            #expect(try structure(plan(saying: text)) == expected, "\(text.debugDescription)")
        }
    }

    @Test("a very long plan still fits the comment of a pull request")
    func size() throws {
        var plan = plan(saying: String(repeating: "`", count: 5000))
        #expect(try PlanMarkdown(plan, .refused, zone: zone()).lines.joined(separator: "\n").utf8.count < 65_536)
        var job = plan.jobs[0]
        job.changes = (0..<5000).map { PlanChange(path: "filters[\($0)]", old: nil, new: "{exclude: x}", origin: nil) }
        plan = Plan(
            base: "x", baseFingerprint: nil, fingerprint: "y", jobs: Array(repeating: job, count: 500),
            unchangedJobs: 0,
            changes: [], secrets: .skipped, diagnostics: [], hash: "z")
        #expect(try PlanMarkdown(plan, .refused, zone: zone()).lines.joined(separator: "\n").utf8.count < 65_536)
    }
}
