import Support
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Destinations

@Suite("Calls")
struct CallerTests {
    @Test("a failure that may pass is tried again, and the pauses lengthen within their room")
    func pauses() throws {
        let world = PacedWorld(random: 1)
        let value = try world.caller().run(.list) { attempt throws(DestinationError) in
            if attempt.number < 5 { throw world.error(.transient) }
            return attempt.number
        }
        #expect(value == 5)
        #expect(world.pauses == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
    }

    @Test(
        "a failure that will not pass is not tried again",
        arguments: [
            DestinationError.Kind.authentication, .permission, .missingObject, .exists, .quota, .archived, .locked,
            .certificate, .configuration, .unsupported, .localFile, .localSpace, .internalFault,
        ])
    func final(_ kind: DestinationError.Kind) throws {
        let world = PacedWorld()
        let attempts = Mutex(0)
        let error = try #require(throws: DestinationError.self) {
            try world.caller().run(.put, "o") { _ throws(DestinationError) in
                attempts.withLock { $0 += 1 }
                throw world.error(kind)
            }
        }
        #expect(error.kind == kind && error.attempts == 1 && !error.isRetryable)
        #expect(attempts.withLock { $0 } == 1 && world.pauses.isEmpty)
    }

    @Test("what arrives corrupt is sent three times in all, without pauses")
    func corrupt() throws {
        let world = PacedWorld()
        let error = try #require(throws: DestinationError.self) {
            try world.caller().run(.put, "o") { _ throws(DestinationError) in throw world.error(.corrupt) }
        }
        #expect(error.kind == .corrupt && error.attempts == 3 && world.pauses.isEmpty)
    }

    @Test("endless failures end within the time that a call has", arguments: [0.3, 0.7, 1])
    func budget(_ random: Double) throws {
        let world = PacedWorld(random: random)
        let caller = world.caller(CallRules(budget: .seconds(900)))
        // Somebody is there, so that the whole time counts.
        try caller.run(.list) { _ throws(DestinationError) in }
        let error = try #require(throws: DestinationError.self) {
            try caller.run(.list) { _ throws(DestinationError) in throw world.error(.transient) }
        }
        #expect(error.kind == .transient && !error.isRetryable)
        #expect(world.time <= .seconds(900) && world.time > .seconds(810))
    }

    @Test("a destination that never answered is given up after a minute")
    func firstContact() throws {
        let world = PacedWorld(random: 1)
        var failure = world.error(.transient)
        failure.isOfConnection = true
        #expect(throws: DestinationError.self) {
            try world.caller().run(.list) { _ throws(DestinationError) in throw failure }
        }
        #expect(world.time <= .seconds(60) && world.time > .seconds(20))
    }

    @Test("the number of attempts can be limited")
    func attempts() throws {
        let world = PacedWorld()
        let error = try #require(throws: DestinationError.self) {
            try world.caller(CallRules(attempts: 3)).run(.list) { _ throws(DestinationError) in
                throw world.error(.transient)
            }
        }
        #expect(error.attempts == 3)
        #expect("\(error)".contains("(after 3 attempts)"))
    }

    @Test("a pause that the destination asks for is the least, and is not waited for when it is absurd")
    func retryAfter() throws {
        let world = PacedWorld(random: 0.5)
        var patient = world.error(.throttled)
        patient.retryAfter = .seconds(40)
        let first = patient
        try world.caller().run(.list) { attempt throws(DestinationError) in
            if attempt.number == 1 { throw first }
        }
        #expect(world.pauses == [.seconds(42)])
        patient.retryAfter = .seconds(86_400)
        let second = patient
        let error = try #require(throws: DestinationError.self) {
            try world.caller().run(.list) { _ throws(DestinationError) in throw second }
        }
        #expect(error.kind == .throttled && error.retryAfter == .seconds(86_400) && world.pauses.count == 1)
    }

    @Test("a call learns whether an earlier attempt may have done it")
    func ambiguity() throws {
        let world = PacedWorld()
        var lost = world.error(.transient)
        lost.mayHaveArrived = true
        let answerLost = lost
        let refused = world.error(.transient)
        let seen = try world.caller().run(.put, "o") { attempt throws(DestinationError) -> [Bool] in
            switch attempt.number {
            case 1: throw refused
            case 2:
                #expect(!attempt.earlierMayHaveArrived)
                throw answerLost
            default: return [attempt.earlierMayHaveArrived]
            }
        }
        #expect(seen == [true])
    }

    /// A destination that has answered once, and the error of a connection that fails from then on.
    private func reachedWorld() throws -> (PacedWorld, Caller, DestinationError) {
        let world = PacedWorld(random: 1)
        let caller = world.caller()
        try caller.run(.list) { _ throws(DestinationError) in }
        var failure = world.error(.transient)
        failure.isOfConnection = true
        return (world, caller, failure)
    }

    @Test("an outage is waited out by all, probed by one, and over with the first answer")
    func outage() throws {
        let (world, caller, failure) = try reachedWorld()
        let attempts = Mutex(0)
        try caller.run(.put, "o") { _ throws(DestinationError) in
            attempts.withLock { $0 += 1 }
            // Half an hour: longer than any call may take by itself.
            if world.time < .seconds(1800) { throw failure }
        }
        #expect(world.time >= .seconds(1800) && world.time < .seconds(2200))
        #expect(attempts.withLock { $0 } < 20, "probes every five minutes at most")
    }

    @Test("an outage that outlasts everybody's patience is an error")
    func patience() throws {
        let (world, caller, failure) = try reachedWorld()
        let error = try #require(throws: DestinationError.self) {
            try caller.run(.put, "o") { _ throws(DestinationError) in throw failure }
        }
        #expect(error.kind == .transient && world.time > .seconds(3600) && world.time < .seconds(4400))
    }

    @Test("an outage that outlasted everybody's patience is found to have ended by a later call")
    func laterCall() throws {
        let (world, caller, failure) = try reachedWorld()
        #expect(throws: DestinationError.self) {
            try caller.run(.put, "o") { _ throws(DestinationError) in throw failure }
        }
        let early = try #require(throws: DestinationError.self) {
            try caller.run(.put, "o") { _ throws(DestinationError) in }
        }
        #expect(early.kind == .transient && !early.isRetryable, "nobody asked to stop: \(early)")
        world.advance(.seconds(301))
        try caller.run(.put, "o") { _ throws(DestinationError) in }
        try caller.run(.put, "o") { _ throws(DestinationError) in }
    }

    @Test("a deletion waits neither long nor for an outage to end: what entitles to it may end meanwhile")
    func deletion() throws {
        let world = PacedWorld(random: 1)
        let caller = world.caller()
        try caller.run(.list) { _ throws(DestinationError) in }
        let busy = world.error(.transient)
        #expect(throws: DestinationError.self) {
            try caller.run(.delete, "o") { _ throws(DestinationError) in throw busy }
        }
        #expect(world.time <= .seconds(240) && world.time > .seconds(120))
        var refused = world.error(.transient)
        refused.isOfConnection = true
        let failure = refused
        let before = world.time
        for _ in 0..<20 {
            let error = try #require(throws: DestinationError.self) {
                try caller.run(.delete, "o") { _ throws(DestinationError) in throw failure }
            }
            #expect(error.kind == .transient && !error.isRetryable)
        }
        #expect(world.time - before <= .seconds(300))
    }

    @Test("those who wait for a place get one in the order in which they came")
    func order() throws {
        let gate = ConcurrencyGate(most: 1, clock: CallClock())
        let flag = CancellationFlag()
        #expect(gate.enter(flag))
        let order = Mutex<[Int]>([])
        var threads: [WorkerThread] = []
        for number in 1...4 {
            let waiters = gate.waiters
            threads.append(
                try WorkerThread("waiter") {
                    guard gate.enter(flag) else { return }
                    order.withLock { $0.append(number) }
                    gate.leave()
                })
            while gate.waiters == waiters { CallClock.wait(.milliseconds(1), flag) }
        }
        gate.leave()
        for thread in threads { thread.join() }
        #expect(order.withLock { $0 } == [1, 2, 3, 4])
    }

    @Test("many calls that fail at once wait long instead of storming")
    func storm() throws {
        let world = PacedWorld(random: 0.01)
        let caller = world.caller(CallRules(attempts: 30))
        #expect(throws: DestinationError.self) {
            try caller.run(.list) { _ throws(DestinationError) in throw world.error(.transient) }
        }
        #expect(world.pauses.prefix(20).allSatisfy { $0 < .seconds(1) })
        #expect(world.pauses.dropFirst(20).allSatisfy { $0 == .seconds(60) } && world.pauses.count > 20)
    }

    @Test("a destination that asks to slow down is asked by half as many at once, and by more again later")
    func slowDown() throws {
        let world = PacedWorld()
        let gate = ConcurrencyGate(most: 8, clock: world.clock)
        gate.slowDown()
        gate.slowDown()
        #expect(gate.limit == 4, "complaints of one second count once")
        world.advance(.seconds(2))
        gate.slowDown()
        #expect(gate.limit == 2)
        world.advance(.seconds(121))
        let flag = CancellationFlag()
        #expect(gate.enter(flag))
        #expect(gate.limit == 4)
    }

    @Test("a stop ends a pause at once")
    func cancellation() throws {
        let flag = CancellationFlag()
        var environment = DestinationEnvironment(cancellation: flag)
        environment.clock = CallClock(random: { 1 })
        let connection = try ConnectionOptions(
            DestinationOptions(
                ["retry-delay": "1h", "retry-budget": "10h"], overriddenBy: DestinationURL(parsing: "x://y")),
            at: "x://y", environment: environment)
        let caller = Caller(label: "x://y", connection: connection, environment: environment)
        try caller.run(.list) { _ throws(DestinationError) in }
        let stopper = try WorkerThread("stopper") {
            CallClock.wait(.milliseconds(50), CancellationFlag())
            flag.cancel()
        }
        let began = ContinuousClock.now
        let error = try #require(throws: DestinationError.self) {
            try caller.run(.list) { _ throws(DestinationError) in
                throw DestinationError(.transient, .list, at: "x://y", detail: "no answer")
            }
        }
        stopper.join()
        #expect(error.kind == .cancelled && ContinuousClock.now - began < .seconds(1))
    }
}

