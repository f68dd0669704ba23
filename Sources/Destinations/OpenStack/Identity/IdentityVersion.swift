/// The versions of OpenStack's identity service.
enum IdentityVersion: Int, Sendable, CaseIterable, Comparable, CustomStringConvertible {
    /// Swift's own: tempauth, swauth, Rackspace's first, Ceph's gateway.
    case v1 = 1
    /// The old Keystone, and Rackspace.
    case v2 = 2
    /// Keystone.
    case v3 = 3

    var description: String { "v\(rawValue)" }

    static func < (a: IdentityVersion, b: IdentityVersion) -> Bool { a.rawValue < b.rawValue }

    /// Reads `v3`, `3`, `3.14`, `v2.0`, `1`; nil for anything else.
    init?(text: some StringProtocol) {
        let digits = text.first == "v" || text.first == "V" ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard let major = parts.first.flatMap({ Int($0) }), parts.count <= 2,
            parts.dropFirst().allSatisfy({ Int($0) != nil })
        else { return nil }
        self.init(rawValue: major)
    }
}

/// The address of an identity service, as somebody wrote it, cleaned of what does not belong there.
struct IdentityAddress: Sendable, Hashable {
    /// Scheme, host and port.
    let origin: String
    /// The path's parts.
    let parts: [String]

    /// Reads an address; nil when it is no `http` or `https` URL, or holds a user or a password.
    init?(_ text: String) {
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        guard let scheme = text.firstRange(of: "://"), scheme.upperBound < end else { return nil }
        let name = text[..<scheme.lowerBound].lowercased()
        let rest = text[scheme.upperBound..<end]
        let authority = rest.prefix { $0 != "/" }
        guard name == "http" || name == "https", !authority.isEmpty, !authority.contains("@") else { return nil }
        origin = "\(name)://\(authority)"
        var parts = rest.dropFirst(authority.count).split(separator: "/").map(String.init)
        if parts.last == "tokens" {
            parts.removeLast()
            if parts.last == "auth" { parts.removeLast() }
        }
        self.parts = parts
    }

    private init(origin: String, parts: [String]) {
        self.origin = origin
        self.parts = parts
    }

    var isSecure: Bool { origin.hasPrefix("https://") }

    /// The address as it is used.
    var url: String { ([origin] + parts).joined(separator: "/") }

    /// The version that the path states; the last one if there are several.
    var statedVersion: IdentityVersion? { versionIndex.flatMap { IdentityVersion(text: parts[$0]) } }

    private var versionIndex: Int? {
        parts.lastIndex { ($0.first == "v" || $0.first == "V") && IdentityVersion(text: $0) != nil }
    }

    /// The base of a version: the address as it is if it states that version, else with the usual part for it.
    func base(of version: IdentityVersion) -> IdentityAddress {
        guard statedVersion != version else {
            // What follows `v3` was too much; what follows `v1` may be meant.
            guard version != .v1, let index = versionIndex else { return self }
            return IdentityAddress(origin: origin, parts: Array(parts[...index]).withoutRepeatedEnd)
        }
        let before = versionIndex.map { Array(parts[..<$0]) } ?? parts
        switch version {
        case .v1: return self
        case .v2: return IdentityAddress(origin: origin, parts: before + ["v2.0"])
        case .v3: return IdentityAddress(origin: origin, parts: before + ["v3"])
        }
    }

    /// The address that a server published, reached the way that this one is.
    ///
    /// Providers behind a proxy publish hosts and schemes that only they can reach, and paths without the proxy's.
    func following(_ href: String) -> IdentityAddress? {
        let absolute = href.contains("://") ? IdentityAddress(href) : IdentityAddress(origin + "/" + href)
        guard let target = absolute else { return nil }
        if target.parts.starts(with: parts) { return IdentityAddress(origin: origin, parts: target.parts) }
        guard let last = target.parts.last else { return nil }
        return IdentityAddress(origin: origin, parts: parts + [last])
    }
}

extension [String] {
    /// `v3/v3` is what comes of adding a version to an address that has one.
    fileprivate var withoutRepeatedEnd: [String] {
        count > 1 && self[count - 1] == self[count - 2] ? Array(dropLast()) : self
    }
}
