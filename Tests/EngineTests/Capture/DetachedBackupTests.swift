import Destinations
import Foundation
import Glibc
import Support
import Synchronization
import TestSupport
import Testing

@testable import Engine

@Suite("A capture of which one backup fails or lags")
struct DetachedBackupTests {
    private func fixture(_ count: Int = 3) throws -> CaptureFixture {
        let fixture = try CaptureFixture(count)
        for number in 0..<30 { try fixture.write("folder \(number % 5)/\(number)", seed: UInt64(number + 1)) }
        return fixture
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: FaultyDestination.Fault
    }

    private static let cases = [
        Case(testDescription: "before it lists", fault: .init(.prepare, .failBefore(.permission))),
        Case(testDescription: "when it lists", fault: .init(.list, ordinals: 1...9, .failBefore(.permission))),
        Case(testDescription: "at the first volume", fault: .init(.put, ordinals: 1...9, .failBefore(.permission))),
        Case(testDescription: "in the middle", fault: .init(.put, ordinals: 7...99, .failBefore(.permission))),
        Case(
            testDescription: "at its filelist",
            fault: .init(.put, object: { $0.contains("dlist") }, ordinals: 1...9, .failBefore(.permission))),
        Case(testDescription: "when it confirms", fault: .init(.list, ordinals: 2...9, .failBefore(.permission))),
    ]