/// A world whose time passes only in pauses.
private final class PacedWorld: Sendable {
    private struct State {
        var time = Duration.zero
        var pauses: [Duration] = []
    }

    private let state = Mutex(State())
    private let random: Double

    init(random: Double = 0.5) {
        self.random = random
    }

    var time: Duration { state.withLock { $0.time } }
    var pauses: [Duration] { state.withLock { $0.pauses } }
    func advance(_ duration: Duration) { state.withLock { $0.time += duration } }

    var clock: CallClock {
        CallClock(
            now: { self.time },
            sleep: { duration, _ in
                self.state.withLock { state in
                    state.time += duration
                    state.pauses.append(duration)
                }
            }, random: { self.random })
    }

    func caller(_ rules: CallRules = CallRules()) -> Caller {
        let environment = DestinationEnvironment(rules: rules, clock: clock)
        let options = DestinationOptions([:], overriddenBy: DestinationURL.example)
        guard let connection = try? ConnectionOptions(options, at: "x://y", environment: environment) else {
            preconditionFailure("options of nothing are wrong")
        }
        return Caller(label: "x://y", connection: connection, environment: environment)
    }

    func error(_ kind: DestinationError.Kind) -> DestinationError {
        DestinationError(kind, .list, at: "x://y", detail: "no answer")
    }
}

extension DestinationURL {
    fileprivate static var example: DestinationURL {
        guard let url = try? DestinationURL(parsing: "x://y") else { preconditionFailure("x://y is no URL") }
        return url
    }
}
