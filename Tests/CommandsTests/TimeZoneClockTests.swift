import Support
import Testing

@testable import Commands

@Suite("Times of a zone")
struct TimeZoneClockTests {
    private func berlin() throws -> TimeZoneClock { try #require(TimeZoneClock(named: "Europe/Berlin")) }

    @Test(
        "are written with their offset",
        arguments: [
            (1_795_229_906, "2026-11-21 03:58:26 +01:00"), (1_782_000_000, "2026-06-21 02:00:00 +02:00"),
            (-1, "1970-01-01 00:59:59 +01:00"),
        ])
    func written(_ seconds: Int, _ text: String) throws {
        #expect(try berlin().text(Timestamp(seconds: Int64(seconds))) == text)
        #expect(try berlin().time(text) == Timestamp(seconds: Int64(seconds)))
    }

    @Test("west of Greenwich and with half hours")
    func offsets() throws {
        let newfoundland = try #require(TimeZoneClock(named: "America/St_Johns"))
        let text = newfoundland.text(Timestamp(seconds: 1_795_229_906))
        #expect(text == "2026-11-20 23:28:26 -03:30")
        #expect(newfoundland.time(text) == Timestamp(seconds: 1_795_229_906))
    }

    @Test(
        "are read in every usual form",
        arguments: [
            "2026-11-21T02:58:26Z", "20261121T025826Z", "2026-11-21 03:58:26", "2026-11-21T03:58:26",
            "2026-11-21T03:58:26+01:00", "2026-11-21 03:58:26 +0100", "2026-11-21T02:58:26+00",
            "2026-11-20T21:58:26-05:00",
        ])
    func read(_ text: String) throws {
        #expect(try berlin().time(text) == Timestamp(seconds: 1_795_229_906))
    }

    @Test("may leave out seconds, and the time of a day means its end")
    func short() throws {
        #expect(try berlin().time("2026-11-21 03:58") == Timestamp(seconds: 1_795_229_880))
        #expect(try berlin().time("2026-11-21") == Timestamp(iso8601: "2026-11-21T22:59:59Z"))
    }

    @Test("when clocks change the first of two readings counts, and one that is left out is moved")
    func changes() throws {
        // 2026-10-25: 02:30 comes twice, first with +02:00. 2026-03-29: 02:30 does not come at all.
        #expect(try berlin().time("2026-10-25 02:30:00") == Timestamp(iso8601: "2026-10-25T00:30:00Z"))
        #expect(try berlin().time("2026-03-29 02:30:00") == Timestamp(iso8601: "2026-03-29T00:30:00Z"))
        #expect(try berlin().time("2026-03-29 03:30:00") == Timestamp(iso8601: "2026-03-29T01:30:00Z"))
    }

    @Test(
        "are refused when they make no sense",
        arguments: [
            "", "3", "yesterday", "2026-13-01", "2026-11-21 25:00", "2026-11-21T02:58:26+99:00", "2026-11-21 1 2 3",
            "2026-11-21T02:58:26+1", "21.11.2026",
        ])
    func refused(_ text: String) throws {
        #expect(try berlin().time(text) == nil)
    }

    @Test("a zone that does not exist is none")
    func unknown() {
        #expect(TimeZoneClock(named: "Europe/Atlantis") == nil)
    }
}
