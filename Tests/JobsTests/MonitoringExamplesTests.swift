import Foundation
import Jobs
import Ledger
import Support
import TestSupport
import Testing

/// What examples/monitoring and docs/metrics.md ask for has to be what is exported.
@Suite("The examples of monitoring")
struct MonitoringExamplesTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL.path

    private static func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
    }

    private static func metrics(in text: String) -> Set<String> {
        let name = /dunnage_(?:backup|build|config|destination|report|verify)_[a-z_]+/
        return Set(text.matches(of: name).map { String($0.output) })
    }

    private func exported() throws -> Set<String> {
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let context = try fixture.context(fixture.text(reportingTo: "http://127.0.0.1:1"))
        return Set(try RunnerMetrics(context.configuration, Ledger(path: nil), at: Timestamp(seconds: 0)).names)
    }

    @Test(
        "they ask for metrics that there are",
        arguments: ["examples/monitoring/alerts.yml", "examples/monitoring/grafana-dashboard.json", "docs/metrics.md"])
    func names(file: String) throws {
        let asked = Self.metrics(in: try Self.read(file))
        #expect(asked.count > 5)
        let unknown = asked.subtracting(try exported())
        #expect(unknown.isEmpty, "\(file): \(unknown.sorted())")
    }

    @Test("the page of metrics has each of them")
    func documented() throws {
        let missing = try exported().subtracting(Self.metrics(in: try Self.read("docs/metrics.md")))
        #expect(missing.isEmpty, "\(missing.sorted())")
    }

    @Test("the dashboard is JSON, and no two panels have one number")
    func dashboard() throws {
        let text = try Self.read("examples/monitoring/grafana-dashboard.json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let panels = try #require(object["panels"] as? [[String: Any]])
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count && panels.count > 5)
    }

    @Test(
        "Prometheus takes the alerts, and they fire when they should",
        .enabled(if: TestTool.areThere("promtool"), "promtool is not installed; Debian has it in prometheus"))
    func alerts() throws {
        let promtool = try #require(TestTool.path("promtool"))
        let run = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
        let folder = "\(Self.root)/examples/monitoring"
        _ = try Python.run(["-c", run, promtool, "check", "rules", "\(folder)/alerts.yml"])
        _ = try Python.run(["-c", run, promtool, "test", "rules", "\(folder)/alerts.test.yml"])
    }
}
