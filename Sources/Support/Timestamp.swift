internal import Glibc

/// A moment in UTC, to the nanosecond, without a calendar library behind it.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    public var seconds: Int64
    /// 0 to 999,999,999, always counted forwards.
    public var nanoseconds: Int32

    /// A moment from its parts.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// A moment from nanoseconds since 1970.
    public init(unixNanoseconds: Int64) {
        let (quotient, remainder) = unixNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let borrow: Int64 = remainder < 0 ? 1 : 0
        self.init(seconds: quotient - borrow, nanoseconds: Int32(remainder + borrow * 1_000_000_000))
    }

    /// The current time of the machine.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }

    /// Nanoseconds since 1970, clamped to what 64 bits hold (the years 1677 to 2262).
    public var unixNanoseconds: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(Int64(nanoseconds))
        return carried ? .max : sum
    }

    /// .NET's count of 100-nanosecond steps since 0001-01-01, as Duplicati's metadata stores times.
    public var ticks: Int64 {
        let (product, overflow) = (seconds + Self.secondsToUnixEpoch).multipliedReportingOverflow(by: 10_000_000)
        guard !overflow else { return seconds < 0 ? 0 : .max }
        return product + Int64(nanoseconds / 100)
    }

    /// The moment of a .NET tick count.
    public init(ticks: Int64) {
        let (quotient, remainder) = ticks.quotientAndRemainder(dividingBy: 10_000_000)
        self.init(seconds: quotient - Self.secondsToUnixEpoch, nanoseconds: Int32(remainder * 100))
    }

    private static let secondsToUnixEpoch: Int64 = 62_135_596_800

    /// `20261121T031826Z`, as in object names and filelists; the fraction is dropped.
    public var compact: String { text(compact: true) }

    /// `2026-11-21T03:18:26Z`; the fraction is dropped.
    public var iso8601: String { text(compact: false) }

    /// The same as ``iso8601``.
    public var description: String { iso8601 }

    /// Appends ``compact`` to a buffer.
    public func appendCompact(to buffer: inout [UInt8]) {
        append(compact: true, to: &buffer)
    }

    private func text(compact: Bool) -> String {
        var buffer: [UInt8] = []
        append(compact: compact, to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    private func append(compact: Bool, to buffer: inout [UInt8]) {
        let days = floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let (year, month, day) = civil(fromDays: days)
        buffer.appendDigits(year, width: 4)
        if !compact { buffer.append(UInt8(ascii: "-")) }
        buffer.appendDigits(month, width: 2)
        if !compact { buffer.append(UInt8(ascii: "-")) }
        buffer.appendDigits(day, width: 2)
        buffer.append(UInt8(ascii: "T"))
        buffer.appendDigits(second / 3600, width: 2)
        if !compact { buffer.append(UInt8(ascii: ":")) }
        buffer.appendDigits(second / 60 % 60, width: 2)
        if !compact { buffer.append(UInt8(ascii: ":")) }
        buffer.appendDigits(second % 60, width: 2)
        buffer.append(UInt8(ascii: "Z"))
    }

    /// Reads `20261121T031826Z`; `nil` for anything else, also for dates that do not exist.
    public init?(compact text: some Collection<UInt8>) {
        let bytes = Array(text)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z") else { return nil }
        self.init(
            year: bytes[0..<4], month: bytes[4..<6], day: bytes[6..<8],
            hour: bytes[9..<11], minute: bytes[11..<13], second: bytes[13..<15])
    }

    /// Reads `20261121T031826Z`; `nil` for anything else, also for dates that do not exist.
    public init?(compact text: String) {
        self.init(compact: text.utf8)
    }

    /// Reads `2026-11-21T03:18:26Z`, also with a blank instead of the T, without the Z, or a date alone.
    public init?(iso8601 text: String) {
        var bytes = Array(text.utf8)
        if bytes.count == 10 { bytes += Array("T00:00:00Z".utf8) }
        if bytes.count == 19 { bytes.append(UInt8(ascii: "Z")) }
        guard bytes.count == 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "Z")
        else { return nil }
        self.init(
            year: bytes[0..<4], month: bytes[5..<7], day: bytes[8..<10],
            hour: bytes[11..<13], minute: bytes[14..<16], second: bytes[17..<19])
    }

    private init?(
        year: ArraySlice<UInt8>, month: ArraySlice<UInt8>, day: ArraySlice<UInt8>,
        hour: ArraySlice<UInt8>, minute: ArraySlice<UInt8>, second: ArraySlice<UInt8>
    ) {
        guard let year = digits(year), let month = digits(month), let day = digits(day),
            let hour = digits(hour), let minute = digits(minute), let second = digits(second),
            (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60
        else { return nil }
        let days = daysFromCivil(year: year, month: month, day: day)
        guard civil(fromDays: days) == (year, month, day) else { return nil }
        self.init(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Whether one moment is before the other.
    public static func < (a: Timestamp, b: Timestamp) -> Bool {
        (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
    }
}

private func digits(_ text: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for byte in text {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}

/// Proleptic Gregorian date of a day number since 1970, by counting 400-year eras that start on 1 March.
func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
}

extension [UInt8] {
    /// Appends a non-negative number in decimal, with zeros in front up to `width`.
    public mutating func appendDigits(_ value: Int64, width: Int) {
        var divisor: Int64 = 1
        for _ in 1..<Swift.max(1, width) { divisor *= 10 }
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }
}
