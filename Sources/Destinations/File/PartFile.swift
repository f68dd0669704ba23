/// The hidden files in which objects are written before they get their names.
enum PartFile {
    /// A fresh name, which no other process has by chance.
    static func freshName() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return prefix + String(repeating: "0", count: 16 - digits.count) + digits + suffix
    }

    /// Whether a file of this name is a part file of ours.
    static func isName(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.hasSuffix(suffix)
    }

    private static let prefix = ".dunnage-"
    private static let suffix = ".part"
}

/// The moments of a put between which a crash leaves different things behind.
enum PutStep: String, CaseIterable, Sendable {
    case partCreated
    case partWritten
    case partDurable
    case published
    case durable
}