    @Test("the others are whole, and the next capture heals it", arguments: cases, [false, true])
    func fails(_ example: Case, hasVersion: Bool) throws {
        let fixture = try fixture()
        if hasVersion {
            _ = try fixture.run()
            for number in 0..<12 { try fixture.write("folder 3/new \(number)", seed: UInt64(number + 500)) }
            fixture.tree.remove("folder 1")
        }
        let outcomes = try fixture.run(destinations: [1: try fixture.faulty(1, example.fault)])
        #expect(outcomes[1].summary == nil)
        #expect(outcomes[0].summary?.version != nil && outcomes[0].summary?.version == outcomes[2].summary?.version)
        #expect(try fixture.differences([0, 2]) == [])
        try fixture.write("folder 2/after", seed: 900)
        let next = try fixture.run().map { try $0.get() }
        #expect(next[0].opened == 1 && next[2].opened == 1)
        // It reads no more than what it has not, and what it had stored is not sent again.
        if hasVersion { #expect(next[1].opened <= 13) }
        #expect(!next[1].catalogWasRebuilt)
        #expect(try fixture.differences(checking: [1]) == [])
    }

    @Test("when all fail the capture ends, each with its own reason")
    func allFail() throws {
        let fixture = try fixture(2)
        let kinds: [DestinationError.Kind] = [.permission, .authentication]
        let outcomes = try fixture.run(
            destinations: Dictionary(
                uniqueKeysWithValues: try kinds.enumerated().map { number, kind in
                    (number, try fixture.faulty(number, .init(.put, ordinals: 3 + number...99, .failBefore(kind))))
                }))
        for (outcome, kind) in zip(outcomes, kinds) {
            guard case .failure(.destination(let error)) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(error.kind == kind)
        }
        #expect(try fixture.run().allSatisfy { try $0.get().version != nil })
        #expect(try fixture.differences() == [])
    }

    @Test("a backup that is cancelled by itself leaves the others alone")
    func cancelled() throws {
        let fixture = try fixture(2)
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(.put, ordinals: 3...3, .run { cancellation.cancel() })
        let outcomes = try fixture.run(
            destinations: [0: try fixture.faulty(0, fault)], cancellations: [0: cancellation])
        guard case .failure(.cancelled) = outcomes[0] else {
            Issue.record("\(outcomes[0])")
            return
        }
        #expect(outcomes[1].summary?.version != nil)
        #expect(try fixture.differences([1]) == [])
        _ = try fixture.run()
        #expect(try fixture.differences() == [])
    }

    @Test("a backup that is cancelled while it waits for the others is not waited for")
    func cancelledInWaiting() throws {
        let fixture = try fixture(2)
        let cancellation = Cancellation()
        let isWaiting = Mutex(false)
        // The second begins when the first waits: it has nothing more to ask its destination for then.
        let slow = FaultyDestination.Fault(
            .list,
            .run {
                let limit = ContinuousClock.now + .seconds(20)
                while !isWaiting.withLock({ $0 }), ContinuousClock.now < limit { usleep(1000) }
                usleep(20_000)
                cancellation.cancel()
            })
        let mark = FaultyDestination.Fault(.list, .run { isWaiting.withLock { $0 = true } })
        let outcomes = try fixture.run(
            destinations: [0: try fixture.faulty(0, mark), 1: try fixture.faulty(1, slow)],
            cancellations: [0: cancellation])
        #expect(outcomes[0].summary == nil)
        #expect(outcomes[1].summary?.version != nil)
        _ = try fixture.run()
        #expect(try fixture.differences() == [])
    }

    @Test("a store that takes nothing for a while holds the others back only when some volumes wait for it")
    func slow() throws {
        let fixture = try CaptureFixture(2, blockSize: 64 << 10, volumeSize: 4 << 20)
        // More than all queues but that of finished volumes hold.
        for number in 0..<11 { try fixture.write("\(number)", seed: UInt64(number + 1), size: 4_000_000) }
        let puts = Mutex(0)
        let count = FaultyDestination.Fault(.put, ordinals: 1...99, .run { puts.withLock { $0 += 1 } })
        let wasAhead = Mutex(false)
        let wait = FaultyDestination.Fault(
            .put,
            .run {
                let limit = ContinuousClock.now + .seconds(20)
                while puts.withLock({ $0 }) < 18, ContinuousClock.now < limit { usleep(1000) }
                wasAhead.withLock { $0 = puts.withLock { $0 } >= 18 }
            })
        let outcomes = try fixture.run(
            destinations: [0: try fixture.faulty(0, count), 1: try fixture.faulty(1, wait)])
        #expect(wasAhead.withLock { $0 })
        #expect(outcomes.allSatisfy { $0.summary?.version != nil })
        #expect(try fixture.differences() == [])
    }

    @Test("a stop in good order makes a partial version in every store, and the next capture complete ones")
    func stopped() throws {
        let fixture = try CaptureFixture(2)
        // More than all queues hold.
        for number in 0..<300 {
            try fixture.write("folder \(number)/file", seed: UInt64(number + 1), size: 66_000)
        }
        for copy in fixture.copies { copy.options.threads = 1 }
        let cancellation = Cancellation()
        let fault = FaultyDestination.Fault(.put, ordinals: 3...3, .run { cancellation.stop(within: .seconds(60)) })
        let summaries = try fixture.run(
            destinations: [1: try fixture.faulty(1, fault)], cancellation: cancellation
        ).map { try $0.get() }
        #expect(summaries.allSatisfy { $0.isPartial && $0.version != nil })
        #expect(summaries[0].version == summaries[1].version)
        #expect(summaries[0].opened < 300)
        let next = try fixture.run().map { try $0.get() }
        #expect(next.allSatisfy { !$0.isPartial && $0.version != nil && $0.recoveredVersion == nil })
        #expect(try fixture.differences() == [])
    }

    @Test("a catalog that turns out to be damaged is built anew, and nobody else notices")
    func damagedCatalog() throws {
        let fixture = try fixture(2)
        _ = try fixture.run()
        try fixture.write("folder 1/more", seed: 77)
        let path = fixture.copies[1].catalog
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        // All but the first page, which opening looks at.
        #expect(
            system("dd if=/dev/urandom of='\(path)' bs=4096 seek=1 count=\(size / 4096 - 1) conv=notrunc 2>/dev/null")
                == 0)
        let summaries = try fixture.run().map { try $0.get() }
        #expect(summaries[1].catalogWasRebuilt && !summaries[0].catalogWasRebuilt)
        #expect(summaries[0].opened == 1 && summaries[0].version != nil)
        #expect(try fixture.differences() == [])
    }
}
