import Configuration
import Glibc
import Jobs
import Ledger
import Listening
import Logging
import Support
import Synchronization
import Testing

@testable import Commands

/// `dunnage run` beside a service that is not always in order.
@Suite("Jobs that a service runs")
struct ServiceBatchTests {
    private let double: ServiceDouble
    private let folder: TemporaryFolder
    private let configuration: Configuration
    private let interruption = Interruption()
    private let lines = Lines()

    private final class Lines: Sendable {
        private let all = Mutex<[String]>([])
        var text: String { all.withLock { $0.joined(separator: "\n") } }
        func add(_ line: String) { all.withLock { $0.append(line) } }
    }

    private struct Recorder: LogHandler {
        let lines: Lines
        var logLevel: Logger.Level = .info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add("\(event.level): \(event.message) \(event.metadata?["error"].map { "\($0)" } ?? "")")
        }
    }

    init() throws {
        double = try ServiceDouble()
        folder = try TemporaryFolder(prefix: "dunnage-batch")
        let text = """
            version: 1
            destinations: { disk: { url: "file://\(folder.path)/backup" } }
            jobs:
              home: { sources: [{ path: \(folder.path) }], encryption: none, destinations: [disk] }
            """
        try SmallFile.replace("\(folder.path)/dunnage.yaml", with: Array(text.utf8))
        configuration = try ConfigurationLoader.load(path: "\(folder.path)/dunnage.yaml", environment: [:])
            .configuration
    }

    /// Runs the job, with pauses that are short.
    private func run(
        log: @escaping (String) -> Void = { _ in }
    ) throws -> (code: Jobs.ExitCode, result: ServiceBatch.Result?) {
        let logger = Logger(label: "test") { [lines] _ in Recorder(lines: lines) }
        let display = ProgressDisplay(.none, on: Console(environment: [:])) { _ in }
        var batch = ServiceBatch(
            service: RunningService(double.state), configuration: configuration, ledger: double.ledger,
            setting: OutputSetting(logger: logger, zone: TimeZoneClock(), progress: display),
            interruption: interruption, failsOnWarning: false, log: log)
        batch.pace = ServicePace(
            patience: .milliseconds(300), look: .milliseconds(5), stopPause: .milliseconds(5), stopAttempts: 3,
            reportPatience: .milliseconds(100))
        var result: ServiceBatch.Result?
        let code = try batch.run(configuration.jobs) { result = $0 }
        return (code, result)
    }

    /// Asks to stop as soon as the run is followed.
    private func stopSoon(by signal: StopSignal = .terminate) {
        let sent = Flag()
        double.observe { [interruption] call in
            guard call.hasSuffix(ServiceDouble.run), sent.raise() else { return }
            interruption.request(signal)
        }
    }

    /// Is raised once.
    private final class Flag: Sendable {
        private let isRaised = Atomic(false)
        func raise() -> Bool { !isRaised.exchange(true, ordering: .acquiringAndReleasing) }
    }

    @Test("a stop that the service does not take is told and tried again, and the code is that of the stop")
    func stopAgain() throws {
        stopSoon()
        double.script("POST /stop", [.problem(503, "Not now."), .problem(500, "The ledger is busy.")])
        let (code, _) = try run()
        #expect(code == .terminated)
        #expect(double.count("/stop") == 3)
        #expect(lines.text.contains("warning: stop not passed on to the service; it is tried again Not now."))
        #expect(lines.text.contains("it is tried again The ledger is busy."))
        #expect(!lines.text.contains("error:"))
    }

    @Test("a stop that is never taken is an error in the log, and the code is that of the run, which went on")
    func stopInVain() throws {
        double.script("POST /stop", Array(repeating: .problem(503, "Not now."), count: 10))
        double.observe { [weak double, interruption] call in
            guard let double, call.hasSuffix(ServiceDouble.run) else { return }
            if !interruption.isRequested { interruption.request(.terminate) }
            if double.count("/stop") == 3, double.count("GET /api/v1/runs/run-1") > 6 { double.end("success") }
        }
        let (code, _) = try run()
        #expect(code == .success)
        #expect(double.count("/stop") == 3)
        #expect(lines.text.contains("error: stop not passed on to the service; the run goes on there"), "\(lines.text)")
    }

    @Test("SIGINT is 130, though every stop is SIGTERM to the service", arguments: StopSignal.allCases)
    func signal(_ signal: StopSignal) throws {
        stopSoon(by: signal)
        #expect(try run().code == signal.exitCode)
        #expect(lines.text.isEmpty)
    }

    @Test("a stop that takes a waiting run back ends with the signal's code; a run that vanishes alone is 75")
    func takenBack() throws {
        double.script("GET /runs/run-1", [.problem(404, "There is no run run-1.")])
        let lost = #expect(throws: Failure.self) { try run() }
        #expect(lost?.exitCode == .temporary)
        stopSoon()
        double.script(
            "GET /runs/run-1",
            [ServiceDouble.json(#"{"id": "run-1", "state": "waiting"}"#), .problem(404, "There is no run run-1.")])
        let stopped = #expect(throws: Failure.self) { try run() }
        #expect(stopped?.exitCode == .terminated)
    }

    @Test("a report that comes late is waited for; one that does not come is told, and changes no code")
    func report() throws {
        double.end("success")
        double.script("GET /report", [.problem(404, "Run run-1 has no report.")])
        let late = try run()
        #expect(late.code == .success && late.result?.report?["job"]?.string == "home")
        #expect(lines.text.isEmpty, "\(lines.text)")
        double.script("GET /report", Array(repeating: .problem(404, "Run run-1 has no report."), count: 1000))
        let never = try run()
        #expect(never.code == .success && never.result != nil && never.result?.report == nil)
        #expect(lines.text.contains("warning: report of the run not read Run run-1 has no report."), "\(lines.text)")
    }

    @Test("a log is read in all its parts; what cannot be read of it is told, and changes no code")
    func log() throws {
        double.end("success")
        double.script("GET /log", [.text("one\ntwo\n"), .text("three\n")])
        var log: [String] = []
        #expect(try run { log.append($0) }.code == .success)
        #expect(log == ["one", "two", "three"])
        #expect(lines.text.isEmpty)
        double.script("GET /log", [.text("one\n"), .problem(500, "It cannot be read.")])
        #expect(try run().code == .success)
        #expect(lines.text.contains("warning: log of the run not read to its end It cannot be read."), "\(lines.text)")
    }

    @Test("a service that is out of order for a moment is waited for")
    func moment() throws {
        double.end("success")
        double.script(
            "GET /runs/run-1",
            [.problem(503, "Too busy."), .problem(500, "The ledger is busy."), ServiceDouble.json("{}")])
        #expect(try run().code == .success)
        #expect(double.count("/runs/run-1") == 4)
    }

    @Test("when the service is gone for good, the ledger tells the end, or nobody does: then it is 75, and says so")
    func gone() throws {
        let left = Flag()
        double.observe { [weak double] call in
            // From another thread: a handler is waited for.
            guard call.hasSuffix("/log"), left.raise() else { return }
            _ = try? WorkerThread("leaving") { double?.leave() }
        }
        let unknown = #expect(throws: Failure.self) { try run() }
        #expect(unknown?.exitCode == .temporary)
        #expect(unknown?.message.contains("has not ended as far as is known") == true, "\(unknown?.message ?? "")")
    }

    @Test("when the service ends with the run, the ledger has its end")
    func written() throws {
        let now = Timestamp(seconds: 1_795_000_000)
        try double.ledger.begin(
            RunStart(id: ServiceDouble.run, job: "home", trigger: .api, started: now))
        try double.ledger.finish(
            ServiceDouble.run, RunEnd(finished: now, state: .failed, exitCode: 77, code: "E305", message: "No."))
        double.script("GET /runs/run-1", Array(repeating: .problem(503, "It ends."), count: 100))
        let (code, result) = try run()
        #expect(code == .credentials)
        #expect(result?.record["message"]?.string == "No.")
    }
}
