import Configuration
import Engine
import Foundation
import Glibc
import JSON
import Reporting
import Support
import Synchronization
import Testing

@testable import Jobs

@Suite("Several destinations from one reading")
struct DestinationFanTests {
    /// A job with a command among its sources, and destinations named `disk`, `second` and `third`.
    private func fixture(_ more: [(String, String)] = []) throws -> (Fixture, String) {
        let fixture = try Fixture()
        for name in ["second", "third"] { try FileTree.createFolder("\(fixture.path)/\(name)") }
        let command = """
                  - path: \(fixture.path)/source
                  - path: /dump
                    command: [sh, -c, "echo run >> \(fixture.path)/runs; head -c 100000 /dev/urandom"]

            """
        let replacements =
            [
                ("    reports: [monitor]\n", ""), ("      - path: \(fixture.path)/source\n", command),
                ("destinations: [disk]", "destinations: [disk, second, third]"),
                (
                    "jobs:\n",
                    """
                      second:
                        url: file://\(fixture.path)/second
                      third:
                        url: file://\(fixture.path)/third
                    jobs:

                    """
                ),
            ] + more
        return (fixture, fixture.text(reportingTo: "http://127.0.0.1:1", replacing: replacements))
    }

    private func runs(_ fixture: Fixture) throws -> Int {
        try String(contentsOfFile: "\(fixture.path)/runs", encoding: .utf8).split(separator: "\n").count
    }

    @Test("the sources are read once, commands run once, and the report says that the copies are alike")
    func once() throws {
        let (fixture, text) = try fixture()
        let result = try fixture.run(text)
        #expect(result.outcome == .success, "\(result.report.problems)")
        #expect(try runs(fixture) == 1)
        #expect(result.report.destinations.map(\.name) == ["disk", "second", "third"])
        #expect(result.report.destinations.allSatisfy { $0.capture == 1 && $0.versions == 1 })
        #expect(Set(result.report.destinations.map(\.version)).count == 1)
        #expect(result.report.source?.opened == 2 && result.report.source?.openedBytes == 100_006)
        let json = result.report.json()
        #expect(json["destinations"]?.array?.first?["capture"]?.integer == 1)
    }

    @Test("one that fails leaves the others alone, and catches up when it is there again")
    func catchesUp() throws {
        let (fixture, text) = try fixture()
        _ = try fixture.run(text)
        try FileTree.rename("\(fixture.path)/second", to: "\(fixture.path)/unplugged")
        try fixture.write("later\n", to: "source/later.txt")
        let without = try fixture.run(text)
        #expect(without.exitCode == .failure)
        #expect(without.report.destinations.map(\.result) == [.success, .failure, .success])
        #expect(without.report.destinations.map(\.versions) == [2, nil, 2])
        #expect(without.report.destinations.map(\.capture) == [1, nil, 1])
        try FileTree.rename("\(fixture.path)/unplugged", to: "\(fixture.path)/second")
        let with = try fixture.run(text)
        #expect(with.outcome == .success, "\(with.report.problems)")
        #expect(try runs(fixture) == 3)
        // The file that it missed, and the command's output.
        #expect(with.destinations.map { $0.summary?.opened } == [1, 2, 1])
        #expect(Set(with.report.destinations.map(\.version)).count == 1)
    }

    @Test("each destination has its own retention, and an optional one that fails is a warning")
    func ownRules() throws {
        let (fixture, text) = try fixture([
            (
                "destinations: [disk, second, third]",
                """
                retention: { keep_versions: 3 }
                    destinations:
                      - disk
                      - { ref: second, retention: { keep_versions: 1 } }
                      - { ref: third, optional: true }
                """
            )
        ])
        _ = try fixture.run(text)
        let second = try fixture.run(text)
        #expect(second.report.destinations.map(\.versions) == [2, 1, 2])
        FileTree.remove("\(fixture.path)/third")
        let third = try fixture.run(text)
        #expect(third.outcome == .warning)
        #expect(third.report.destinations.map(\.versions) == [3, 1, nil])
    }

    @Test("a stop while the sources are read is one for all")
    func stopped() throws {
        let (fixture, text) = try fixture([
            ("head -c 100000 /dev/urandom", "touch SLOW; sleep 60")
        ])
        let marker = "\(fixture.path)/slow"
        let context = try fixture.context(text.replacing("SLOW", with: marker))
        let interruption = context.interruption
        let watcher = try WorkerThread("watcher") {
            let limit = ContinuousClock.now + .seconds(20)
            while access(marker, F_OK) != 0, ContinuousClock.now < limit { usleep(1000) }
            interruption.request(.terminate)
        }
        let result = JobRun(try context.configuration.findJob("home"), in: context).run()
        watcher.join()
        #expect(result.exitCode == .terminated)
        #expect(result.report.run.isInterrupted)
        #expect(result.destinations.count == 3)
        #expect(result.destinations.allSatisfy { $0.outcome.isInterrupted })
        // What was seen beside the command is in a partial version everywhere.
        #expect(result.report.destinations.allSatisfy { $0.isPartial && $0.version != nil })
        #expect(Set(result.report.destinations.map(\.version)).count == 1)
    }

    @Test("what is asked of the whole is asked of each part, which stops in its own way")
    func parts() throws {
        let whole = Interruption()
        let isInPart = Mutex(0)
        let mayEnd = Mutex(false)
        let seen = Mutex<[String: Bool]>([:])
        let thread = try WorkerThread("part") {
            whole.withPart { part in
                isInPart.withLock { $0 += 1 }
                let limit = ContinuousClock.now + .seconds(20)
                while !part.cancellation.isCancelled, ContinuousClock.now < limit { usleep(1000) }
                seen.withLock { $0["cancelled"] = part.cancellation.isCancelled && part.signal == .interrupt }
            }
            mayEnd.withLock { $0 = true }
        }
        let limit = ContinuousClock.now + .seconds(20)
        while isInPart.withLock({ $0 }) == 0, ContinuousClock.now < limit { usleep(1000) }
        whole.request(.interrupt)
        thread.join()
        #expect(seen.withLock { $0["cancelled"] } == true && mayEnd.withLock { $0 })
        // A part that begins after that ends at once.
        whole.withPart { part in
            #expect(part.isRequested && part.signal == .interrupt)
        }
        #expect(whole.request(.terminate) == false)
        whole.withPart { part in #expect(part.cancellation.isCancelled) }
    }

    @Test("the progress of several is what was read once, and what was sent to each")
    func progress() {
        let parts = [RunProgress(), RunProgress()]
        let whole = RunProgress(joining: parts)
        #expect(whole.phase == .preparing && whole.entries == 0)
        for part in parts { part.addEntries(10) }
        parts[0].addBytes(500)
        for part in parts { part.addTransferred(300) }
        parts[1].phase = .backingUp
        parts[0].phase = .compacting
        #expect(whole.phase == .backingUp)
        #expect(whole.entries == 10 && whole.bytes == 500 && whole.transferred == 600)
        parts[1].phase = .finishing
        #expect(whole.phase == .compacting)
    }
}
