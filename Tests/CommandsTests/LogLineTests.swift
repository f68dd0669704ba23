import JSON
import Logging
import Support
import Testing

@testable import Commands

@Suite("Log lines")
struct LogLineTests {
    private let event = LogLine(
        time: Timestamp(seconds: 1_795_229_906, nanoseconds: 123_456_789), level: .warning,
        message: "Permission denied",
        metadata: [
            "path": "/home/anna/a \"strange\" name\n", "code": "W202", "list": ["a", "b"], "job": "home",
        ])

    @Test("text has time, level, message and metadata, on one line")
    func text() throws {
        let zone = try #require(TimeZoneClock(named: "Europe/Berlin"))
        #expect(
            event.text(in: zone)
                == #"2026-11-21 03:58:26 +01:00 warning  Permission denied  code=W202 job=home list="a, b" "#
                + #"path="/home/anna/a \"strange\" name\n""#)
    }

    @Test("an error stands behind the message, as the sentence that it is")
    func error() throws {
        let utc = try #require(TimeZoneClock(named: "UTC"))
        let line = LogLine(
            time: Timestamp(seconds: 0), level: .error, message: "backup failed",
            metadata: ["error": "It is full. Make room.", "job": "home"])
        #expect(
            line.text(in: utc) == "1970-01-01 00:00:00 +00:00 error    backup failed: It is full. Make room.  job=home")
    }

    @Test("colours are only there when asked for")
    func color() throws {
        let utc = try #require(TimeZoneClock(named: "UTC"))
        #expect(!event.text(in: utc).contains("\u{1B}"))
        #expect(event.text(in: utc, color: true).contains("\u{1B}[33mwarning\u{1B}[0m  Permission denied"))
    }

    @Test("what a terminal might obey is shown, not sent")
    func escapes() throws {
        let utc = try #require(TimeZoneClock(named: "UTC"))
        let line = LogLine(
            time: Timestamp(seconds: 0), level: .info, message: "odd \u{1B}[2J", metadata: ["path": "x\u{202E}y"])
        #expect(line.text(in: utc).hasSuffix(#"odd \u{1b}[2J  path=x\u{202e}y"#))
    }

    @Test("JSON has the same as one object, with the time in UTC")
    func json() throws {
        #expect(
            event.json()
                == #"{"time":"2026-11-21T02:58:26.123Z","level":"warning","message":"Permission denied","code":"W202","#
                + #""job":"home","list":["a","b"],"path":"/home/anna/a \"strange\" name\n"}"#)
        let clash = LogLine(
            time: Timestamp(seconds: 0), level: .info, message: "m",
            metadata: ["level": "other", "map": ["b": "2", "a": "1"]])
        let value = try JSONValue(parsing: clash.json())
        #expect(value["level"]?.string == "info")
        #expect(value["level_"]?.string == "other")
        #expect(value["map"]?["a"]?.string == "1")
    }
}
