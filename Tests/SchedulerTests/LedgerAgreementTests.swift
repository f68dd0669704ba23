import Configuration
import Ledger
import Schedule
import Scheduler
import Support
import TestSupport
import Testing

/// The ledger keeps what a decision says, as the plain values of the simulation do.
@Suite struct LedgerAgreementTests {
    @Test("a month of troubles leaves the same in the ledger as in memory")
    func month() throws {
        let ledger = try Ledger(path: nil)
        let generator = SeededGenerator.printed("a month of troubles")
        let hourly = try CronExpression("7 * * * *").resolved(seed: "")
        let often = try CronExpression("*/20 * * * *").resolved(seed: "")
        let scheduler = Scheduler(
            jobs: [
                JobRules(name: "hourly", recurrences: [.cron(hourly)], overlap: .queue),
                JobRules(name: "often", recurrences: [.cron(often)], catchUp: .none),
                JobRules(name: "often", kind: .verify, recurrences: [.cron(hourly)], overlap: .queue),
            ], concurrentJobs: 1)
        var world = SimulatedWorld(scheduler, from: 1_700_000_000, generator)
        world.trouble = .init(kill: 20, step: 20, failure: 100)
        world.observer = { facts, now in try ledger.keep(facts, at: now) }
        try world.live(until: 1_700_000_000 + 30 * 86_400)
        // Runs are none of the ledger's here, so what ran is still waiting there.
        let rows = try ledger.occurrences(limit: 100_000)
        for duty in scheduler.jobs.map(\.duty) {
            let own = rows.filter { $0.duty == duty && $0.state != .waiting }
            let mirrored = (world.ledger.occurrences[duty] ?? [:]).values.filter {
                $0.state == .missed || $0.state == .skipped
            }
            #expect(Set(own) == Set(mirrored))
            #expect(rows.filter { $0.duty == duty }.count == world.ledger.occurrences[duty]?.count)
        }
        #expect(try ledger.scheduleMemory().mapValues(\.decided) == world.memory.mapValues(\.decided))
    }
}
