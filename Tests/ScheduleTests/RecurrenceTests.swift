import Support
import Testing

@testable import Schedule

/// What happens where clocks are moved, in the year 2026.
@Suite struct RecurrenceTests {
    private func times(
        _ recurrence: Recurrence, _ zone: String, after: String, _ count: Int
    ) throws -> [String] {
        let zone = try #require(Zone(named: zone))
        let start = try #require(Timestamp(iso8601: after))
        return recurrence.next(count, after: start, in: zone).map { $0.iso8601 }
    }

    private func cron(_ text: String) throws -> Recurrence {
        .cron(try CronExpression(text).resolved(seed: "home\nphotos"))
    }

    @Test("a time of the day that the clocks skip is due at the change, once")
    func skipped() throws {
        // Berlin goes from 02:00 to 03:00 on 29 March, at 01:00 UTC.
        #expect(
            try times(cron("30 2 * * *"), "Europe/Berlin", after: "2026-03-27T12:00:00Z", 4) == [
                "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z",
            ])
        #expect(
            try times(cron("0,15,30,45 2 * * *"), "Europe/Berlin", after: "2026-03-28T23:00:00Z", 2) == [
                "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z",
            ])
    }

    @Test("a time of the day that comes twice is due the first time")
    func twice() throws {
        // Berlin goes from 03:00 back to 02:00 on 25 October, at 01:00 UTC.
        #expect(
            try times(cron("30 2 * * *"), "Europe/Berlin", after: "2026-10-23T12:00:00Z", 3) == [
                "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z",
            ])
        // Asked between the two, the second is not due again.
        #expect(
            try times(cron("30 2 * * *"), "Europe/Berlin", after: "2026-10-25T00:45:00Z", 1) == [
                "2026-10-26T01:30:00Z"
            ])
        #expect(
            try times(cron("0,30 2,3 * * *"), "Europe/Berlin", after: "2026-10-25T00:00:00Z", 3) == [
                "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z",
            ])
    }

    @Test("what is due every hour stays due every hour through both changes")
    func everyHour() throws {
        let hourly = try cron("0 * * * *")
        for day in ["2026-03-28T20:30:00Z", "2026-10-24T20:30:00Z"] {
            let zone = try #require(Zone(named: "Europe/Berlin"))
            let start = try #require(Timestamp(iso8601: day))
            let found = hourly.next(12, after: start, in: zone)
            #expect(zip(found, found.dropFirst()).allSatisfy { $1.seconds - $0.seconds == 3600 }, "\(found)")
        }
        // Lord Howe moves its clocks by half an hour, at 02:00 daylight time, which is 15:00 UTC.
        #expect(
            try times(cron("*/30 * * * *"), "Australia/Lord_Howe", after: "2026-04-04T13:59:00Z", 4) == [
                "2026-04-04T14:00:00Z", "2026-04-04T14:30:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z",
            ])
    }

    @Test(
        "every day has exactly one run of a daily job, in any zone",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu"],
        ["0 0 * * *", "30 1 * * *", "15 2 * * *", "0 3 * * *"])
    func daily(_ name: String, _ text: String) throws {
        let zone = try #require(Zone(named: name))
        let start = try #require(Timestamp(iso8601: "2026-01-01T12:00:00Z"))
        let found = try cron(text).next(730, after: start, in: zone)
        let days = found.map { zone.wall(at: $0).day }
        #expect(zip(days, days.dropFirst()).allSatisfy { $1 == $0 + 1 })
    }

    @Test("every moment found is the next one also when asked a second before it")
    func nothingLost() throws {
        let zone = try #require(Zone(named: "America/New_York"))
        for text in ["*/7 * * * *", "30 1,2 * * *", "10 */2 * * *", "59 23 * * 0"] {
            let recurrence = try cron(text)
            for day in ["2026-03-07T12:00:00Z", "2026-10-31T12:00:00Z"] {
                var time = try #require(Timestamp(iso8601: day))
                for _ in 0..<200 {
                    let next = try #require(recurrence.next(after: time, in: zone))
                    #expect(next > time)
                    let again = recurrence.next(after: Timestamp(seconds: next.seconds - 1), in: zone)
                    #expect(again == next, "\(text) after \(time)")
                    time = next
                }
            }
        }
    }

    @Test("intervals count on the clock from Monday, 1 January 2024")
    func intervals() throws {
        let noon = try #require(ClockTime(parsing: "12:00"))
        #expect(
            try times(.interval(seconds: 21_600, at: nil, days: []), "UTC", after: "2026-11-21T05:00:00Z", 3) == [
                "2026-11-21T06:00:00Z", "2026-11-21T12:00:00Z", "2026-11-21T18:00:00Z",
            ])
        #expect(
            try times(
                .interval(seconds: 86_400, at: noon, days: [.saturday, .monday]), "Europe/Berlin",
                after: "2026-10-23T12:00:00Z", 3) == [
                    "2026-10-24T10:00:00Z", "2026-10-26T11:00:00Z", "2026-10-31T11:00:00Z",
                ])
        #expect(
            try times(.interval(seconds: 604_800, at: nil, days: []), "UTC", after: "2026-11-21T05:00:00Z", 2) == [
                "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z",
            ])
        #expect(Recurrence.interval(seconds: 604_800, at: nil, days: [.tuesday]).next(after: .now(), in: .utc) == nil)
        #expect(
            try times(.months(3, day: 31, at: noon), "UTC", after: "2026-11-21T05:00:00Z", 3) == [
                "2027-01-31T12:00:00Z", "2027-04-30T12:00:00Z", "2027-07-31T12:00:00Z",
            ])
    }

    @Test("jitter is stable, below its limit, and spread")
    func jitter() {
        #expect(Jitter.seconds(below: 0, seed: "a") == 0)
        let delays = (0..<200).map { Jitter.seconds(below: 1200, seed: "home\njob\($0)") }
        #expect(delays.allSatisfy { (0..<1200).contains($0) } && Set(delays).count > 150)
        #expect(delays == (0..<200).map { Jitter.seconds(below: 1200, seed: "home\njob\($0)") })
    }

    @Test("times of the day are read and written")
    func clockTimes() {
        #expect(ClockTime(parsing: "2:30")?.description == "02:30" && ClockTime(parsing: "24:00")?.minutes == 1440)
        for bad in ["", "2", "24:01", "12:60", "1230", "12:3", "-1:00", "12:30:00", "٣:00"] {
            #expect(ClockTime(parsing: bad) == nil, "\(bad)")
        }
    }
}
