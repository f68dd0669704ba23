public import Support
internal import Synchronization

/// Replaces secrets in texts that people or machines will read: log lines, errors, reports.
///
/// It knows each secret as it is, percent-encoded, as JSON writes it and in base64, and each long line of a secret
/// that has several. Secrets of less than four bytes are left alone: dots in their place would show where they
/// stand, and make every text unreadable. Safe to use from any thread.
public final class SecretMask: Sendable {
    /// What stands in place of a secret.
    public static let dots = "••••"
    private static let shortest = 4
    private static let shortestLine = 8

    private struct Patterns {
        var known: Set<Secret> = []
        /// By their first byte, longest first.
        var byFirst: [UInt8: [[UInt8]]] = [:]
    }

    private let patterns = Mutex(Patterns())

    /// A mask that knows no secret yet.
    public init() {}

    /// Hides a secret from now on.
    public func add(_ secret: Secret) {
        patterns.withLock { patterns in
            guard patterns.known.insert(secret).inserted else { return }
            for form in Set(Self.forms(of: secret)) {
                guard let first = form.first else { continue }
                patterns.byFirst[first, default: []].append(form)
                patterns.byFirst[first]?.sort { $0.count > $1.count }
            }
        }
    }

    /// The text with dots in place of every secret.
    public func apply(to text: String) -> String {
        let byFirst = patterns.withLock { $0.byFirst }
        guard !byFirst.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var masked: [UInt8] = []
        masked.reserveCapacity(bytes.count)
        var index = 0
        var found = false
        while index < bytes.count {
            if let match = byFirst[bytes[index]]?.first(where: { bytes[index...].starts(with: $0) }) {
                masked += Array(Self.dots.utf8)
                index += match.count
                found = true
            } else {
                masked.append(bytes[index])
                index += 1
            }
        }
        return found ? String(decoding: masked, as: UTF8.self) : text
    }

    private static func forms(of secret: Secret) -> [[UInt8]] {
        secret.withBytes { bytes in
            let plain = Array(bytes)
            guard plain.count >= shortest else { return [] }
            var forms = [plain, Array(PercentEncoding.encode(plain).utf8), jsonForm(plain)]
            for urlSafe in [false, true] {
                // Without the padding, and without the last character, which depends on what follows in a longer text.
                let encoded = Array(Base64.encode(plain, urlSafe: urlSafe).utf8).filter { $0 != UInt8(ascii: "=") }
                forms.append(plain.count % 3 == 0 ? encoded : encoded.dropLast())
            }
            let lines = plain.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            if lines.count > 1 { forms += lines.filter { $0.count >= shortestLine }.map { Array($0) } }
            return forms
        }
    }

    private static func jsonForm(_ plain: [UInt8]) -> [UInt8] {
        plain.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\""): Array(#"\""#.utf8)
            case UInt8(ascii: "\\"): Array(#"\\"#.utf8)
            case UInt8(ascii: "\n"): Array(#"\n"#.utf8)
            case UInt8(ascii: "\r"): Array(#"\r"#.utf8)
            case UInt8(ascii: "\t"): Array(#"\t"#.utf8)
            default: [byte]
            }
        }
    }
}
