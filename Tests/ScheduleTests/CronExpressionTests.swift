import Support
import Testing

@testable import Schedule

@Suite struct CronExpressionTests {
    private func times(_ text: String, after: String, in zone: Zone = .utc, _ count: Int = 3) throws -> [String] {
        let expression = try CronExpression(text)
        let start = try #require(Timestamp(iso8601: after))
        return Recurrence.cron(expression.resolved(seed: "home\nphotos")).next(count, after: start, in: zone).map {
            $0.iso8601
        }
    }

    @Test(
        "an expression names moments",
        arguments: [
            ("30 2 * * *", ["2026-11-21T02:30:00Z", "2026-11-22T02:30:00Z"]),
            ("*/20 * * * *", ["2026-11-21T00:20:00Z", "2026-11-21T00:40:00Z"]),
            ("15,45 8-9 * * mon-fri", ["2026-11-23T08:15:00Z", "2026-11-23T08:45:00Z"]),
            ("0 0 1 */6 *", ["2027-01-01T00:00:00Z", "2027-07-01T00:00:00Z"]),
            ("0 0 29 feb *", ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"]),
            ("0 12 L * *", ["2026-11-30T12:00:00Z", "2026-12-31T12:00:00Z"]),
            ("0 12 * * 5L", ["2026-11-27T12:00:00Z", "2026-12-25T12:00:00Z"]),
            ("0 12 * * tue#2", ["2026-12-08T12:00:00Z", "2027-01-12T12:00:00Z"]),
            ("0 0 13 * fri", ["2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z"]),
            ("0 0 */13 * fri", ["2026-11-27T00:00:00Z", "2027-01-01T00:00:00Z"]),
            ("0 0 * * 7", ["2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"]),
            ("0 0 * * sat-sun", ["2026-11-22T00:00:00Z", "2026-11-28T00:00:00Z"]),
            ("20 30 2 * * *", ["2026-11-21T02:30:20Z", "2026-11-22T02:30:20Z"]),
            ("*/30 0 0 * * *", ["2026-11-21T00:00:30Z", "2026-11-22T00:00:00Z"]),
            ("@hourly", ["2026-11-21T01:00:00Z", "2026-11-21T02:00:00Z"]),
            ("@Weekly", ["2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"]),
            ("5/15 3 * * *", ["2026-11-21T03:05:00Z", "2026-11-21T03:20:00Z"]),
        ])
    func moments(_ text: String, _ expected: [String]) throws {
        #expect(try times(text, after: "2026-11-21T00:00:00Z", expected.count) == expected)
    }

    @Test("a hash is stable, within its range, and different for different jobs")
    func hashes() throws {
        let expression = try CronExpression("H H(0-5) * * *")
        #expect(expression.isHashed)
        let one = expression.resolved(seed: "home\nphotos")
        #expect(one == expression.resolved(seed: "home\nphotos"))
        var minutes: Set<[Int]> = []
        for job in 0..<60 {
            let times = expression.resolved(seed: "home\njob\(job)")
            minutes.insert(times.minutes)
            #expect(times.minutes.count == 1 && times.hours.allSatisfy { (0...5).contains($0) })
        }
        #expect(minutes.count > 20)
        let quarter = try CronExpression("H/15 * * * *").resolved(seed: "home\nphotos")
        #expect(quarter.minutes.count == 4 && Set(quarter.minutes.map { $0 % 15 }).count == 1)
    }

    @Test(
        "what is wrong is named, with what to write instead",
        arguments: [
            ("60 * * * *", "60 is out of range for the minutes", "60", nil),
            ("* 24 * * *", "24 is out of range for the hours", "24", nil),
            ("0 0 0 * *", "0 is out of range for the days of the month", "0", nil),
            ("* * * 13 *", "13 is out of range for the months", "13", nil),
            ("* * * * 8", "8 is out of range for the weekdays", "8", nil),
            ("* * * *", "it has 4 fields", nil, nil),
            ("0 0 * * * ? 2026", "it has 7 fields", nil, "leave out the year"),
            ("0 0 ? * *", "`?` belongs to Quartz", "?", "write `*`"),
            ("0 22-5 * * *", "the range runs backwards", "22-5", "write `22-23,0-5`"),
            ("*/0 * * * *", "the step `0` is not a number", "*/0", nil),
            ("*/90 * * * *", "a step of 90 is more than the minutes have", "*/90", nil),
            ("a * * * *", "`a` is not a number among the minutes", "a", nil),
            ("0 0 * * mond", "`mond` is not a number among the weekdays", "mond", nil),
            ("0,, * * * *", "a comma has nothing beside it", nil, nil),
            ("1-2-3 * * * *", "it is not a range", "1-2-3", nil),
            ("1/2/3 * * * *", "it has two steps", "1/2/3", nil),
            ("H(5) * * * *", "it is not a hash", "H(5)", "write `H`, `H/15` or `H(0-29)`"),
            ("0 0 * * 1#6", "a month has a weekday once to five times", "1#6", "write `1#1`"),
            ("0 0 30 2 *", "it would never run", nil, nil),
            ("@every 6h", "`@every` is not a cron expression", nil, "write `schedule: { every: 6h }`"),
            ("@reboot", "`@reboot` names no time", nil, "`catch_up: once` makes up for a run that was missed"),
            ("@daily-random", "not known", nil, "write `H` for a stable choice: `H H * * *` is daily"),
            ("@fortnightly", "not known", nil, "write @hourly, @daily, @weekly, @monthly, @yearly or five fields"),
            ("99999999999999999999 * * * *", "is not a number", "99999999999999999999", nil),
        ] as [(String, String, String?, String?)])
    func problems(_ text: String, _ words: String, _ part: String?, _ advice: String?) throws {
        let problem = #expect(throws: CronProblem.self) { try CronExpression(text) }
        let found = try #require(problem)
        #expect(found.description.contains(words), "\(found.description)")
        #expect(found.part == part && found.advice == advice, "\(found)")
    }

    @Test("the next moment is the first that a search minute by minute finds", arguments: 0..<60)
    func search(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) &+ 77)
        func field(_ range: ClosedRange<Int>) -> String {
            let low = Int.random(in: range, using: &random)
            let high = Int.random(in: low...range.upperBound, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: return "*"
            case 1: return "\(low)"
            case 2: return "\(low)-\(high)"
            case 3: return "*/\(Int.random(in: 1...max(1, range.upperBound / 2), using: &random))"
            default: return "\(low),\(high)"
            }
        }
        let text = "\(field(0...59)) \(field(0...23)) \(field(1...28)) * \(field(0...6))"
        let times = try CronExpression(text).resolved(seed: "")
        let start = Int64(1_794_000_000) + Int64.random(in: 0..<31_536_000, using: &random)
        let found = try #require(Recurrence.cron(times).next(after: Timestamp(seconds: start), in: .utc))
        var second = (start / 60 + 1) * 60
        var limit = 0
        while !fits(times, second), limit < 400_000 {
            second += 60
            limit += 1
        }
        #expect(found.seconds == second, "\(text) after \(start), seed \(seed)")
    }

    private func fits(_ times: CronTimes, _ second: Int64) -> Bool {
        let wall = WallTime(second)
        return times.minutes.contains(Int(wall.secondOfDay / 60 % 60))
            && times.hours.contains(Int(wall.secondOfDay / 3600)) && times.matches(CalendarDay(number: wall.day))
    }
}

/// A small generator, so that a seed says it all.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
