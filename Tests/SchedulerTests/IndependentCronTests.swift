import Foundation
import Schedule
import Scheduler
import Support
import TestSupport
import Testing

/// Compares with another implementation of cron, croniter, and with another reader of time zones, Python's.
@Suite(.enabled(if: Croniter.isThere, "croniter is not installed; scripts/test-tools.sh brings it"))
struct IndependentCronTests {
    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu",
    ]

    @Test("ten years of cron expressions in five zones are those of croniter", arguments: zones)
    func tenYears(_ zone: String) throws {
        let start = Timestamp(seconds: 1_451_606_400)  // 1 January 2016
        let end = Timestamp(seconds: 1_767_225_600)  // 1 January 2026
        let expressions = [
            "30 2 * * *", "0 2,3 * * sun", "15 1-3 1,15 * fri", "59 23 28-31 * *", "0 */8 * 3,10,11 sat",
        ]
        try compare(expressions.map { (zone, $0, start, end) })
    }

    @Test("expressions of chance are those of croniter, with and without seconds")
    func chance() throws {
        var generator = SeededGenerator.printed("cron expressions of chance")
        var questions: [(String, String, Timestamp, Timestamp)] = []
        for _ in 0..<60 {
            let zone = Self.zones.randomElement(using: &generator) ?? "UTC"
            let start = Timestamp(seconds: .random(in: 1_451_606_400..<1_735_689_600, using: &generator))
            let days = Int64.random(in: 1...20, using: &generator)
            questions.append(
                (zone, Self.expression(&generator), start, Timestamp(seconds: start.seconds + days * 86_400)))
        }
        try compare(questions)
    }

    private func compare(_ questions: [(String, String, Timestamp, Timestamp)]) throws {
        let answers = try Croniter.answers(
            questions.map { "\($0.0)|\($0.1)|\($0.2.seconds)|\($0.3.seconds)" })
        try #require(answers.count == questions.count)
        for (question, expected) in zip(questions, answers) {
            let rules = JobRules(
                name: "job", recurrences: [.cron(try CronExpression(question.1).resolved(seed: ""))],
                zone: try #require(Zone(named: question.0)))
            var own: [Int64] = []
            var time = question.2
            while let next = rules.next(after: time), next <= question.3 {
                own.append(next.seconds)
                time = next
            }
            let difference = own.difference(from: expected).first
            #expect(difference == nil, "\(question): \(own.count) and \(expected.count) moments")
        }
    }

    /// At most some thousand moments in twenty days.
    private static func expression(_ generator: inout SeededGenerator) -> String {
        // croniter takes `5-5` for every number there is, so a range has two at least.
        func field(_ range: ClosedRange<Int>, star: Bool, steps: Bool = false) -> String {
            let low = Int.random(in: range.lowerBound..<range.upperBound, using: &generator)
            switch Int.random(in: 0..<(star ? 5 : 4), using: &generator) {
            case 0: return "\(low)"
            case 1: return "\(low)-\(Int.random(in: low + 1...range.upperBound, using: &generator))"
            case 2: return "\(low),\(Int.random(in: range, using: &generator))"
            case 3: return "\(low)-\(range.upperBound)/\(Int.random(in: 2...7, using: &generator))"
            default:
                return steps && Bool.random(using: &generator) ? "*/\(Int.random(in: 2...5, using: &generator))" : "*"
            }
        }
        let hours = field(0...23, star: true, steps: true)
        let days = field(1...28, star: true)
        let expression =
            "\(field(0...59, star: false)) \(hours) \(days) \(field(1...12, star: true)) \(field(0...6, star: true))"
        return Int.random(in: 0..<4, using: &generator) == 0
            ? "\(Int.random(in: 0...59, using: &generator)) \(expression)" : expression
    }
}

/// The program that asks croniter.
enum Croniter {
    static let isThere = Python.has("croniter")

    static func answers(_ questions: [String]) throws -> [[Int64]] {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle/occurrences.py").path
        let text = try Python.run([script], input: questions.map { "\($0)\n" }.joined())
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.split(separator: " ").compactMap { Int64($0) } }
    }
}
