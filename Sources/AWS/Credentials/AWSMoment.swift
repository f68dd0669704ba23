internal import Support

/// Moments as AWS's services, programs and files write them.
enum AWSMoment {
    /// Reads `2026-11-21T03:18:26Z`, also with a fraction, with `+01:00` or `UTC` instead of the Z; nil for all else.
    ///
    /// What cannot be read must not become keys that never end, so callers refuse nil.
    static func read(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19 else { return Timestamp(iso8601: text) }
        guard let time = Timestamp(iso8601: String(decoding: bytes[..<19], as: UTF8.self)) else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
        }
        let zone = String(decoding: rest, as: UTF8.self)
        if ["", "Z", "UTC"].contains(zone) { return time }
        let digits = zone.utf8.dropFirst().filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 4, let number = Int64(String(decoding: digits, as: UTF8.self)),
            let sign = zone.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return nil }
        let offset = (number / 100) * 3600 + (number % 100) * 60
        return Timestamp(seconds: time.seconds + (sign == UInt8(ascii: "+") ? -offset : offset))
    }
}
