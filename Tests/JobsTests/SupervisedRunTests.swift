import Configuration
import Glibc
import Ledger
import Support
import Synchronization
import Testing

@testable import Jobs

@Suite("A run that no service looks after")
struct SupervisedRunTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// A job whose source never ends, and says that it has begun.
    private func endless(_ schedule: String) throws -> RunContext {
        let command = "touch \(fixture.path)/begun; while :; do echo more; sleep 0.05; done"
        let context = try fixture.context(
            """
            version: 1
            runtime: { state_dir: \(fixture.path)/state, timezone: UTC }
            destinations: { disk: { url: "file://\(fixture.path)/backup" } }
            jobs:
              home:
                sources:
                  - path: /endless.txt
                    command: [sh, -c, "\(command)"]
                encryption: none
                destinations: [disk]
                schedule: \(schedule)

            """)
        context.interruption.grace = .seconds(1)
        return context
    }

    private func run(_ context: RunContext, isScheduled: Bool) throws -> (JobResult, RunState?) {
        let job = try context.configuration.findJob("home")
        let result = SupervisedRun(job, in: context, isScheduled: isScheduled).run()
        return (result, try context.ledger.runs(beginningWith: result.id.description).first?.state)
    }

    @Test("is stopped when it takes longer than its `timeout`, which is a failure and no stop of the process")
    func timeout() throws {
        let context = try endless("{ cron: \"0 0 1 1 *\", timeout: 1s }")
        let (result, state) = try run(context, isScheduled: false)
        #expect(result.exitCode == .failure && state == .failed)
        #expect(result.outcome.failure?.code == .stopped)
        #expect(result.outcome.failure?.message.contains("took longer than its `timeout`") == true)
        #expect(!context.interruption.isRequested)
    }

    @Test(
        "is stopped when its window closes, if a schedule has asked for it",
        arguments: [("suspend", "goes on when it opens again"), ("stop", "The window of the schedule closed.")])
    func window(_ excess: (key: String, words: String)) throws {
        var context = try endless(
            "{ every: 1d, window: { from: \"22:00\", to: \"06:00\", on_exceed: \(excess.key) } }")
        let begun = "\(fixture.path)/begun"
        // 05:59, and noon once the run is at work.
        context.now = {
            Timestamp(seconds: access(begun, F_OK) == 0 ? 1_795_348_800 : 1_795_327_140)
        }
        let (result, state) = try run(context, isScheduled: true)
        #expect(result.exitCode == .temporary && state == .interrupted, "\(result.outcome)")
        #expect(result.outcome.failure?.message.contains(excess.words) == true, "\(result.outcome)")
    }

    @Test("works on after its window when somebody asked for it, and stops with the process")
    func asked() throws {
        var context = try endless("{ every: 1d, timeout: 1h, window: { from: \"22:00\", to: \"06:00\" } }")
        let (begun, interruption) = ("\(fixture.path)/begun", context.interruption)
        let looks = Looks()
        context.now = {
            // At noon, outside the window; the process is asked to stop when that has been looked at a few times.
            if access(begun, F_OK) == 0, looks.next() == 5 { interruption.request(.terminate) }
            return Timestamp(seconds: 1_795_348_800)
        }
        let (result, state) = try run(context, isScheduled: false)
        #expect(result.exitCode == .terminated && state == .interrupted, "\(result.outcome)")
        #expect(looks.next() > 5)
    }
}

/// Counts calls from any thread.
private final class Looks: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int { count.add(1, ordering: .acquiringAndReleasing).newValue }
}
