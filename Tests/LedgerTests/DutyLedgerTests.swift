import Support
import TestSupport
import Testing

@testable import Ledger

@Suite("What a job does beside its backups, in the ledger")
struct DutyLedgerTests {
    private let day = Timestamp(seconds: 1_795_305_600)
    private let check = Duty("home", .verify)

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: day.seconds + seconds) }

    @Test("a backup and a check may be due at the same moment, and each has an end of its own")
    func sameMoment() throws {
        let ledger = try Ledger(path: nil)
        var facts = ScheduleFacts()
        facts.occurrences = [
            Occurrence(job: "home", due: day, state: .waiting),
            Occurrence(job: "home", kind: .verify, due: day, state: .waiting),
        ]
        facts.decided = ["home": day, check: day]
        try ledger.keep(facts, at: day)
        try ledger.begin(RunStart(id: "A", job: "home", kind: .verify, due: day, started: day))
        #expect(try ledger.runningJobs()["home"]?.kind == .verify)
        let memory = try ledger.scheduleMemory()
        #expect(memory["home"]?.open == [.init(due: day)])
        #expect(memory[check]?.open == [.init(due: day, isRunning: true, attempts: 1)])
        try ledger.finish("A", RunEnd(finished: at(60), state: .failed))
        var end = ScheduleFacts()
        end.endings = [.init("home", due: day, state: .skipped, reason: .removed)]
        try ledger.keep(end, at: at(70))
        #expect(try ledger.occurrences(limit: 9).map(\.state) == [.skipped, .failed])
        #expect(try ledger.occurrenceCounts()[check] == [.failed: 1])
        #expect(try ledger.runs(kind: .verify, limit: 9).map(\.start.id) == ["A"])
        #expect(try ledger.runs(kind: .backup, limit: 9).isEmpty)
    }

    @Test("what comes of a check says nothing of the age of the newest version")
    func age() throws {
        let ledger = try Ledger(path: nil)
        for (id, kind, state) in [("A", RunKind.backup, RunState.success), ("B", .verify, .failed)] {
            try ledger.begin(RunStart(id: id, job: "home", kind: kind, started: day))
            let place = DestinationRecord(name: "disk", state: state, version: kind == .backup ? day : nil)
            try ledger.finish(id, RunEnd(finished: at(60), state: state, destinations: [place]))
        }
        let fresh = try ledger.freshness()
        #expect(fresh.map(\.lastRun) == ["A"] && fresh.map(\.lastState) == [.success])
        #expect(fresh.map(\.counts) == [[.success: 1]])
        #expect(try ledger.runs(limit: 1).first?.end?.destinations.map(\.state) == [.failed])
        #expect(try ledger.scheduleMemory()["home"]?.endedGood == true)
        #expect(try ledger.scheduleMemory()[check]?.endedGood == false)
    }

    @Test("checks that were missed are told by their name, beside the backups that were")
    func missed() throws {
        let ledger = try Ledger(path: nil)
        var facts = ScheduleFacts()
        facts.occurrences = [
            Occurrence(job: "home", due: day, state: .missed),
            Occurrence(job: "home", kind: .verify, due: day, state: .missed),
        ]
        try ledger.keep(facts, at: at(9))
        let events = try ledger.untoldEvents()
        #expect(events.map(\.duty) == [.backup, .verify])
        #expect(events.map { $0.detail.prefix(9) } == ["The run t", "The check"])
    }

    @Test("a ledger of the time when jobs had backups only is taken over as it is")
    func earlier() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/ledger.sqlite"
        do {
            let old = try EarlierLedger(path, steps: ["runs", "outbox", "undo journal", "quarantine", "verifications"])
            try old.write(
                """
                INSERT INTO run VALUES('A', 'home', 'schedule', 1795305600, 1, 1795305600000, 1795305660000, 'success',
                    NULL, 0, NULL, NULL, 'sha256:1', 'r', 1, 3, 30, 0);
                INSERT INTO run_destination VALUES('A', 'disk', 'success', 1795305600, 0, 5, 5, 1, 0, 60000, NULL, NULL);
                INSERT INTO occurrence VALUES('home', 1795305600, 1795305600, 1, 'success', NULL, 'A', 1, NULL, 1);
                INSERT INTO occurrence VALUES('home', 1795309200, 1795309200, 1, 'waiting', NULL, NULL, 0, NULL, 1);
                INSERT INTO job VALUES('home', 1795309200, 1795305600000, 1795305660000, 1, 1795305660000);
                INSERT INTO event(at, kind, job, detail) VALUES(1795305600, 'missed', 'home', 'It was missed.');
                """)
        }
        let ledger = try Ledger(path: path)
        #expect(try ledger.runs(limit: 9).map(\.start.kind) == [.backup])
        #expect(try ledger.occurrences(limit: 9).map(\.duty) == ["home", "home"])
        let memory = try #require(try ledger.scheduleMemory()["home"])
        #expect(memory.decided == at(3600) && memory.open == [.init(due: at(3600))] && memory.good == at(60))
        #expect(try ledger.untoldEvents().map(\.duty) == [.backup])
        try ledger.begin(RunStart(id: "B", job: "home", due: at(3600), started: at(3601)))
        #expect(try ledger.occurrences(limit: 1).map(\.state) == [.running])
    }
}
