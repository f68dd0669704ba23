import Engine
import Foundation
import Jobs
import Reporting
import Support
import Testing

@Suite("What is read back after a backup")
struct JobVerificationTests {
    private func text(_ fixture: Fixture, verify: String = "") -> String {
        fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [("    destinations: [disk]\n    reports: [monitor]", "    destinations: [disk]\(verify)")]
        ).components(separatedBy: "reports:\n").first.map { text in
            text.replacingOccurrences(of: "  report_key:\n    env: REPORT_KEY\n", with: "")
        } ?? ""
    }

    @Test("a run that stored something reads one set back, and one without changes nothing")
    func rotation() throws {
        let fixture = try Fixture()
        let first = try fixture.run(text(fixture))
        #expect(first.exitCode == .success)
        let verification = try #require(first.report.destinations.first?.verification)
        #expect(verification.sampled == 3 && verification.failed == 0 && verification.level == "sample")
        #expect(verification.blocks > 0 && verification.faults.isEmpty)
        let second = try fixture.run(text(fixture))
        #expect(second.exitCode == .success)
        #expect(second.report.destinations.first?.verification == nil)
        let always = "\n    verify: { after_backup: { samples: 1, when: always } }"
        let third = try fixture.run(text(fixture, verify: always))
        #expect(third.report.destinations.first?.verification?.sampled == 3)
        try fixture.write("more\n", to: "source/more.txt")
        let off = try fixture.run(text(fixture, verify: "\n    verify: { after_backup: off }"))
        #expect(off.report.destinations.first?.version != nil)
        #expect(off.report.destinations.first?.verification == nil)
    }

    @Test("a sample with a fault fails the run, and the version is made all the same")
    func fault() throws {
        let fixture = try Fixture()
        _ = try fixture.run(text(fixture))
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.path + "/backup")
        let volume = URL(filePath: "\(fixture.path)/backup/\(try #require(names.first { $0.contains("dblock") }))")
        var bytes = try Data(contentsOf: volume)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: volume)
        try fixture.write("more\n", to: "source/more.txt")
        let result = try fixture.run(text(fixture, verify: "\n    verify: { after_backup: 100% }"))
        #expect(result.exitCode == .failure)
        let destination = try #require(result.report.destinations.first)
        #expect(destination.version != nil && destination.versions == 2)
        #expect(destination.verification?.failed == 1)
        #expect(destination.verification?.faults["modified"] ?? 0 > 0)
        guard case .failure(let failure) = result.outcome else { return }
        #expect(failure.message.hasPrefix("The backup was made"))
    }
}
