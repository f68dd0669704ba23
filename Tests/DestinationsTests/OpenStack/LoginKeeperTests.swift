import Support
import Synchronization
import Testing

@testable import Destinations

@Suite("A login that threads share") struct LoginKeeperTests {
    /// Counts attempts, and lets a test decide about time and outcome.
    private final class Scene: Sendable {
        let attempts = Atomic<Int>(0)
        let passed = Atomic<Int>(0)
        let life: Duration?
        let outcome: @Sendable (Int) -> IdentityRefusal?

        init(life: Duration?, outcome: @escaping @Sendable (Int) -> IdentityRefusal? = { _ in nil }) {
            self.life = life
            self.outcome = outcome
        }

        func keeper() -> LoginKeeper {
            LoginKeeper(
                now: { .seconds(self.passed.load(ordering: .relaxed)) },
                attempt: { () throws(IdentityRefusal) in try self.attempt() })
        }

        private func attempt() throws(IdentityRefusal) -> Login {
            let number = attempts.add(1, ordering: .relaxed).newValue
            if let refusal = outcome(number) { throw refusal }
            return Login(token: Secret("t\(number)"), life: life, version: .v3)
        }
    }

    @Test("is renewed two minutes before its end, or after half of a short life")
    func renewal() throws {
        for (life, lasting, ended) in [(3600, 3479, 3480), (300, 179, 180), (60, 29, 30)] {
            let scene = Scene(life: .seconds(life))
            let keeper = scene.keeper()
            #expect(try keeper.current().login.token == Secret("t1"))
            scene.passed.store(lasting, ordering: .relaxed)
            #expect(try keeper.current().login.token == Secret("t1"))
            scene.passed.store(ended, ordering: .relaxed)
            #expect(try keeper.current().login.token == Secret("t2"))
        }
        let endless = Scene(life: nil)
        let keeper = endless.keeper()
        _ = try keeper.current()
        endless.passed.store(1_000_000, ordering: .relaxed)
        #expect(try keeper.current().login.token == Secret("t1"))
    }

    @Test("that eight workers find refused is renewed once")
    func once() throws {
        let scene = Scene(life: .seconds(3600))
        let keeper = scene.keeper()
        for round in 1...20 {
            let held = try keeper.current()
            #expect(held.number == round)
            let threads = try (0..<8).map { _ in
                try WorkerThread("worker") {
                    keeper.forget(held)
                    _ = try? keeper.current()
                }
            }
            for thread in threads { thread.join() }
            #expect(scene.attempts.load(ordering: .relaxed) == round + 1)
        }
    }

    @Test("that is refused for good is not tried again")
    func refused() throws {
        let scene = Scene(life: nil) { _ in IdentityRefusal(.authentication, "no") }
        let keeper = scene.keeper()
        for _ in 1...3 { #expect(try IdentityKit.refusal { _ = try keeper.current() }.kind == .authentication) }
        #expect(scene.attempts.load(ordering: .relaxed) == 1)
    }

    @Test("that fails for the moment is tried again by the next who asks")
    func unlucky() throws {
        let scene = Scene(life: nil) { $0 < 3 ? IdentityRefusal(.transient, "later") : nil }
        let keeper = scene.keeper()
        for _ in 1...2 { #expect(try IdentityKit.refusal { _ = try keeper.current() }.kind == .transient) }
        #expect(try keeper.current().login.token == Secret("t3"))
    }

    @Test("has an end that is written in several ways")
    func times() throws {
        let moment = try #require(Timestamp(iso8601: "2026-11-21T02:46:59Z"))
        for text in [
            "2026-11-21T02:46:59.000000Z", "2026-11-21T02:46:59Z", "2026-11-21T02:46:59.5", "2026-11-21T04:46:59+02:00",
            "2026-11-21T00:16:59.123-0230", "2026-11-21T01:46:59-01",
        ] {
            #expect(Login.time(text) == moment, "\(text)")
        }
        for text in ["", "tomorrow", "2026-11-21T02:46:59 local", "2026-13-21T02:46:59Z"] {
            #expect(Login.time(text) == nil)
        }
    }
}
