internal import StoreFormat

/// The name of a lease object: `dunnage-lease-00000001.json.aes`, which Duplicati takes for a foreign file.
///
/// The number rises with every renewal and every new holder, because nothing at a destination is ever replaced.
struct LeaseName: Sendable, Hashable, Comparable {
    let prefix: String
    let generation: Int64
    let isEncrypted: Bool

    var text: String {
        let digits = String(generation)
        let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        let store = prefix == ObjectName.defaultPrefix ? "" : "\(prefix)-"
        return "dunnage-lease-\(store)\(padded).json\(isEncrypted ? ".aes" : "")"
    }

    init(prefix: String, generation: Int64, isEncrypted: Bool) {
        self.prefix = prefix
        self.generation = generation
        self.isEncrypted = isEncrypted
    }

    /// Reads a name; nil when it is not that of a lease on the store with this prefix.
    init?(parsing text: String, prefix: String) {
        let start = "dunnage-lease-"
        guard text.hasPrefix(start) else { return nil }
        var rest = text.dropFirst(start.count)
        isEncrypted = rest.hasSuffix(".json.aes")
        guard isEncrypted || rest.hasSuffix(".json") else { return nil }
        rest = rest.dropLast(isEncrypted ? 9 : 5)
        if prefix != ObjectName.defaultPrefix {
            guard rest.hasPrefix("\(prefix)-") else { return nil }
            rest = rest.dropFirst(prefix.count + 1)
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(rest),
            number < .max / 2
        else { return nil }
        self.prefix = prefix
        generation = number
    }

    static func < (a: LeaseName, b: LeaseName) -> Bool {
        (a.generation, a.isEncrypted ? 1 : 0) < (b.generation, b.isEncrypted ? 1 : 0)
    }
}
