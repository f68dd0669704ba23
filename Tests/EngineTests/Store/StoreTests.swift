import Destinations
import Engine
import StoreFormat
import Support
import Synchronization
import TestSupport
import Testing

@Suite("Fetching objects")
struct StoreTests {
    /// Waits that would have been made.
    private final class Pauses: Sendable {
        private let list = Mutex<[Duration]>([])
        var all: [Duration] { list.withLock { $0 } }

        var policy: RetryPolicy {
            RetryPolicy(attempts: 4, firstPause: .seconds(1), longestPause: .seconds(3)) { [self] duration, _ in
                list.withLock { $0.append(duration) }
            }
        }
    }

    private func store(
        _ sample: SampleStore, _ faults: [FaultyDestination.Fault], _ pauses: Pauses,
        cancellation: Cancellation = Cancellation()
    ) -> (Store, FaultyDestination) {
        let destination = FaultyDestination(sample.builder.destination, faults: faults)
        let store = Store(
            destination: destination, passphrase: sample.builder.passphrase, temporaryFolder: sample.folder.path,
            cancellation: cancellation, retry: pauses.policy)
        return (store, destination)
    }

    @Test("what may pass is tried again after growing pauses, and then given up")
    func retries() throws {
        let sample = try SampleStore()
        let name = sample.builder.dblocks[0]
        let pauses = Pauses()
        let (store, _) = store(sample, [.init(.get, ordinals: 1...3, .failBefore(.transient))], pauses)
        #expect(try store.fetch(name).reader.blocks.count > 0)
        #expect(pauses.all == [.seconds(1), .seconds(2), .seconds(3)])
        #expect(store.progress.retries == 3)
        let (hopeless, destination) = self.store(
            sample, [.init(.get, ordinals: 1...9, .failBefore(.throttled))], pauses)
        #expect(throws: EngineError.self) { try hopeless.fetch(name) }
        #expect(destination.calls.count == 4)
    }

    @Test("what cannot pass is not tried again")
    func permanent() throws {
        let sample = try SampleStore()
        let pauses = Pauses()
        let (store, destination) = store(
            sample, [.init(.get, ordinals: 1...9, .failBefore(.authentication))], pauses)
        #expect(throws: EngineError.self) { try store.fetch(sample.builder.dblocks[0]) }
        #expect(destination.calls.count == 1 && pauses.all == [] && store.progress.retries == 0)
    }

    @Test(
        "an object damaged on the way is fetched again",
        arguments: [FaultyDestination.Fault.Effect.flipBit(atByte: 100), .truncate(to: 50)])
    func damagedOnTheWay(effect: FaultyDestination.Fault.Effect) throws {
        let sample = try SampleStore()
        let listing = try sample.builder.session().listing
        let item = try #require(listing.dblocks.first)
        let (plain, _) = store(sample, [], Pauses())
        let hash = try plain.fetch(item.name).hash
        let (store, destination) = store(sample, [.init(.get, effect)], Pauses())
        let expectation = ObjectExpectation(size: item.size, hash: hash)
        #expect(try store.fetch(item.name, expecting: expectation).fault == nil)
        #expect(destination.calls.count == 2)
    }

    @Test("a damaged object is refused, or opened with its fault when that is asked for")
    func damagedForGood() throws {
        let sample = try SampleStore()
        let item = try #require(try sample.builder.session().listing.dblocks.first)
        let (plain, _) = store(sample, [], Pauses())
        let expectation = ObjectExpectation(size: item.size, hash: try plain.fetch(item.name).hash)
        let faults = [FaultyDestination.Fault(.get, ordinals: 1...9, .flipBit(atByte: (item.size ?? 0) / 2))]
        let (store, _) = store(sample, faults, Pauses())
        #expect {
            try store.fetch(item.name, expecting: expectation)
        } throws: { error in
            guard case EngineError.damagedObject(let name, _) = error else { return false }
            return name == item.name.text
        }
        #expect(try store.fetch(item.name, expecting: expectation, tolerant: true).fault != nil)
    }

    @Test("a damaged encryption header is not taken for a wrong passphrase")
    func damagedHeader() throws {
        let sample = try SampleStore(passphrase: Secret("right"))
        let item = try #require(try sample.builder.session().listing.dblocks.first)
        // The salt of the key derivation lies within the first hundred bytes.
        let faults = [
            FaultyDestination.Fault(
                .get, object: { $0 == item.name.text }, ordinals: 1...9, .flipBit(atByte: 20))
        ]
        let (store, _) = store(sample, faults, Pauses())
        _ = try store.list()
        #expect {
            try store.fetch(item.name)
        } throws: { error in
            if case EngineError.damagedObject = error { true } else { false }
        }
    }

    @Test("nothing is fetched after a stop")
    func cancelled() throws {
        let sample = try SampleStore()
        let cancellation = Cancellation()
        let (store, destination) = store(sample, [], Pauses(), cancellation: cancellation)
        cancellation.cancel()
        #expect(throws: EngineError.self) { try store.list() }
        #expect(destination.calls == [])
    }

    @Test("fetched objects leave no files behind")
    func noLeftovers() throws {
        let sample = try SampleStore()
        let folder = try TemporaryFolder()
        let store = Store(
            destination: sample.builder.destination, passphrase: nil, temporaryFolder: folder.path)
        let fetched = try store.fetch(sample.builder.dblocks[0])
        #expect(fetched.reader.blocks.count > 0)
        #expect(try FileDestination(folder: folder.path).list() == [])
    }
}
