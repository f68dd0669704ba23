import Engine
import Foundation
import FoundationXML
import Jobs
import Support
import Testing

@testable import Commands

/// The pictures of docs/retention.md are drawn here; `UPDATE_GOLDENS=1 swift test` draws them anew.
@Suite("The picture of a simulation")
struct RetentionPictureTests {
    private static let images = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../docs/images").standardizedFileURL.path
    private static let day: Int64 = 86_400

    private let now: Timestamp
    private let zone: TimeZoneClock

    init() throws {
        now = try #require(Timestamp(iso8601: "2026-01-01T03:00:00Z"))
        zone = try #require(TimeZoneClock(named: "UTC"))
    }

    private func lines(
        _ policy: RetentionPolicy, days: Int64, versions: [RetentionVersion] = [], every interval: Int64 = day
    ) throws -> [String] {
        let simulation = try #require(
            RetentionSimulation(
                versions, policy: policy, now: now, until: Timestamp(seconds: now.seconds + days * Self.day),
                interval: interval))
        return RetentionPicture(simulation, policy: policy, now: now, zone: zone).lines
    }

    @Test(
        "those of the documentation are what the program draws",
        arguments: [
            ("retention-tiers", "7d:1d, 4w:1w", 70), ("retention-year", "7d:1d, 4w:1w, 12mo:1mo", 400),
        ] as [(String, String, Int64)])
    func tiers(name: String, tiers: String, days: Int64) throws {
        let policy = try #require(RetentionPolicy(tiers: tiers))
        try expect(try lines(policy, days: days, versions: [first]), name)
    }

    @Test("so is that of a number of versions")
    func count() throws {
        try expect(try lines(RetentionPolicy(keepVersions: 7), days: 28, versions: [first]), "retention-count")
    }

    /// What a job has after its first run.
    private var first: RetentionVersion { RetentionVersion(id: 0, time: now) }

    private func expect(_ lines: [String], _ name: String) throws {
        let text = lines.joined(separator: "\n") + "\n"
        let path = "\(Self.images)/\(name).svg"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOfFile: path, encoding: .utf8)), "\(name).svg is not what is drawn now")
    }

    @Test("it is well-formed XML with a title and a description, whatever the rules")
    func wellFormed() throws {
        let held = (0..<40).map { day in
            RetentionVersion(
                id: day, time: Timestamp(seconds: now.seconds - day * Self.day), isFull: day % 3 > 0, isHeld: day == 30)
        }
        let policies = try ["7d:1d", "forever:all", "1h:10min, 2y:all"].map { try #require(RetentionPolicy(tiers: $0)) }
        for policy in policies + [RetentionPolicy(), RetentionPolicy(keepVersions: 3, minVersions: 2)] {
            for (versions, days) in [([], 1), (held, 1), (held, 30), (Array(held.prefix(1)), 300)]
                as [([RetentionVersion], Int64)]
            {
                let text = try lines(policy, days: days, versions: versions).joined(separator: "\n")
                let parser = XMLParser(data: Data(text.utf8))
                #expect(parser.parse(), "\(policy): \(parser.parserError.map { "\($0)" } ?? "")")
                #expect(
                    text.contains("<title id=\"title\">A version every 1d, ") && text.contains("<desc id=\"desc\">"))
            }
        }
    }

    @Test("each row counts what is there at its moment, and says it in words too")
    func rows() throws {
        let versions = (0..<5).map { RetentionVersion(id: $0, time: Timestamp(seconds: now.seconds - $0 * Self.day)) }
        let text = try lines(RetentionPolicy(keepVersions: 3), days: 2, versions: versions)
        let description = try #require(text.first { $0.hasPrefix("<desc") })
        #expect(
            description.contains(
                "2026-01-01: 3 versions kept, 2 gone; 2026-01-02: 3 versions kept, 1 gone since; "
                    + "2026-01-03: 3 versions kept, 1 gone since."), "\(description)")
        #expect(text.count { $0.hasPrefix("<path class=\"kept\"") && !$0.contains("M168 46") } == 3)
    }

    @Test("twenty thousand versions make no large picture")
    func bounded() throws {
        let versions = (0..<20_000).map { RetentionVersion(id: $0, time: Timestamp(seconds: now.seconds - $0 * 900)) }
        let text = try lines(RetentionPolicy(), days: 1, versions: versions).joined(separator: "\n")
        #expect(text.utf8.count < 100_000, "\(text.utf8.count)")
        #expect(text.contains("20,001 versions kept"))
    }
}
