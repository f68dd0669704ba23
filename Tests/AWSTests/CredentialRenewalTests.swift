import Dispatch
import Support
import Synchronization
import TestSupport
import Testing
import Transport

@testable import AWS

/// When keys are renewed, and by whom; they come from a container's service, one request each.
@Suite struct CredentialRenewalTests {
    private let fixture: CredentialFixture
    private let clock = Clock()

    private final class Clock: Sendable {
        private let seconds = Mutex(CredentialFixture.start.seconds)
        var now: Timestamp { Timestamp(seconds: seconds.withLock { $0 }) }
        func set(_ time: Timestamp, plus more: Int64) { seconds.withLock { $0 = time.seconds + more } }
    }

    init() throws {
        fixture = try CredentialFixture()
    }

    private func source(_ server: LoopbackHTTPServer) -> AWSCredentialSource {
        fixture.source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(server.url)/"], asksMachine: true) { [clock] in
            clock.now
        }
    }

    /// 1 hour after the start, and as many hours more.
    private static func end(_ number: Int) -> String { "2027-01-15T\(number + 8 < 10 ? "0" : "")\(number + 8):00:00Z" }

    private func threads(_ count: Int, _ body: @escaping @Sendable () -> Void) throws -> [WorkerThread] {
        try (0..<count).map { _ in try WorkerThread("keys") { body() } }
    }

    @Test("keys are kept until a quarter of an hour before their end, and then new ones come")
    func window() throws {
        let server = try LoopbackHTTPServer { _, number in CredentialFixture.keys(number, until: Self.end(number)) }
        defer { server.stop() }
        let source = source(server)
        let end = try #require(Timestamp(iso8601: Self.end(1)))
        #expect(try source.credentials().accessKeyID == "id1")
        clock.set(end, plus: -901)
        #expect(try source.credentials().accessKeyID == "id1")
        clock.set(end, plus: -900)
        #expect(try source.credentials().accessKeyID == "id2")
        #expect(try source.credentials().accessKeyID == "id2" && server.requests.count == 2)
    }

    @Test("keys that live shortly are not renewed all the time")
    func shortLives() throws {
        let server = try LoopbackHTTPServer { _, number in CredentialFixture.keys(number, until: "2027-01-15T08:15:00Z")
        }
        defer { server.stop() }
        let source = source(server)
        for seconds in [0, 100, 449] as [Int64] {
            clock.set(CredentialFixture.start, plus: seconds)
            #expect(try source.credentials().accessKeyID == "id1")
        }
        clock.set(CredentialFixture.start, plus: 450)
        #expect(try source.credentials().accessKeyID == "id2")
    }

    @Test("many threads that need keys make one request")
    func singleFlight() throws {
        let begun = Atomic(0)
        let all = DispatchSemaphore(value: 0)
        let server = try LoopbackHTTPServer { _, number in
            all.wait()
            return CredentialFixture.keys(number, until: Self.end(number))
        }
        defer { server.stop() }
        let source = source(server)
        let found = Mutex<[String]>([])
        let threads = try threads(8) {
            if begun.add(1, ordering: .relaxed).newValue == 8 { all.signal() }
            let id = (try? source.credentials().accessKeyID) ?? "none"
            found.withLock { $0.append(id) }
        }
        for thread in threads { thread.join() }
        #expect(found.withLock { $0 } == Array(repeating: "id1", count: 8) && server.requests.count == 1)
    }

    @Test("many threads that wait for a service that refuses all get its refusal")
    func sharedFailure() throws {
        let begun = Atomic(0)
        let all = DispatchSemaphore(value: 0)
        let server = try LoopbackHTTPServer { _, number in
            if number == 1 { all.wait() }
            return .response(status: 403)
        }
        defer { server.stop() }
        let source = source(server)
        let errors = Mutex<[AWSError]>([])
        let threads = try threads(8) {
            if begun.add(1, ordering: .relaxed).newValue == 8 { all.signal() }
            do throws(AWSError) {
                _ = try source.credentials()
            } catch {
                errors.withLock { $0.append(error) }
            }
        }
        for thread in threads { thread.join() }
        #expect(errors.withLock { $0.count } == 8)
        #expect(Set(errors.withLock { $0 }) == [.refused("the container's credential service", status: 403, "no keys")])
    }

    @Test("while one thread renews early, the others go on with the old keys; late, they wait for the new ones")
    func others() throws {
        let asked = DispatchSemaphore(value: 0)
        let go = DispatchSemaphore(value: 0)
        let server = try LoopbackHTTPServer { _, number in
            if number > 1 {
                asked.signal()
                go.wait()
            }
            return CredentialFixture.keys(number, until: Self.end(number))
        }
        defer { server.stop() }
        let source = source(server)
        _ = try source.credentials()
        clock.set(try #require(Timestamp(iso8601: Self.end(1))), plus: -700)
        let found = Mutex<[String]>([])
        let take: @Sendable () -> Void = {
            let id = (try? source.credentials().accessKeyID) ?? "none"
            found.withLock { $0.append(id) }
        }
        let early = try threads(1, take)
        asked.wait()
        #expect(try source.credentials().accessKeyID == "id1")
        go.signal()
        for thread in early { thread.join() }
        clock.set(try #require(Timestamp(iso8601: Self.end(2))), plus: -599)
        let late = try threads(3, take)
        asked.wait()
        go.signal()
        for thread in late { thread.join() }
        #expect(found.withLock { $0 } == ["id2", "id3", "id3", "id3"] && server.requests.count == 3)
    }

    @Test("keys that cannot be renewed are used to their end, without asking each time, and not beyond")
    func failure() throws {
        let server = try LoopbackHTTPServer { _, number in
            number == 1 ? CredentialFixture.keys(1, until: Self.end(1)) : .response(status: 404)
        }
        defer { server.stop() }
        let source = source(server)
        _ = try source.credentials()
        let end = try #require(Timestamp(iso8601: Self.end(1)))
        clock.set(end, plus: -300)
        for _ in 0..<10 { #expect(try source.credentials().accessKeyID == "id1") }
        #expect(server.requests.count == 2)
        clock.set(end, plus: -240)
        #expect(try source.credentials().accessKeyID == "id1" && server.requests.count == 3)
        clock.set(end, plus: 0)
        #expect(throws: AWSError.refused("the container's credential service", status: 404, "no keys")) {
            try source.credentials()
        }
    }

    @Test("keys that a server refuses are forgotten once, however many threads say so")
    func forgetting() throws {
        let server = try LoopbackHTTPServer { _, number in CredentialFixture.keys(number, until: Self.end(number)) }
        defer { server.stop() }
        let source = source(server)
        let refused = try source.credentials()
        source.forget(refused)
        #expect(try source.credentials().accessKeyID == "id2")
        source.forget(refused)
        #expect(try source.credentials().accessKeyID == "id2")
        source.forget()
        #expect(try source.credentials().accessKeyID == "id3")
    }

    @Test("a cancelled search ends as cancelled")
    func cancellation() throws {
        let server = try LoopbackHTTPServer([.silence])
        defer { server.stop() }
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: AWSError.cancelled) { try source(server).credentials(flag) }
    }
}
