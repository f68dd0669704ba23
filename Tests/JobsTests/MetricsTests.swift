import Foundation
import Jobs
import Ledger
import Support
import TestSupport
import Testing

@Suite("Metrics")
struct MetricsTests {
    private let fixture: Fixture
    private let ledger: Ledger
    private let now = Timestamp(seconds: 1_795_392_000)

    init() throws {
        var fixture = try Fixture()
        fixture.environment["REPORT_KEY"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        self.fixture = fixture
        ledger = try Ledger(path: nil)
    }

    private func context(_ metrics: String = "", job: String = "") throws -> RunContext {
        var context = try fixture.context(
            fixture.text(
                reportingTo: "http://127.0.0.1:1",
                replacing: [
                    ("runtime:\n", "runtime:\n\(metrics)"),
                    ("    destinations: [disk]\n", "    destinations: [disk]\n\(job)"),
                    ("instance: laptop", "instance: lap top"), ("    reports: [monitor]\n", ""),
                ]))
        context.ledger = ledger
        return context
    }

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: now.seconds + seconds) }

    private func run(_ id: String, _ state: RunState, at seconds: Int64) throws {
        try ledger.begin(RunStart(id: id, job: "home", started: at(seconds)))
        try ledger.finish(
            id,
            RunEnd(
                finished: at(seconds + 90), state: state, files: 214_803, bytes: 2_914_406_117,
                destinations: [
                    DestinationRecord(
                        name: "disk", state: state, version: at(seconds), uploadedBytes: 1000,
                        storedBytes: 5_000_000_000,
                        versions: 7, milliseconds: 89_500)
                ]))
    }

    @Test("what the ledger knows of a job and its destination is told, also by a process that has just begun")
    func text() throws {
        let context = try context(job: "    slo: { rpo: 26h }\n    schedule: { cron: \"0 3 * * *\", timezone: UTC }\n")
        try ledger.judge([Objective(job: "home", destination: "disk", recoveryPoint: 93_600)], at: at(-9000))
        try run("A", .success, at: -7200)
        try run("B", .failed, at: -3600)
        try ledger.pause("home", reason: nil, at: now)
        try ledger.verified("home", at: "disk", at(-4000), isGood: true)
        try ledger.verified("home", at: "disk", at(-100), isGood: false)
        try ledger.quarantine(
            Quarantine(
                job: "home", destination: "disk", run: "A", version: nil, since: at(-7200), findings: ["smaller"]))
        let text = try RunnerMetrics(
            context.configuration, ledger, at: now, reload: .init(isGood: false, last: at(-10))
        ).text
        for line in [
            "# TYPE dunnage_backup_last_success_timestamp_seconds gauge",
            "dunnage_backup_last_success_timestamp_seconds{backup=\"home\",destination=\"disk\"} 1795384800",
            "dunnage_backup_last_run_timestamp_seconds{backup=\"home\",destination=\"disk\"} 1795388490",
            "dunnage_backup_last_result{backup=\"home\",destination=\"disk\",result=\"failed\"} 1",
            "dunnage_backup_last_result{backup=\"home\",destination=\"disk\",result=\"success\"} 0",
            "dunnage_verify_last_success_timestamp_seconds{backup=\"home\",destination=\"disk\"} 1795388000",
            "dunnage_destination_used_bytes{destination=\"disk\"} 5000000000",
            "# TYPE dunnage_backup_runs_total counter",
            "dunnage_backup_runs_total{backup=\"home\",destination=\"disk\",result=\"success\"} 1",
            "dunnage_backup_uploaded_bytes_total{backup=\"home\",destination=\"disk\"} 2000",
            "dunnage_backup_overdue{backup=\"home\",destination=\"disk\"} 0",
            "dunnage_backup_next_run_timestamp_seconds{backup=\"home\"} 1795402800",
            "dunnage_backup_rpo_seconds{backup=\"home\"} 93600",
            "dunnage_backup_quarantined{backup=\"home\"} 1", "dunnage_backup_paused_retention{backup=\"home\"} 1",
            "dunnage_backup_paused{backup=\"home\"} 1", "dunnage_backup_running{backup=\"home\"} 0",
            "dunnage_backup_source_bytes{backup=\"home\"} 2914406117",
            "dunnage_backup_versions{backup=\"home\",destination=\"disk\"} 7",
            "dunnage_backup_last_duration_seconds{backup=\"home\",destination=\"disk\"} 89.5",
            "dunnage_report_outbox_size{report=\"monitor\"} 0", "dunnage_config_last_reload_successful 0",
            "dunnage_build_info{version=\"\(ProgramVersion.current)\"} 1",
        ] { #expect(text.contains("\(line)\n"), "\(line)\nin\n\(text)") }
        #expect(!text.contains("dunnage_backup_rto_seconds"))
    }

    @Test(
        "another program's parser reads the text as it was meant, odd names and all",
        .enabled(if: PrometheusParser.isThere, "prometheus_client is not installed; scripts/test-tools.sh brings it"))
    func parsed() throws {
        try run("A", .warning, at: -60)
        let text = try RunnerMetrics(context().configuration, ledger, at: now).text
        let samples = try PrometheusParser.samples(of: text)
        #expect(samples.count == text.split(separator: "\n").count { !$0.hasPrefix("#") })
        #expect(samples["dunnage_backup_last_result home disk warning"] == "1")
        #expect(samples["dunnage_backup_runs_total home disk warning"] == "1")
    }

    @Test("a file is replaced as a whole, and a gateway gets the same text under the name of the installation")
    func delivered() throws {
        let server = try LoopbackHTTPServer([.response(status: 200)])
        defer { server.stop() }
        let file = "\(fixture.path)/dunnage.prom"
        try fixture.write("old", to: "dunnage.prom")
        let context = try context("  metrics: { file: \(file), push_gateway: \"\(server.url)/gate/\" }\n")
        MetricsDelivery(in: context).deliver()
        let written = try String(contentsOfFile: file, encoding: .utf8)
        #expect(written.contains("dunnage_build_info"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.path).filter { $0.hasPrefix("dunnage.prom") }
                == ["dunnage.prom"])
        let request = try #require(server.requests.first)
        #expect(request.method == "PUT" && request.target == "/gate/metrics/job/dunnage/instance/lap%20top")
        #expect(request.body == Array(written.utf8))
        #expect(fixture.lines.all.isEmpty)
    }

    @Test("what cannot be left is a warning: for a folder that is not there, and a gateway that refuses")
    func failures() throws {
        let server = try LoopbackHTTPServer([.response(status: 503)])
        defer { server.stop() }
        let context = try context("  metrics: { file: /nonexistent/x.prom, push_gateway: \"\(server.url)\" }\n")
        MetricsDelivery(in: context).deliver()
        let lines = fixture.lines.all.map { "\($0)" }
        #expect(lines.count == 2)
        #expect(lines.contains { $0.contains("metrics not written") && $0.contains("/nonexistent/x.prom") })
        #expect(lines.contains { $0.contains("metrics not pushed") && $0.contains("503") })
    }
}

/// Prometheus's own parser for Python.
private enum PrometheusParser {
    static let isThere = Python.has("prometheus_client")

    /// The values by name and label values, which follow each other.
    static func samples(of text: String) throws -> [String: String] {
        let program = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            for family in parse(sys.stdin.read()):
                for sample in family.samples:
                    print(" ".join([sample.name, *sample.labels.values()]), sample.value, sep="\\t")
            """
        var samples: [String: String] = [:]
        for line in try Python.run(["-c", program], input: text).split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            samples[parts[0]] = parts[1]
        }
        return samples
    }
}
