import Support
import Testing

@testable import Ledger

@Suite("The outbox")
struct OutboxTests {
    private let ledger: Ledger
    private let outbox: Outbox
    private let start = Timestamp(seconds: 1_795_305_500)

    init() throws {
        ledger = try Ledger(path: nil)
        outbox = Outbox(ledger, instance: "homelab")
    }

    private func draft(_ message: String, _ receiver: String = "ops", job: String? = "photos") -> OutboxDraft {
        OutboxDraft(
            receiver: receiver, job: job, message: message, event: "success", title: "photos: finished",
            created: start, envelope: #"{"id":"x"}"#, body: Array("ä".utf8))
    }

    private func later(_ seconds: Int64) -> Timestamp { Timestamp(seconds: start.seconds + seconds) }

    /// A process of this machine that is no more.
    private func dead() throws -> ProcessIdentity {
        let own = try #require(ProcessIdentity.current)
        return ProcessIdentity(boot: own.boot, namespace: own.namespace, number: own.number, start: "1")
    }

    @Test("gives back what was put in, once for each name")
    func contents() throws {
        try outbox.add([draft("1"), draft("1"), draft("1", "mail", job: nil)])
        let entries = try outbox.entries()
        #expect(entries.map(\.draft) == [draft("1"), draft("1", "mail", job: nil)])
        #expect(entries.allSatisfy { $0.attempts == 0 && $0.failure == nil && $0.due == start })
        let other = Outbox(ledger, instance: "office")
        #expect(try other.entries().isEmpty && other.claim(at: later(9)) == nil && other.nextDue() == nil)
    }

    @Test("keeps the order of one job's reports to one receiver, and of nothing else")
    func order() throws {
        try outbox.add([draft("1"), draft("2"), draft("3", "mail"), draft("4", job: "music"), draft("5", job: nil)])
        func claimed() throws -> [String] {
            var claimed: [String] = []
            while let entry = try outbox.claim(at: later(1)) { claimed.append(entry.draft.message) }
            return claimed
        }
        #expect(try claimed() == ["1", "3", "4", "5"])
        // The second waits for the first, also while that one waits for its time.
        let first = try #require(try outbox.entries().first)
        try outbox.postpone(first, until: later(100), because: "busy")
        #expect(try claimed().isEmpty)
        #expect(try outbox.nextDue(except: [3, 4, 5]) == later(100))
        #expect(try outbox.claim(at: later(100))?.draft.message == "1")
        try outbox.finish(first)
        #expect(try claimed() == ["2"])
    }

    @Test("lets nobody take what another process has taken, unless that one is dead")
    func claims() throws {
        try outbox.add([draft("1")])
        _ = try #require(try outbox.claim(at: later(1)))
        #expect(try outbox.claim(at: later(5)) == nil)
        try outbox.release(try #require(try outbox.entries().first))
        let entry = try #require(try outbox.claim(at: later(6), by: try dead()))
        #expect(try outbox.claim(at: later(7)) == entry)
        #expect(entry.attempts == 0)
    }

    @Test("believes a claim of which nobody can know anything for ten minutes")
    func strangers() throws {
        try outbox.add([draft("1")])
        let stranger = ProcessIdentity(boot: "another start", namespace: "pid:[1]", number: 1, start: "1")
        _ = try #require(try outbox.claim(at: later(1), by: stranger))
        #expect(try outbox.claim(at: later(600)) == nil)
        #expect(try outbox.claim(at: later(602)) != nil)
    }

    @Test("counts what was delivered, and what was given up until a report has told of it")
    func tallies() throws {
        try outbox.add([draft("1"), draft("2"), draft("3", "mail")])
        try outbox.finish(try #require(try outbox.claim(at: later(1))))
        let second = try #require(try outbox.claim(at: later(1)))
        #expect(second.draft.receiver == "mail" || second.draft.message == "2")
        try outbox.drop(number: 2, because: "HTTP 401")
        let mail = try #require(try outbox.entries().first { $0.draft.receiver == "mail" })
        try outbox.postpone(mail, until: later(30), because: "HTTP 503")
        let tallies = try outbox.tallies()
        #expect(tallies.map(\.receiver) == ["mail", "ops"])
        #expect(tallies.map(\.size) == [1, 0])
        #expect(tallies[0].waiting == 1 && tallies[0].waitingSince == start && tallies[0].failure == "HTTP 503")
        #expect(tallies[1].delivered == 1 && tallies[1].dropped == 1 && tallies[1].untold == 1)
        #expect(tallies[1].reason == "HTTP 401" && tallies.allSatisfy(\.isTrouble))
        try outbox.add([draft("4")], telling: ["ops": 1])
        // Nobody knows before it has arrived.
        #expect(try outbox.tallies().last?.untold == 1)
        try outbox.finish(try #require(try outbox.claim(at: later(1))))
        let told = try #require(try outbox.tallies().last)
        #expect(told.untold == 0 && told.dropped == 1 && !told.isTrouble)
        #expect(try !outbox.drop(number: 99, because: "x"))
        #expect(try !Outbox(ledger, instance: "office").drop(number: 4, because: "x"))
    }

    @Test("delivers what a clock that was ahead has left, once the clock is right again")
    func clock() throws {
        var early = draft("1")
        early.created = later(1_000_000)
        try outbox.add([early])
        #expect(try outbox.claim(at: start) != nil)
    }

    @Test("loses nothing with the process, and is the same for the next one")
    func file() throws {
        let folder = try TemporaryFolder(prefix: "dunnage-outbox")
        let path = "\(folder.path)/ledger.sqlite"
        let first = Outbox(try Ledger(path: path), instance: "homelab")
        try first.add([draft("1"), draft("2")])
        _ = try first.claim(at: later(1), by: try dead())
        let second = Outbox(try Ledger(path: path), instance: "homelab")
        #expect(try second.claim(at: later(2))?.draft == draft("1"))
        #expect(try second.entries().count == 2)
    }
}
