import Testing

@testable import Configuration

@Suite struct ValuesTests {
    @Test(
        "durations are read and written",
        arguments: [
            ("30s", 0, 30, "30s"), ("10min", 0, 600, "10min"), ("6h", 0, 21_600, "6h"), ("7d", 0, 604_800, "1w"),
            ("10d", 0, 864_000, "10d"), ("4w", 0, 2_419_200, "4w"), ("12mo", 12, 0, "12mo"), ("18mo", 18, 0, "18mo"),
            ("1d12h", 0, 129_600, "1d12h"), ("13mo1d", 13, 86_400, "13mo1d"), ("0s", 0, 0, "0s"),
        ])
    func durations(_ text: String, _ months: Int, _ seconds: Int64, _ written: String) throws {
        let duration = try #require(CalendarDuration(parsing: text))
        #expect(duration == CalendarDuration(months: months, seconds: seconds))
        #expect(duration.description == written)
        #expect(CalendarDuration(parsing: written) == duration)
    }

    @Test("a year is not twelve months: Duplicati counts 365 days for one and 360 for the others")
    func years() throws {
        let year = try #require(CalendarDuration(parsing: "1y1mo"))
        #expect(year == CalendarDuration(years: 1, months: 1, seconds: 0))
        #expect(year.description == "1y1mo" && year.fixedSeconds == 395 * 86_400)
        let months = try #require(CalendarDuration(parsing: "12mo"))
        #expect(months.fixedSeconds == 360 * 86_400)
    }

    @Test("Duplicati's policies are read, with capitals that matter")
    func duplicati() {
        let day = CalendarDuration(seconds: 86_400)
        let week = CalendarDuration(seconds: 604_800)
        let smart: [RetentionSpecification.Tier] = [
            .init(period: week, interval: day), .init(period: CalendarDuration(seconds: 2_419_200), interval: week),
            .init(period: CalendarDuration(months: 12, seconds: 0), interval: CalendarDuration(months: 1, seconds: 0)),
        ]
        #expect(RetentionSpecification.tiers(parsing: "1W:1D,4W:1W,12M:1M") == smart)
        #expect(RetentionSpecification.tiers(parsing: "12M:1M,1W:1D,4W:1W") == smart)
        #expect(RetentionSpecification.tiers(parsing: "1w:1d,4w:1w,12mo:1mo") == smart)
        #expect(
            DuplicatiPolicy.parse("10m:U,U:1Y") == [
                .init(period: CalendarDuration(seconds: 600), interval: nil),
                .init(period: nil, interval: CalendarDuration(years: 1, seconds: 0)),
            ])
        for bad in ["", "1W", "1W:", "1w:1D", "1W:1D:1h", "1W:1D,", "1W:1D, 4W:1W", "1W:1D,7D:1h", "U:U,U:1D", "-1D:U"]
        {
            #expect(DuplicatiPolicy.parse(bad) == nil, "\(bad)")
            #expect(DuplicatiPolicy.problem(bad) != nil, "\(bad)")
        }
    }

    @Test(
        "what is no duration is refused",
        arguments: ["", "d", "7", "7m", "7D", "7 d", " 7d", "-7d", "1.5d", "7dd", "7d3", "٣d", "9999999999d", "7d,1w"])
    func notDurations(_ text: String) {
        #expect(CalendarDuration(parsing: text) == nil)
    }

    @Test("a sum of very many very long parts is no duration, and no crash")
    func endless() {
        #expect(CalendarDuration(parsing: String(repeating: "999999999w", count: 40_000)) == nil)
        #expect(CalendarDuration(parsing: String(repeating: "999999999y", count: 40_000)) == nil)
        #expect(CalendarDuration(parsing: "999999999w") != nil)
    }

    @Test("tiers as a text have ages and intervals, and words for no end")
    func tiers() {
        let day = CalendarDuration(seconds: 86_400)
        let week = CalendarDuration(seconds: 604_800)
        #expect(
            Tiers.parse("1w:1d , 1w : all,forever:1w") == [
                .init(period: week, interval: day), .init(period: week, interval: nil),
                .init(period: nil, interval: week),
            ])
        for bad in ["", "1w", "1w:", ":1d", "1w:1d:1h", "1w:1d,", "all:1d", "1d:forever"] {
            #expect(Tiers.parse(bad) == nil, "\(bad)")
            #expect(Tiers.problem(bad) != nil, "\(bad)")
        }
    }

    @Test("compression is a word or a level")
    func compression() {
        #expect(Compression(parsing: "none")?.level == 0 && Compression(parsing: "best")?.level == 12)
        #expect(Compression(parsing: "3")?.description == "3" && Compression(parsing: "6")?.description == "balanced")
        for bad in ["", "13", "-1", "Fast", "1.5"] { #expect(Compression(parsing: bad) == nil, "\(bad)") }
    }

    @Test("filters have Duplicati's grammar")
    func filters() {
        for good in ["*/a", "/a/b", "/a/", "[.*\\.tmp]", "{CacheFiles}", "{cache, TMP}", "@[odd", "@a*", "?.txt", "*"] {
            #expect(Filters.problem(good) == nil, "\(good)")
        }
        for bad in ["", "@", "[", "[]", "[.*", "{Nothing}", "{Cache", "a/b"] {
            #expect(Filters.problem(bad) != nil, "\(bad)")
        }
    }
}
