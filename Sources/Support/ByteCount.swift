/// A number of bytes, read and printed with the units that people write.
public struct ByteCount: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number of bytes.
    public var bytes: Int64

    /// A count of exactly `bytes` bytes.
    public init(_ bytes: Int64) {
        self.bytes = bytes
    }

    /// Reads `50MiB`, `10 KiB`, `1KB` (1000), `1.5GB`, `4096` or `4096b`; letter case does not matter.
    ///
    /// Returns `nil` for anything else: a negative number, an unknown unit, a result above 8 EiB.
    public init?(parsing text: String) {
        let trimmed = text.split(whereSeparator: \.isWhitespace).joined()
        let number = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = trimmed.dropFirst(number.count).lowercased()
        guard let factor = Self.units[unit] else { return nil }
        if let whole = Int64(number) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            bytes = product
        } else {
            guard let fraction = Double(number), let exact = Int64(exactly: (fraction * Double(factor)).rounded())
            else { return nil }
            bytes = exact
        }
    }

    private static let units: [String: Int64] = [
        "": 1, "b": 1,
        "k": 1 << 10, "kib": 1 << 10, "kb": 1000,
        "m": 1 << 20, "mib": 1 << 20, "mb": 1_000_000,
        "g": 1 << 30, "gib": 1 << 30, "gb": 1_000_000_000,
        "t": 1 << 40, "tib": 1 << 40, "tb": 1_000_000_000_000,
    ]

    /// Three significant digits in binary units: `50 MiB`, `1.27 GiB`, `812 B`.
    public var description: String {
        let magnitude = bytes.magnitude
        guard magnitude >= 1024 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = 0
        let names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        while value.magnitude >= 1023.5, unit < names.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(Self.threeDigits(value)) \(names[unit])"
    }

    private static func threeDigits(_ value: Double) -> String {
        let decimals = value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : 2
        let scale = [1.0, 10.0, 100.0][decimals]
        let scaled = Int64((value * scale).rounded())
        guard decimals > 0 else { return "\(scaled)" }
        let divisor = Int64(scale)
        var fraction = "\(scaled.magnitude % divisor.magnitude)"
        fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let sign = scaled < 0 ? "-" : ""
        let whole = scaled.magnitude / divisor.magnitude
        return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }

    /// Whether one count is smaller than the other.
    public static func < (a: ByteCount, b: ByteCount) -> Bool { a.bytes < b.bytes }
}
