public import Support
internal import Synchronization

/// Replaces secrets in texts that people or machines will read: log lines, errors, reports.
///
/// It knows each secret as it is, and as ``SecretForms`` lists. Secrets of less than four bytes are left alone: dots in
/// their place would show where they stand, and make every text unreadable. Safe to use from any thread.
public final class SecretMask: Sendable {
    /// What stands in place of a secret.
    public static let dots = "••••"

    private struct Patterns {
        var known: Set<Secret> = []
        /// By their first byte, longest first; they are wiped with the mask.
        var byFirst: [UInt8: [Secret]] = [:]
    }

    private let patterns = Mutex(Patterns())

    /// A mask that knows no secret yet.
    public init() {}

    /// Hides a secret from now on.
    public func add(_ secret: Secret) {
        patterns.withLock { patterns in
            guard patterns.known.insert(secret).inserted else { return }
            for form in SecretForms.of(secret) {
                guard let first = form.withBytes({ $0.first }) else { continue }
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
            let match = byFirst[bytes[index]]?.first { form in
                form.withBytes { bytes[index...].starts(with: $0) }
            }
            if let match {
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
}
