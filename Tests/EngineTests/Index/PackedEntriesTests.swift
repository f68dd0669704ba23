import Foundation
import Support
import TestSupport
import Testing

@testable import Engine

@Suite("Entries beyond memory")
struct PackedEntriesTests {
    private func piece(_ number: Int) -> [UInt8] {
        // Some are larger than a chunk of a megabyte.
        let size = number % 1000 == 999 ? 3 << 20 : 1 + number * 7919 % 20_000
        return (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
    }

    @Test("pieces come back in their order and in any other, and leave no file behind")
    func pieces() throws {
        let folder = try TemporaryFolder()
        var writer = PackedEntries.Writer(folder: folder.path)
        var places: [PackedEntries.Place] = []
        for number in 0..<3000 { places.append(try writer.append(piece(number))) }
        let reader = PackedEntries.Reader(try writer.finish())
        var generator = SeededGenerator(seed: 5)
        let orders = [Array(0..<3000), Array((0..<3000).shuffled(using: &generator).prefix(300))]
        for number in orders.joined() {
            let expected = piece(number)
            let found = try reader.with(places[number]) { Array($0[$1..<min($0.count, $1 + expected.count)]) }
            #expect(found == expected, "piece \(number)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("a folder that cannot be written is an error, as soon as it is needed")
    func noFolder() throws {
        var writer = PackedEntries.Writer(folder: "/nonexistent")
        _ = try writer.append(piece(1))
        var error: SystemError?
        do throws(SystemError) {
            for number in 0..<3000 { _ = try writer.append(piece(number)) }
        } catch let refused {
            error = refused
        }
        #expect(error != nil)
    }
}
