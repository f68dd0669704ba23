import Engine
import Support
import Testing

@testable import Commands

@Suite("Texts for people")
struct PresentationTests {
    @Test("tables align, whatever the script, and no line ends with blanks")
    func table() {
        var table = Table([("SIZE", .right), ("NAME", .left), ("NOTE", .left)])
        table.add(["1", "plain", ""])
        table.add(["1,024", "日本", "wide"])
        table.add(["2", "line\nbreak", "x"])
        let expected = [
            " SIZE  NAME         NOTE", "    1  plain", "1,024  日本         wide", "    2  line\\nbreak  x",
        ]
        #expect(table.lines == expected)
    }

    @Test("numbers and durations")
    func numbers() {
        #expect(
            [0, 999, 1000, 1_234_567, -45_000].map { HumanText.count($0) } == [
                "0", "999", "1,000", "1,234,567", "-45,000",
            ])
        #expect(HumanText.count(1, "file") == "1 file")
        #expect(HumanText.count(0, "entry", plural: "entries") == "0 entries")
        let durations: [Duration] = [
            .zero, .milliseconds(449), .seconds(9.96), .seconds(59.4), .seconds(187), .seconds(7500), .seconds(360_000),
        ]
        #expect(
            durations.map { HumanText.duration($0) }
                == ["0.0 s", "0.4 s", "10 s", "59 s", "3 min 07 s", "2 h 05 min", "100 h 00 min"])
    }

    @Test("progress has a bar, figures, a rate and the time left")
    func progress() {
        var meter = ProgressMeter()
        var snapshot = ProgressSnapshot(phase: .restoring, totalEntries: 1000, totalBytes: 100 << 20)
        meter.add(snapshot, at: .zero)
        #expect(meter.timeLeft == nil)
        snapshot.bytes = 25 << 20
        snapshot.entries = 250
        meter.add(snapshot, at: .seconds(5))
        #expect(meter.fraction == 0.25)
        #expect(meter.bytesPerSecond == Double(5 << 20))
        #expect(meter.timeLeft == .seconds(15))
        #expect(
            ProgressLine.plain(snapshot, meter)
                == "Restoring: 25%, 250/1,000 entries, 25 MiB, 5 MiB/s, 15 s left")
        #expect(
            ProgressLine.bar(snapshot, meter, columns: 120)
                == "Restoring  [#####...............] 25%  250/1,000 entries  25 MiB  5 MiB/s  15 s left")
    }

    @Test("a bar never wraps", arguments: [1, 5, 20, 40, 79])
    func narrow(_ columns: Int) {
        var meter = ProgressMeter()
        let snapshot = ProgressSnapshot(
            phase: .indexing, entries: 123_456, totalEntries: 1_000_000, bytes: 1 << 40, totalBytes: 1 << 42)
        meter.add(snapshot, at: .zero)
        #expect(ProgressLine.bar(snapshot, meter, columns: columns).count < columns)
    }

    @Test("the rate follows the last seconds and starts anew with each phase")
    func rate() {
        var meter = ProgressMeter()
        var snapshot = ProgressSnapshot(phase: .backingUp)
        for second in 0...60 {
            meter.add(snapshot, at: .seconds(second))
            snapshot.bytes += second < 30 ? 1000 : 10
        }
        #expect(meter.bytesPerSecond == 10)
        snapshot.phase = .finishing
        meter.add(snapshot, at: .seconds(61))
        #expect(meter.bytesPerSecond == nil)
    }

    @Test("before anything is known a line says what is being done")
    func beginning() {
        #expect(ProgressLine.plain(ProgressSnapshot(phase: .preparing), ProgressMeter()) == "Preparing: …")
    }
}
