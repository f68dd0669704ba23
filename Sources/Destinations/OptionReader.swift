internal import Support

/// Reads options of Duplicati's types; an error names the option.
///
/// - SeeAlso: Duplicati's `Library.Utility.Sizeparser` and `Timeparser`, whose units these are.
struct OptionReader {
    private let options: DestinationOptions
    private let label: String

    init(_ options: DestinationOptions, at label: String) {
        self.options = options
        self.label = label
    }

    /// A time span: a whole number of seconds, or runs such as `1D12h30m` of `s m h D W M Y`; a month has 30 days.
    func duration(_ name: String) throws(DestinationError) -> Duration? {
        guard let text = given(name) else { return nil }
        if let seconds = Int64(text), seconds >= 0 { return .seconds(seconds) }
        var total: Int64 = 0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = Self.seconds[character], let number = Int64(digits),
                case (let product, let overflow) = number.multipliedReportingOverflow(by: unit), !overflow,
                case (let sum, let overflows) = total.addingReportingOverflow(product), !overflows
            else { throw wrong(name, "a time span such as 30s, 10m or 1D12h") }
            total = sum
            digits = ""
        }
        guard digits.isEmpty else { throw wrong(name, "a time span such as 30s, 10m or 1D12h") }
        return .seconds(total)
    }

    private static let seconds: [Character: Int64] = [
        "s": 1, "m": 60, "h": 3600, "D": 86_400, "W": 604_800, "M": 2_592_000, "Y": 31_536_000,
    ]

    /// A size: a number, with `b`, `kb`, `mb`, `gb` or `tb` (all of 1024, also with `i`), in kilobytes without.
    func bytes(_ name: String) throws(DestinationError) -> Int64? {
        try bytes(name, defaultUnit: 1024)
    }

    /// A size whose unit, where none is written, is the given number of bytes.
    func bytes(_ name: String, defaultUnit: Int64) throws(DestinationError) -> Int64? {
        guard let text = given(name)?.lowercased() else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        let factor = unit.isEmpty ? defaultUnit : Self.units[String(unit)]
        guard let number = Int64(digits), let factor,
            case (let product, let overflow) = number.multipliedReportingOverflow(by: factor), !overflow
        else { throw wrong(name, "a size such as 500kb, 10mb or 2gb") }
        return product
    }

    private static let units: [String: Int64] = [
        "b": 1, "kb": 1 << 10, "kib": 1 << 10, "mb": 1 << 20, "mib": 1 << 20, "gb": 1 << 30, "gib": 1 << 30,
        "tb": 1 << 40, "tib": 1 << 40,
    ]

    /// A whole number within a range.
    func count(_ name: String, _ range: ClosedRange<Int>) throws(DestinationError) -> Int? {
        guard let text = given(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw wrong(name, "a whole number of \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of some words, without regard to letter case.
    func word<Value>(_ name: String, among words: KeyValuePairs<String, Value>) throws(DestinationError) -> Value? {
        guard let text = given(name)?.lowercased() else { return nil }
        if let match = words.first(where: { $0.key == text }) { return match.value }
        let list = words.map { "`\($0.key)`" }
        throw wrong(name, "one of \(list.joined(separator: ", "))")
    }

    /// Digests of certificates in hexadecimal digits, separated by commas or semicolons; colons within them are ignored.
    func digests(_ name: String) throws(DestinationError) -> [[UInt8]] {
        guard let text = given(name) else { return [] }
        var digests: [[UInt8]] = []
        for part in text.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            let digits = part.filter { $0 != ":" && $0 != " " }
            guard let bytes = Hex.decode(String(digits)), [20, 32, 48, 64].contains(bytes.count) else {
                throw wrong(name, "the SHA-1 or SHA-256 of a certificate in hexadecimal digits")
            }
            digests.append(bytes)
        }
        return digests
    }

    /// An option that is there and not empty.
    func given(_ name: String) -> String? { options[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The error for an option whose value, which may be secret, is not what it should be.
    func wrong(_ name: String, _ expected: String) -> DestinationError {
        DestinationError(
            .configuration, .open, at: label, detail: "the option '\(name)' is not \(expected)",
            advice: "Correct the option.")
    }
}
