internal import JSON

/// What an identity service says about its versions when it is asked without one.
///
/// - SeeAlso: OpenStack Identity API, "API versions".
struct VersionDiscovery {
    /// A version on offer.
    struct Offer: Equatable {
        let version: IdentityVersion
        let minor: Int
        let isCurrent: Bool
        let href: String?
    }

    let offers: [Offer]

    /// Reads an answer; nil when it is nothing of the kind.
    init?(_ body: [UInt8]) {
        guard let document = try? JSONValue(parsing: body) else { return nil }
        let entries: [JSONValue]
        if let values = document["versions"]?["values"]?.array ?? document["versions"]?.array {
            entries = values
        } else if let single = document["version"] {
            entries = [single]
        } else {
            return nil
        }
        offers = entries.compactMap { Self.offer($0) }
        if offers.isEmpty { return nil }
    }

    private static func offer(_ entry: JSONValue) -> Offer? {
        guard let id = entry["id"]?.string, let version = IdentityVersion(text: id) else { return nil }
        let status = entry["status"]?.string?.lowercased() ?? "stable"
        let links = entry["links"]?.array ?? []
        let own = links.first { $0["rel"]?.string == "self" } ?? links.first
        return Offer(
            version: version, minor: id.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 0,
            isCurrent: status == "stable" || status == "current", href: own?["href"]?.string)
    }

    /// The highest version that is current, else the highest at all.
    var best: Offer? {
        let current = offers.filter(\.isCurrent)
        return (current.isEmpty ? offers : current).max { a, b in
            (a.version.rawValue, a.minor) < (b.version.rawValue, b.minor)
        }
    }
}
