import CPosix
import Configuration
import Foundation
import Glibc
import Reporting
import Support
import Synchronization
import Testing

@testable import Jobs

@Suite("What the runs of a job may take")
struct ResourceLimitTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    // MARK: Priorities

    private static let tellNice = "cut -d' ' -f19 /proc/self/stat"

    /// A job whose source is a command that waits until somebody has looked at it; everything it starts tells its nice
    /// value.
    private func job(_ limits: String, destinations: String) -> String {
        let (path, nice) = (fixture.path, Self.tellNice)
        let command = "\(nice) > \(path)/command; touch \(path)/begun; while [ ! -e \(path)/seen ]; do sleep 0.01; done"
        return fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                ("    reports: [monitor]\n", ""),
                ("jobs:\n", "  second: { url: \"file://\(path)/second\" }\njobs:\n"),
                ("destinations: [disk]", "destinations: \(destinations)\n    limits: \(limits)"),
                (
                    "      - path: \(path)/source\n",
                    "      - path: /dump\n        command: [sh, -c, \"\(command)\"]\n"
                ),
                (
                    "  home:\n",
                    """
                      home:
                        hooks:
                          before:
                            - command: [sh, -c, "\(nice) > \(path)/before"]
                              undo: { command: [sh, -c, "\(nice) > \(path)/undone"] }
                          after: [{ command: [sh, -c, "\(nice) > \(path)/after"] }]

                    """
                ),
            ])
    }

    private func told(_ name: String) throws -> Int32? {
        Int32(try String(contentsOfFile: "\(fixture.path)/\(name)", encoding: .utf8).trimming)
    }

    /// The names of this process's threads that are at the lowest priority, each with its class for the disks.
    private static func lowered() throws -> [String: Int32] {
        var found: [String: Int32] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
            guard let thread = Int32(name), cposix_thread_nice(thread) == 19,
                let comm = try? String(contentsOfFile: "/proc/self/task/\(name)/comm", encoding: .utf8)
            else { continue }
            found[comm.trimming] = cposix_thread_disk_class(thread)
        }
        return found
    }

    @Test(
        "`cpu: low` and `io: idle` hold for all threads of a run and for its sources' commands, not for hooks",
        arguments: ["[disk]", "[disk, second]"])
    func priorities(_ destinations: String) throws {
        let (begun, seen) = ("\(fixture.path)/begun", "\(fixture.path)/seen")
        let usual = cposix_thread_nice(0)
        let lowered = Mutex<[String: Int32]>([:])
        let watcher = try WorkerThread("watcher") {
            let limit = ContinuousClock.now + .seconds(30)
            while access(begun, F_OK) != 0, ContinuousClock.now < limit { usleep(1000) }
            lowered.withLock { $0 = (try? Self.lowered()) ?? [:] }
            close(open(seen, O_CREAT | O_WRONLY, 0o600))
        }
        let result = try fixture.run(job("{ cpu: low, io: idle }", destinations: destinations))
        watcher.join()
        #expect(result.outcome == .success, "\(result.report.problems)")
        let threads = lowered.withLock { $0 }
        #expect(Set(threads.keys).isSuperset(of: ["destination", "read commands", "work", "pack", "upload"]))
        let hasClasses = cposix_thread_disk_class(0) >= 0
        #expect(threads.values.allSatisfy { $0 == (hasClasses ? 3 : -1) }, "\(threads)")
        #expect(fixture.lines.all.contains { $0.contains("priority not lowered") } == !hasClasses)
        #expect(try told("command") == 19)
        for hook in ["before", "undone", "after"] { #expect(try told(hook) == usual, "\(hook)") }
        #expect(cposix_thread_nice(0) == usual)
    }

    @Test("without them everything has the priority of the program")
    func usual() throws {
        close(open("\(fixture.path)/seen", O_CREAT | O_WRONLY, 0o600))
        let result = try fixture.run(job("{ cpu: normal, io: normal }", destinations: "[disk, second]"))
        #expect(result.outcome == .success, "\(result.report.problems)")
        for name in ["command", "before", "undone", "after"] {
            #expect(try told(name) == cposix_thread_nice(0), "\(name)")
        }
    }

    // MARK: Transfers

    @Test("two destinations share the rate of their job")
    func rate() throws {
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255) }
        try noise.withUnsafeBytes { bytes in
            try FileDescriptor.open("\(fixture.path)/source/noise", flags: O_WRONLY | O_CREAT).write(all: bytes)
        }
        let text = fixture.text(
            reportingTo: "http://127.0.0.1:1",
            replacing: [
                ("    reports: [monitor]\n", ""),
                ("jobs:\n", "  second: { url: \"file://\(fixture.path)/second\" }\njobs:\n"),
                ("destinations: [disk]", "destinations: [disk, second]\n    limits: { upload: 400KB/s }"),
            ])
        let began = ContinuousClock.now
        let result = try fixture.run(text)
        #expect(result.outcome == .success, "\(result.report.problems)")
        // 400,000 bytes and some, of which a tenth of a second's are free; each by itself would need 0.4 s.
        #expect(ContinuousClock.now - began >= .milliseconds(850))
    }

    @Test("a destination gets as many uploads as its job has, less one for each other destination")
    func uploads() throws {
        func uploads(_ limits: String, _ destinations: Int, _ most: Int) throws -> Int {
            let text = fixture.text(
                reportingTo: "http://127.0.0.1:1",
                replacing: [("destinations: [disk]", "destinations: [disk]\n    limits: \(limits)")])
            let job = try fixture.context(text).configuration.findJob("home")
            return job.uploads(atOneOf: destinations, whichMayGet: most)
        }
        #expect(try uploads("{ parallel_uploads: 4 }", 1, 8) == 4)
        #expect(try uploads("{ parallel_uploads: 4 }", 1, 2) == 2)
        #expect(try uploads("{ parallel_uploads: 4 }", 2, 4) == 3)
        #expect(try uploads("{ parallel_uploads: 2 }", 3, 4) == 1)
        #expect(try uploads("{ cpu: low }", 3, 4) == 4)
    }
}

extension String {
    fileprivate var trimming: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
