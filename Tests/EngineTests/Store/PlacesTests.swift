import Destinations
import Glibc
import Support
import Synchronization
import Testing

@testable import Engine

@Suite("Places that stores share")
struct PlacesTests {
    @Test(
        "are shared by the stores of a run: so many objects are sent at a time, and no more",
        arguments: [(1, 1...1), (2, 2...2), (nil, 3...4)])
    func shared(_ count: Int?, _ expected: ClosedRange<Int>) throws {
        let fixture = try CaptureFixture(2)
        for number in 0..<20 { try fixture.write("file \(number)", seed: UInt64(number + 1)) }
        let crowd = Crowd(hoped: expected.lowerBound)
        var destinations: [Int: any Destination] = [:]
        for number in 0..<2 {
            fixture.copies[number].options.concurrentUploads = 2
            destinations[number] = CrowdedDestination(try fixture.copies[number].destination(), crowd)
        }
        var limits = RunLimits()
        limits.uploads = count.map { Places($0) }
        let outcomes = try fixture.run(destinations: destinations, limits: limits)
        #expect(outcomes.allSatisfy { ($0.summary?.uploadedObjects ?? 0) > 8 })
        #expect(expected.contains(crowd.most), "\(crowd.most)")
        #expect(try fixture.differences() == [])
    }

    @Test("are given away in turn, and who is asked to stop does not wait any longer")
    func turns() throws {
        let places = Places(1)
        let order = Mutex<[String]>([])
        let cancellation = Cancellation()
        var waiting: [WorkerThread] = []
        try places.enter(Cancellation())
        for (name, stop) in [("first", Cancellation()), ("stopped", cancellation), ("second", Cancellation())] {
            let before = places.waiters
            waiting.append(
                try WorkerThread(name) {
                    do throws(EngineError) {
                        try places.enter(stop)
                        order.withLock { $0.append(name) }
                        places.leave()
                    } catch {
                        order.withLock { $0.append("\(name): \(error.isCancellation)") }
                    }
                })
            while places.waiters == before { usleep(1000) }
        }
        cancellation.cancel()
        waiting[1].join()
        places.leave()
        for thread in waiting { thread.join() }
        #expect(order.withLock { $0 } == ["stopped: true", "first", "second"])
    }
}

extension EngineError {
    fileprivate var isCancellation: Bool {
        if case .cancelled = self { true } else { false }
    }
}

/// Counts who is there at the same time.
private final class Crowd: Sendable {
    private let state = Mutex((now: 0, most: 0))
    private let hoped: Int

    /// Everybody stays until so many have been there at once, or for a moment if they do not come.
    init(hoped: Int) {
        self.hoped = hoped
    }

    var most: Int { state.withLock { $0.most } }

    func visit(_ body: () throws(DestinationError) -> Void) throws(DestinationError) {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
        defer { state.withLock { $0.now -= 1 } }
        let end = ContinuousClock.now + (hoped == 1 ? .milliseconds(20) : .seconds(10))
        while most < max(2, hoped), ContinuousClock.now < end { usleep(1000) }
        try body()
    }
}

/// Passes everything on, and counts the puts that are under way.
private struct CrowdedDestination: Destination {
    private let inner: any Destination
    private let crowd: Crowd

    init(_ inner: any Destination, _ crowd: Crowd) {
        self.inner = inner
        self.crowd = crowd
    }

    var label: String { inner.label }

    func list() throws(DestinationError) -> [RemoteObject] { try inner.list() }

    func put(_ name: String, from file: LocalFile) throws(DestinationError) {
        try crowd.visit { () throws(DestinationError) in try inner.put(name, from: file) }
    }

    func get(_ name: String, to path: String) throws(DestinationError) -> Int64 { try inner.get(name, to: path) }

    func delete(_ name: String) throws(DestinationError) { try inner.delete(name) }

    func prepare(create: Bool) throws(DestinationError) { try inner.prepare(create: create) }

    func freeSpace() throws(DestinationError) -> Int64? { try inner.freeSpace() }
}
