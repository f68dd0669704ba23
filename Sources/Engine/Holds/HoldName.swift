internal import StoreFormat

/// The name of the object that keeps the holds of a store: `dunnage-holds-000000000012.json.aes`.
///
/// Duplicati takes it for nothing of its own. The number rises with every change, and the highest one counts: objects are
/// written once, so of two programs that make the same change number one fails and looks again.
struct HoldName: Hashable, Comparable {
    let prefix: String
    let isEncrypted: Bool
    let generation: Int64

    init(prefix: String, isEncrypted: Bool, generation: Int64) {
        self.prefix = prefix
        self.isEncrypted = isEncrypted
        self.generation = generation
    }

    /// Reads a name; nil when it is that of anything else.
    init?(parsing text: String, prefix: String, isEncrypted: Bool) {
        let start = Self.start(prefix)
        let end = Self.end(isEncrypted)
        guard text.hasPrefix(start), text.hasSuffix(end) else { return nil }
        let digits = text.dropFirst(start.count).dropLast(end.count)
        guard digits.utf8.count == Self.digits, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let generation = Int64(digits)
        else { return nil }
        self.init(prefix: prefix, isEncrypted: isEncrypted, generation: generation)
    }

    var text: String {
        let digits = String(generation)
        return Self.start(prefix) + String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
            + Self.end(isEncrypted)
    }

    private static let digits = 12

    private static func start(_ prefix: String) -> String {
        prefix == ObjectName.defaultPrefix ? "dunnage-holds-" : "dunnage-holds-\(prefix)-"
    }

    private static func end(_ isEncrypted: Bool) -> String { isEncrypted ? ".json.aes" : ".json" }

    static func < (a: HoldName, b: HoldName) -> Bool { a.generation < b.generation }
}
