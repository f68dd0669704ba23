import Configuration
import Destinations
import JSON
import Support
import TestSupport
import Testing

@testable import Commands

@Suite("Texts of the commands about destinations")
struct DestinationToolsTextTests {
    @Test("the command that orders from the archive is one that a shell reads back as it is meant")
    func hint() {
        let version = Timestamp(seconds: 1_800_000_000)
        let job = StoreChoice(
            place: .job("home", destination: "glacier", configuration: ConfigurationInput(["a b.yaml"])),
            patterns: ["*/it's.txt"])
        #expect(
            ThawHint.command(job, version: version) == "dunnage thaw home '*/it'\\''s.txt' --config 'a b.yaml' "
                + "--destination glacier --version 2027-01-15T08:00:00Z --wait")
        let url = StoreChoice(place: .url("s3://bucket/x?y=1", passphraseFile: "p"), patterns: [])
        #expect(
            ThawHint.command(url, version: version) == "dunnage thaw --store 's3://bucket/x?y=1' --passphrase-file p "
                + "--version 2027-01-15T08:00:00Z --wait")
    }

    @Test("times are told as precisely as they matter")
    func times() {
        let times: [Duration] = [.microseconds(40), .microseconds(450), .milliseconds(12), .seconds(3.04)]
        #expect(times.map { ProbeText.time($0) } == ["0.0 ms", "0.4 ms", "12 ms", "3.0 s"])
    }

    @Test("a probe names the rights that are missing, in text and for machines")
    func rights() throws {
        let able = AbleDestination()
        able.behaviour.rights = [.list, .get]
        let report = try DestinationProbe(able, level: .writing).run()
        let lines = ProbeText(report, name: "offsite", isQuiet: false).lines
        #expect(lines.first == "offsite: able://memory")
        let refusal = "the credentials may not store objects: Access Denied"
        #expect(lines.contains { $0.hasPrefix("put ") && $0.contains(refusal) })
        #expect(lines.contains { $0.hasPrefix("The credentials lack a right: put.") })
        let json = report.json(name: "offsite")
        #expect(json["missing_rights"]?.array?.compactMap(\.string) == ["put"])
        let put = json["checks"]?.array?.first { $0["name"]?.string == "put" }
        #expect(put?["missing_right"]?.string == "put" && put?["error"]?.string == "permission")
    }

    @Test("a container that is missing is answered with the flag that makes it")
    func missingContainer() throws {
        let able = AbleDestination()
        able.behaviour.hasContainer = false
        let report = try DestinationProbe(able, level: .writing).run()
        #expect(ProbeText(report, name: nil, isQuiet: true).lines.contains { $0.contains("--create") })
    }

    @Test("a judgement names each way with its state, and the advice for those that are not closed")
    func judgement() throws {
        let able = AbleDestination()
        able.behaviour.keepsVersions = true
        able.behaviour.risks = [
            HistoryRisk("delete", isOpen: false, "versions are kept", advice: "Nothing."),
            HistoryRisk("lift_locks", isOpen: nil, "it does not tell", advice: "Look it up."),
        ]
        let lines = HistoryText(try HistoryProbe(able).run(), name: nil, isQuiet: false).lines
        #expect(lines.contains { $0.hasPrefix("delete ") && $0.contains("closed") })
        #expect(lines.contains("lift_locks: Look it up.") && !lines.contains("delete: Nothing."))
        #expect(lines.contains { $0.contains("is kept that no listing shows") })
        #expect(lines.contains { $0.hasPrefix("No way was found") })
    }
}
