internal import Foundation
internal import Support

/// Moments as people of one time zone write and read them.
///
/// Foundation is here for its time zones only: no other file of the commands imports it.
struct TimeZoneClock: Sendable {
    private let zone: TimeZone

    /// The zone of that IANA name; `nil` when there is none.
    init?(named name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// The zone of this machine, or of the environment's `TZ`.
    init() {
        zone = TimeZone.current
    }

    private func offset(at time: Timestamp) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds))))
    }

    /// The moment as in `2026-11-21 04:18:26 +01:00`.
    func text(_ time: Timestamp) -> String {
        let offset = offset(at: time)
        let local = Timestamp(seconds: time.seconds + offset).iso8601.dropLast()
        var bytes = Array(local.utf8)
        bytes[10] = UInt8(ascii: " ")
        bytes += [UInt8(ascii: " "), offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")]
        bytes.appendDigits(abs(offset) / 3600, width: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDigits(abs(offset) / 60 % 60, width: 2)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what ``text(_:)`` writes and everything ISO 8601-like: with `Z`, with an offset, or of this zone.
    ///
    /// Seconds may be left out. A date alone means its last second: who asks for a day wants what it ended with.
    func time(_ text: String) -> Timestamp? {
        if let time = Timestamp(compact: text) { return time }
        let parts = text.replacing("T", with: " ").split(separator: " ")
        guard let date = parts.first, date.utf8.count == 10, parts.count <= 3 else { return nil }
        guard parts.count > 1 else { return local("\(date)T23:59:59Z") }
        var clock = parts.dropFirst().joined()
        var given: Int64?
        if clock.hasSuffix("Z") {
            clock.removeLast()
            given = 0
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let offset = Self.offset(clock[sign...]) else { return nil }
            given = offset
            clock = String(clock[..<sign])
        }
        if clock.utf8.count == 5 { clock += ":00" }
        let written = "\(date)T\(clock)Z"
        guard let given else { return local(written) }
        return Timestamp(iso8601: written).map { Timestamp(seconds: $0.seconds - given) }
    }

    /// A moment on the clocks of this zone; of one that comes twice, the first.
    private func local(_ written: String) -> Timestamp? {
        guard let wall = Timestamp(iso8601: written) else { return nil }
        // The offset before any change of the day is that of the first of two equal readings.
        let early = Timestamp(seconds: wall.seconds - offset(at: Timestamp(seconds: wall.seconds - 86_400)))
        if offset(at: early) == wall.seconds - early.seconds { return early }
        return Timestamp(seconds: wall.seconds - offset(at: Timestamp(seconds: wall.seconds + 86_400)))
    }

    /// Seconds of `+01:00`, `-0330` or `+01`.
    private static func offset(_ text: Substring) -> Int64? {
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.utf8.count == 2 || digits.utf8.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let hours = Int64(digits.prefix(2)),
            let minutes = Int64(digits.count == 4 ? String(digits.suffix(2)) : "0"),
            hours <= 18, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return text.first == "-" ? -seconds : seconds
    }
}
