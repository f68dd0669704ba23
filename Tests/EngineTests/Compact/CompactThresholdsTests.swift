import Testing

@testable import Engine

@Suite("Thresholds of compaction")
struct CompactThresholdsTests {
    /// Sizes are in units of 1 KiB; a full volume has 1,000.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var volumes: [(used: Int64, wasted: Int64, size: Int64)]
        var deletable: [Int] = []
        var wasteful: [Int] = []
        var small: [Int] = []
        var isDue = false
    }

    private static let full: (used: Int64, wasted: Int64, size: Int64) = (1000, 0, 1000)

    static let cases: [Case] = [
        Case(testDescription: "nothing at all", volumes: []),
        Case(testDescription: "full volumes", volumes: [full, full]),
        Case(testDescription: "a volume of waste", volumes: [(0, 1000, 1000), full], deletable: [0]),
        Case(testDescription: "an empty volume", volumes: [(0, 0, 5), full], deletable: [0]),
        Case(testDescription: "just less than a quarter", volumes: [(751, 249, 1000), (751, 249, 1000)]),
        Case(
            testDescription: "a quarter of all, in two volumes", volumes: [(750, 250, 1000), (750, 250, 1000)],
            wasteful: [0, 1], isDue: true),
        Case(
            testDescription: "a quarter of the full size, in volumes with more than that unpacked",
            volumes: [(3750, 250, 1000), (3750, 250, 1000)], wasteful: [0, 1]),
        Case(testDescription: "one wasteful volume alone", volumes: [(500, 500, 1000)], wasteful: [0]),
        Case(
            testDescription: "two wasteful volumes among many whole ones",
            volumes: [(500, 500, 1000), (500, 500, 1000)] + Array(repeating: full, count: 3), wasteful: [0, 1]),
        Case(
            testDescription: "deletable volumes count for the whole, not for the waste",
            volumes: [(500, 500, 1000), (500, 500, 1000), (0, 3000, 3000)], deletable: [2], wasteful: [0, 1]),
        Case(
            testDescription: "twenty small volumes", volumes: Array(repeating: (10, 0, 10), count: 20),
            small: Array(0..<20)),
        Case(
            testDescription: "twenty-one small volumes", volumes: Array(repeating: (10, 0, 10), count: 21),
            small: Array(0..<21), isDue: true),
        Case(
            testDescription: "small volumes that fill one", volumes: Array(repeating: (200, 0, 200), count: 5),
            small: Array(0..<5)),
        Case(
            testDescription: "small volumes that fill more than one",
            volumes: Array(repeating: (200, 0, 200), count: 6),
            small: Array(0..<6), isDue: true),
        Case(testDescription: "just too large to be small", volumes: Array(repeating: (201, 0, 201), count: 30)),
        Case(
            testDescription: "small and wasteful", volumes: [(50, 50, 100), full], wasteful: [0], small: [0]),
    ]

    @Test("are Duplicati's", arguments: cases)
    func table(_ example: Case) {
        var options = CompactOptions()
        options.volumeSize = 1000 << 10
        let decision = CompactThresholds(options, largest: 0).decide(
            example.volumes.map { .init(used: $0.used << 10, wasted: $0.wasted << 10, size: $0.size << 10) })
        #expect(decision.deletable == example.deletable)
        #expect(decision.wasteful == example.wasteful)
        #expect(decision.small == example.small)
        #expect(decision.isRewriteDue == example.isDue)
    }

    @Test("volumes that would not fit together into one are never small")
    func largestSmall() {
        var options = CompactOptions()
        options.volumeSize = 1000
        options.smallFileSize = 5000
        #expect(CompactThresholds(options, largest: 0).smallFileSize == 500)
    }

    @Test("without a volume size the largest volume tells it")
    func ownSize() {
        #expect(CompactThresholds(CompactOptions(), largest: 7 << 20).volumeSize == 7 << 20)
        #expect(CompactThresholds(CompactOptions(), largest: 7).volumeSize == 1 << 20)
    }
}
