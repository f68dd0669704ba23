import Support
import Testing

@testable import Schedule

@Suite("Schedules in five fields")
struct FiveFieldsTests {
    private func cron(_ text: String, delay: Int64 = 0) throws -> [String] {
        try Recurrence.cron(CronExpression(text).resolved(seed: "home\nphotos")).fiveFields(delay: delay).expressions
    }

    @Test(
        "an expression becomes one that others read in the same way",
        arguments: [
            ("30 2 * * *", "30 2 * * *"), ("*/15 * * * *", "*/15 * * * *"), ("0 */2 * * *", "0 */2 * * *"),
            ("5/15 3 * * *", "5-50/15 3 * * *"), ("0 9-17 * * mon-fri", "0 9-17 * * 1-5"), ("0 0 * * 7", "0 0 * * 0"),
            ("0 0 * * sat-sun", "0 0 * * 0,6"), ("0 0 13 * fri", "0 0 13 * 5"), ("0 0 */2 * *", "0 0 1-31/2 * *"),
            ("0 0 1-31 * fri", "0 0 1-31 * 5"), ("0 0 1 */6 *", "0 0 1 1,7 *"), ("@weekly", "0 0 * * 0"),
            ("0 30 2 * * *", "30 2 * * *"), ("1,2,3,7 0 * * *", "1-3,7 0 * * *"),
        ])
    func expressions(_ text: String, _ expected: String) throws { #expect(try cron(text) == [expected]) }

    @Test("a hash becomes the numbers that it stands for")
    func hash() throws {
        let fields = try cron("H H * * *")
        #expect(fields.count == 1 && !fields[0].contains("H"))
        let own = Recurrence.cron(try CronExpression("H H * * *").resolved(seed: "home\nphotos"))
        let other = Recurrence.cron(try CronExpression(fields[0]).resolved(seed: ""))
        let start = try #require(Timestamp(iso8601: "2026-11-21T00:00:00Z"))
        #expect(own.next(3, after: start, in: .utc) == other.next(3, after: start, in: .utc))
    }

    @Test(
        "every schedule that can be said is due at the same moments",
        arguments: [
            "H H(1-5) * * *", "H/20 * * * *", "7,11,50 3,8-11 * * mon,wed", "0 12 1,15 * *", "0 0 13 * fri",
            "*/7 */5 * feb-apr *", "59 23 31 12 *",
        ], [Int64(0), 45, 60, 1234, 7000, 90_000])
    func moments(_ text: String, delay: Int64) throws {
        let own = Recurrence.cron(try CronExpression(text).resolved(seed: "x"))
        let fields: FiveFields
        do {
            fields = try own.fiveFields(delay: delay)
        } catch {
            // A delay may move it to a day that cron cannot name.
            #expect(delay > 0 && "\(error)".contains("another day"))
            return
        }
        let start = try #require(Timestamp(iso8601: "2026-01-01T00:00:00Z"))
        let expected = own.next(200, after: start, in: .utc).map { ($0.seconds + delay) / 60 * 60 }
        let found = try fields.expressions.flatMap { expression in
            Recurrence.cron(try CronExpression(expression).resolved(seed: ""))
                .next(400, after: start, in: .utc).map(\.seconds)
        }
        let last = try #require(expected.last)
        let earliest = expected[0]
        #expect(Set(found.filter { $0 <= last && $0 >= earliest }) == Set(expected), "\(fields.expressions)")
    }

    @Test(
        "what five fields cannot say is refused in words",
        arguments: [
            ("*/30 0 0 * * *", "seconds"), ("0 12 L * *", "`L`"), ("0 12 * * 5L", "`L`"), ("0 12 * * tue#2", "`#`"),
            ("0 0 */13 * fri", "together"),
        ])
    func refusals(_ text: String, _ word: String) throws {
        let problem = #expect(throws: CronProblem.self) { try self.cron(text) }
        #expect(problem?.description.contains(word) == true, "\(String(describing: problem))")
    }

    @Test("intervals that divide the day are expressions, several where one is not enough")
    func intervals() throws {
        func fields(_ seconds: Int64, at: String? = nil, days: Set<Weekday> = []) throws -> [String] {
            try Recurrence.interval(seconds: seconds, at: at.flatMap { ClockTime(parsing: $0) }, days: days)
                .fiveFields().expressions
        }
        #expect(try fields(6 * 3600) == ["0 */6 * * *"])
        #expect(try fields(6 * 3600, at: "02:30", days: [.monday, .sunday]) == ["30 2-20/6 * * 0,1"])
        #expect(try fields(900) == ["*/15 * * * *"])
        #expect(try fields(86_400, at: "23:05") == ["5 23 * * *"])
        #expect(try fields(604_800, at: "03:00") == ["0 3 * * 1"])
        #expect(try fields(5400) == ["0 */3 * * *", "30 1-22/3 * * *"])
        for seconds: Int64 in [129_600, 172_800, 30, 7 * 3600, 1_209_600] {
            #expect(throws: CronProblem.self) { try fields(seconds) }
        }
        #expect(throws: CronProblem.self) { try fields(604_800, days: [.friday]) }
        #expect(
            try Recurrence.months(3, day: 1, at: ClockTime(parsing: "04:00")).fiveFields().expressions
                == ["0 4 1 1-12/3 *"])
        #expect(throws: CronProblem.self) { try Recurrence.months(5, day: 1, at: nil).fiveFields() }
    }

    @Test("a delay past midnight takes the weekdays along")
    func midnight() throws {
        #expect(try cron("50 23 * * fri", delay: 1200) == ["10 0 * * 6"])
        #expect(try cron("50 23 * * *", delay: 1200) == ["10 0 * * *"])
        #expect(try cron("50 11,23 * * sat", delay: 1200) == ["10 12 * * 6", "10 0 * * 0"])
    }
}
