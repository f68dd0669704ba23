internal import Cryptography
internal import Support

/// Names that Kubernetes accepts, made of names that it may not.
struct ObjectNames {
    /// What a CronJob's name may have, so that there is room for what its Jobs' names add.
    static let longestCronJob = 52
    /// What a label of the DNS has.
    static let longest = 63

    private var taken: Set<String> = []

    /// A name of lower-case letters, digits and `-`, which no other one has.
    ///
    /// What had to be changed or cut gets a part of its hash, so that two names stay two and each stays the same
    /// whatever else is there.
    mutating func name(_ wish: String, longest: Int = Self.longest) -> String {
        var name = Self.label(wish)
        if name != wish || name.utf8.count > longest { name = Self.cut(name, longest, wish) }
        if !taken.insert(name).inserted {
            name = Self.cut(name, longest, "\(wish)\n\(name)")
            taken.insert(name)
        }
        return name
    }

    /// Whether Kubernetes accepts a text as the name of most things: a label of the DNS.
    static func isName(_ text: String) -> Bool { text == label(text) && text.utf8.count <= longest }

    /// Whether a text can be the name of a claim, a Secret or the like: labels joined by dots.
    static func isSubdomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isName(String($0)) }
    }

    /// Whether a text can be the value of a label.
    static func isLabelValue(_ text: String) -> Bool {
        text.isEmpty || text.utf8.count <= longest && isWord(text)
    }

    /// Whether a text can be the key of a label.
    static func isLabelKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.last else { return false }
        return name.utf8.count <= longest && isWord(name) && (parts.count == 1 || isSubdomain(parts[0]))
    }

    /// Whether a text can be a key of a ConfigMap or Secret.
    static func isKey(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count) && text != "." && !text.hasPrefix("..")
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    /// A text as the value of a label.
    static func labelValue(_ text: String) -> String { isLabelValue(text) ? text : cut(label(text), longest, text) }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func label(_ text: String) -> String {
        var name = ""
        for byte in text.lowercased().utf8 {
            if isAlphanumeric(byte) {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else if !name.isEmpty, byte < 0x80 {
                name += "-"
            }
        }
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? "x" : name
    }

    private static func cut(_ name: String, _ longest: Int, _ original: String) -> String {
        let digest = HashContext(.sha256).hash(Array(original.utf8))
        var start = String(name.prefix(longest - 7))
        while start.hasSuffix("-") { start.removeLast() }
        return "\(start)-\(Hex.encode(Array(digest.bytes.prefix(3))))"
    }
}
