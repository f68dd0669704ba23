import Support
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "texts and seconds agree",
        arguments: [
            (0, "19700101T000000Z", "1970-01-01T00:00:00Z"),
            (1_795_231_106, "20261121T031826Z", "2026-11-21T03:18:26Z"),
            (951_782_400, "20000229T000000Z", "2000-02-29T00:00:00Z"),
            (-1, "19691231T235959Z", "1969-12-31T23:59:59Z"),
        ])
    func texts(seconds: Int64, compact: String, iso: String) {
        let time = Timestamp(seconds: seconds)
        #expect(time.compact == compact)
        #expect(time.iso8601 == iso)
        #expect(Timestamp(compact: compact) == time)
        #expect(Timestamp(iso8601: iso) == time)
    }

    @Test(
        "dates that do not exist are refused",
        arguments: [
            "20230229T000000Z", "20231301T000000Z", "20231200T000000Z", "20231201T240000Z", "20231201T000000", "x",
        ])
    func refused(text: String) {
        #expect(Timestamp(compact: text) == nil)
    }

    @Test("ticks count 100 ns from the year one")
    func ticks() {
        #expect(Timestamp(seconds: 0).ticks == 621_355_968_000_000_000)
        #expect(Timestamp(seconds: 1, nanoseconds: 123_456_789).ticks == 621_355_968_011_234_567)
        #expect(Timestamp(ticks: 621_355_968_011_234_567) == Timestamp(seconds: 1, nanoseconds: 123_456_700))
    }

    @Test("nanoseconds before 1970 count forwards")
    func negative() {
        let time = Timestamp(unixNanoseconds: -1)
        #expect(time == Timestamp(seconds: -1, nanoseconds: 999_999_999))
        #expect(time.unixNanoseconds == -1)
    }

    @Test("every day of eight centuries goes there and back")
    func everyDay() {
        for day in Int64(-100_000)...200_000 {
            let time = Timestamp(seconds: day * 86_400 + 12_345)
            #expect(Timestamp(compact: time.compact) == time)
        }
    }
}
