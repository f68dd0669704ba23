internal import JSON
internal import Support

/// The ways in which a secret may appear in a text.
enum SecretForms {
    private static let shortest = 4
    private static let shortestShifted = 6
    private static let shortestLine = 8

    /// The secret as it is, percent-encoded, as JSON writes it, in base64 at any place of a longer text, and each
    /// long line of a secret that has several.
    static func of(_ secret: Secret) -> Set<Secret> {
        secret.withBytes { bytes in
            var plain = Array(bytes)
            defer { plain.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
            guard plain.count >= shortest else { return [] }
            var forms: Set<Secret> = [secret]
            func add(_ form: [UInt8]) {
                var form = form
                if form.count >= shortest { forms.insert(Secret(moving: &form)) }
            }
            for form in percentForms(plain) + jsonForms(plain) + base64Forms(plain) { add(form) }
            let lines = plain.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            if lines.count > 1 { for line in lines where line.count >= shortestLine { add(Array(line)) } }
            return forms
        }
    }

    /// With capital and small digits, and as forms are sent, with `+` for a blank.
    private static func percentForms(_ plain: [UInt8]) -> [[UInt8]] {
        let encoded = Array(PercentEncoding.encode(plain).utf8)
        var small = encoded
        for index in small.indices where small[index] == UInt8(ascii: "%") {
            for digit in index + 1...index + 2 where (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(small[digit]) {
                small[digit] |= 0x20
            }
        }
        let form = PercentEncoding.encode(plain) { $0 == UInt8(ascii: " ") }.replacing(" ", with: "+")
        // What stays readable in a URL of a lax writer.
        let lax = PercentEncoding.encode(plain) { "!$'()*,;:@/=".utf8.contains($0) }
        return [encoded, small, Array(form.utf8), Array(lax.utf8)]
    }

    /// As it is usually written, with `\/`, and with all but ASCII escaped.
    private static func jsonForms(_ plain: [UInt8]) -> [[UInt8]] {
        var usual: [UInt8] = []
        plain.withUnsafeBytes { JSONWriter.appendEscaped($0, to: &usual) }
        let slashes = usual.flatMap { $0 == UInt8(ascii: "/") ? Array(#"\/"#.utf8) : [$0] }
        var ascii = ""
        for unit in String(decoding: usual, as: UTF8.self).utf16 {
            if unit < 0x80 {
                ascii.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                ascii += #"\u"# + Hex.encode([UInt8(unit >> 8), UInt8(unit & 0xFF)])
            }
        }
        return [usual, slashes, Array(ascii.utf8)]
    }

    /// Without padding, and without characters that depend on what stands before or after in a longer text.
    private static func base64Forms(_ plain: [UInt8]) -> [[UInt8]] {
        var forms: [[UInt8]] = []
        for urlSafe in [false, true] {
            for shift in 0..<(plain.count >= shortestShifted ? 3 : 1) {
                var shifted = [UInt8](repeating: 0, count: shift) + plain
                defer { shifted.withUnsafeMutableBytes { if let base = $0.baseAddress { wipe(base, $0.count) } } }
                let encoded = Array(Base64.encode(shifted, urlSafe: urlSafe).utf8).filter { $0 != UInt8(ascii: "=") }
                let ownEnd = shifted.count % 3 == 0 ? encoded.count : encoded.count - 1
                forms.append(Array(encoded[(shift == 0 ? 0 : shift + 1)..<ownEnd]))
            }
        }
        return forms
    }
}
