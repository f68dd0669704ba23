import Destinations
import Foundation
import Glibc
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Captures in the course of time")
struct CaptureCourseTests {
    /// Changes some of the tree.
    private func change(_ fixture: CaptureFixture, _ generator: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 1..<8, using: &generator) {
            let name = "folder \(Int.random(in: 0..<5, using: &generator))/\(Int.random(in: 0..<9, using: &generator))"
            try fixture.write(
                name, seed: UInt64.random(in: 1...9999, using: &generator),
                size: [0, 1, 500, 4096, 4097, 30_000, 70_000].randomElement(using: &generator) ?? 0)
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            fixture.tree.remove("folder \(Int.random(in: 0..<5, using: &generator))")
        }
        try FileTree.createFolder(fixture.tree.source)
        if Int.random(in: 0..<6, using: &generator) == 0 {
            try fixture.write("large", seed: UInt64.random(in: 1...9999, using: &generator), size: 4_300_000)
        }
    }

    @Test("whatever states the stores come from, after a capture all of them restore the same")
    func anyStates() throws {
        var generator = SeededGenerator.printed("states before a capture")
        for _ in 0..<3 {
            let count = Int.random(in: 2...4, using: &generator)
            let fixture = try CaptureFixture(count)
            for copy in fixture.copies {
                copy.options.compressionLevel = [0, 1, 2, 9].randomElement(using: &generator) ?? 2
                copy.options.volumeSize = [32 << 10, 100 << 10, 1 << 20].randomElement(using: &generator) ?? 65536
                if Int.random(in: 0..<5, using: &generator) == 0 { copy.options.blockSize = 16_384 }
            }
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                try change(fixture, &generator)
                let numbers = (0..<count).filter { _ in Int.random(in: 0..<3, using: &generator) > 0 }
                guard !numbers.isEmpty else { continue }
                var destinations: [Int: any Destination] = [:]
                for number in numbers where Int.random(in: 0..<3, using: &generator) == 0 {
                    let fault = FaultyDestination.Fault(
                        .put, ordinals: Int.random(in: 1..<12, using: &generator)...99, .failBefore(.permission))
                    destinations[number] = try fixture.faulty(number, fault)
                }
                _ = try fixture.run(numbers, destinations: destinations)
                for copy in fixture.copies where Int.random(in: 0..<6, using: &generator) == 0 {
                    FileTree.remove(copy.catalog)
                }
            }
            try change(fixture, &generator)
            let summaries = try fixture.run().map { try $0.get() }
            for (number, summary) in summaries.enumerated() {
                for other in summaries[..<number] where other.capture.number == summary.capture.number {
                    #expect(other.capture == summary.capture)
                    if let time = summary.version, let others = other.version { #expect(time == others) }
                }
            }
            #expect(try fixture.differences(checking: Array(0..<count)) == [])
        }
    }

    @Test(
        "of stores that do one call in ten badly each loses nothing, and one good capture sets all right",
        arguments: 1...6 as ClosedRange<UInt64>)
    func chaos(seed: UInt64) throws {
        let fixture = try CaptureFixture(2)
        let memories = [ChaosMemory(), ChaosMemory()]
        var generator = SeededGenerator(seed: seed)
        for round in 0..<4 {
            try change(fixture, &generator)
            let offset = Int64(round * 120)
            for copy in fixture.copies { copy.now = { Timestamp(seconds: Timestamp.now().seconds + offset) } }
            let destinations = try fixture.copies.enumerated().map { number, copy in
                ChaosDestination(
                    try copy.destination(), seed: seed &* 100 &+ UInt64(round * 2 + number), memory: memories[number])
            }
            _ = try fixture.run(destinations: [0: destinations[0], 1: destinations[1]])
        }
        for copy in fixture.copies { copy.now = { Timestamp(seconds: Timestamp.now().seconds + 600) } }
        _ = try fixture.run()
        // One more stores again what the one before found to be lost.
        let last = try fixture.run().map { try $0.get() }
        #expect(last.count == 2)
        let expected = try TreeSnapshot(fixture.tree.source)
        for copy in fixture.copies {
            let differences = try copy.restoreDifferences(.newest, from: expected)
            #expect(differences.filter { !$0.contains("duplicati-") } == [], "seed \(seed)")
        }
    }
}
