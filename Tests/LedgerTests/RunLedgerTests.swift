import Foundation
import Ledger
import Support
import TestSupport
import Testing

/// What the ledger keeps of runs and occurrences.
@Suite struct RunLedgerTests {
    private let day = Timestamp(seconds: 1_795_305_600)

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: day.seconds + seconds) }

    private func start(_ id: String, _ job: String = "home", due: Timestamp? = nil, at seconds: Int64 = 0) -> RunStart {
        RunStart(id: id, job: job, trigger: .schedule, due: due, started: at(seconds))
    }

    private func good(_ seconds: Int64, _ destination: String = "disk") -> RunEnd {
        RunEnd(
            finished: at(seconds), state: .success,
            destinations: [DestinationRecord(name: destination, state: .success, version: at(seconds - 1))])
    }

    @Test("an occurrence ends as its run does")
    func occurrence() throws {
        let ledger = try Ledger(path: nil)
        var facts = ScheduleFacts()
        facts.occurrences = [Occurrence(job: "home", due: day, state: .waiting)]
        facts.decided = ["home": day]
        try ledger.keep(facts, at: day)
        try ledger.begin(start("A", due: day))
        #expect(try ledger.scheduleMemory()["home"]?.open == [.init(due: day, isRunning: true, attempts: 1)])
        #expect(try ledger.runningJobs().keys.sorted() == ["home"])
        try ledger.finish("A", good(60))
        #expect(try ledger.occurrences(limit: 9) == [Occurrence(job: "home", due: day, state: .success, run: "A")])
        #expect(try ledger.scheduleMemory()["home"]?.endedGood == true)
        // Whoever comes late changes nothing.
        try ledger.finish("A", RunEnd(finished: at(90), state: .failed))
        #expect(try ledger.runs(limit: 9).map(\.state) == [.success])
    }

    @Test("an occurrence whose run is tried again waits, and its last attempt decides")
    func attempts() throws {
        let ledger = try Ledger(path: nil)
        try ledger.begin(start("A", due: day))
        try ledger.finish("A", RunEnd(finished: at(5), state: .failed, again: at(65)))
        #expect(try ledger.scheduleMemory()["home"]?.open == [.init(due: day, attempts: 1, notBefore: at(65))])
        var second = start("B", due: day, at: 65)
        second.attempt = 2
        try ledger.begin(second)
        try ledger.finish("B", good(70))
        #expect(try ledger.occurrences(limit: 9).map(\.state) == [.success])
        #expect(try ledger.runs(limit: 9).map(\.state) == [.success, .failed])
    }

    @Test("a run whose process is gone is interrupted, once, and one that lives is left alone")
    func abandoned() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/ledger.sqlite"
        var dead: Ledger? = try Ledger(path: path)
        try dead?.begin(start("A", due: day))
        let living = try Ledger(path: path)
        try living.begin(start("B", "mail"))
        #expect(try living.endAbandonedRuns(at: at(10)).isEmpty)
        #expect(try living.runningJobs().keys.sorted() == ["home", "mail"])
        dead = nil
        #expect(dead == nil)
        #expect(try living.endAbandonedRuns(at: at(20)).map(\.start.id) == ["A"])
        #expect(try living.endAbandonedRuns(at: at(30)).isEmpty)
        #expect(try living.occurrences(limit: 9).map(\.state) == [.interrupted])
        #expect(try living.untoldEvents().map(\.kind) == [.interrupted])
        #expect(try living.runningJobs().keys.sorted() == ["mail"])
    }

    @Test("a version that is too old is told of once, and so is the one that follows")
    func overdue() throws {
        let ledger = try Ledger(path: nil)
        let objective = [Objective(job: "home", destination: "disk", recoveryPoint: 3600)]
        try ledger.judge(objective, at: day)
        #expect(try ledger.judge(objective, at: at(3600)) == 0)
        #expect(try ledger.judge(objective, at: at(3601)) == 1)
        #expect(try ledger.judge(objective, at: at(9000)) == 0)
        try ledger.begin(start("A", at: 9000))
        try ledger.finish("A", good(9010))
        #expect(try ledger.judge(objective, at: at(9020)) == 1)
        #expect(try ledger.judge(objective, at: at(9030)) == 0)
        let events = try ledger.untoldEvents()
        #expect(events.map(\.kind) == [.overdue, .recovered])
        for event in events { try ledger.markTold(event) }
        #expect(try ledger.untoldEvents().isEmpty)
    }

    @Test("only a whole version makes a destination fresh")
    func freshness() throws {
        let ledger = try Ledger(path: nil)
        try ledger.begin(start("A"))
        try ledger.finish("A", good(10))
        try ledger.begin(start("B", at: 100))
        try ledger.finish(
            "B",
            RunEnd(
                finished: at(110), state: .interrupted,
                destinations: [
                    DestinationRecord(name: "disk", state: .interrupted, version: at(101), isPartial: true)
                ]))
        let fresh = try #require(try ledger.freshness().first)
        #expect(fresh.good == day && fresh.goodRun == "A" && fresh.lastRun == "B" && fresh.lastState == .interrupted)
        #expect(fresh.counts == [.success: 1, .interrupted: 1])
    }

    @Test("the ledger forgets, but never what is open nor the newest success")
    func forgetting() throws {
        let ledger = try Ledger(path: nil)
        for (index, id) in ["A", "B", "C"].enumerated() {
            try ledger.begin(start(id, due: at(Int64(index)), at: Int64(index)))
            try ledger.finish(id, id == "B" ? good(9) : RunEnd(finished: at(9), state: .failed))
        }
        try ledger.begin(start("D", due: at(50), at: 50))
        let forgotten = try ledger.forget(at: at(500 * 86_400))
        #expect(Set(forgotten) == ["A", "C"])
        #expect(try ledger.runs(limit: 9).map(\.start.id) == ["D", "B"])
        #expect(try ledger.occurrences(limit: 9).map(\.state) == [.running])
        var few = LedgerRetention()
        few.runs = 1
        try ledger.finish("D", RunEnd(finished: at(60), state: .failed))
        try ledger.begin(start("E", at: 70))
        try ledger.finish("E", RunEnd(finished: at(80), state: .failed))
        #expect(try ledger.forget(few, at: at(100)) == ["D"])
    }

    @Test("a pause of one job and one of all are two things")
    func pauses() throws {
        let ledger = try Ledger(path: nil)
        try ledger.pause("home", reason: "holiday", at: day)
        try ledger.pause(nil, at: at(1))
        #expect(try ledger.pauses().map(\.job) == [nil, "home"])
        #expect(try ledger.resume("home"))
        #expect(try !ledger.resume("home"))
        #expect(try ledger.pauses().map(\.job) == [nil])
        #expect(try ledger.resume(nil))
        #expect(try ledger.pauses().isEmpty)
    }

    @Test("what is done together is kept together, or not at all")
    func together() throws {
        let ledger = try Ledger(path: nil)
        #expect(throws: LedgerError.full(path: "elsewhere")) {
            try ledger.together { () throws(LedgerError) in
                try ledger.begin(start("A"))
                throw .full(path: "elsewhere")
            }
        }
        #expect(try ledger.runs(limit: 9).isEmpty)
        try ledger.together { () throws(LedgerError) in
            try ledger.begin(start("A"))
            try ledger.finish("A", good(5))
        }
        #expect(try ledger.runs(limit: 9).map(\.state) == [.success])
    }
}
