public import Support

/// A destination's URL in Duplicati's relaxed grammar.
///
/// `scheme://[user[:password]@][host[:port]][/path][?query]`, where the path is everything up to the first `?` and `#`
/// is an ordinary character. A text without a scheme is a local path, taken as it is. Parts are decoded: `%XX`,
/// `%u004E`, and `+` for a space everywhere but in the host.
public struct DestinationURL: Sendable, Hashable {
    /// A pair of the query, decoded.
    public struct QueryItem: Sendable, Hashable {
        /// The text before the first `=`.
        public let name: String
        /// The text after it, empty when there is none.
        public let value: String

        /// Creates a pair.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The text before `://` in lower case; `file` for a local path.
    public internal(set) var scheme: String

    /// The user name before `@`.
    public internal(set) var user: String?

    /// The password before `@`.
    public internal(set) var password: Secret?

    /// The host with its letter case kept and an IPv6 address in its brackets; often a bucket or a first folder.
    public internal(set) var host: String

    /// The port after the host.
    public internal(set) var port: Int?

    /// The path, without its first `/` when there is a host.
    public internal(set) var path: String

    /// The query's pairs in their order.
    public internal(set) var query: [QueryItem]

    /// Host and path as one path, as folder-like destinations see it.
    public var hostAndPath: String {
        if path.isEmpty { return host }
        if host.isEmpty { return path }
        return "\(host)/\(path)"
    }

    /// The last value given for an option of the query, whose letter case does not matter.
    public func option(_ name: String) -> String? {
        let name = name.lowercased()
        return query.last { $0.name.lowercased() == name }?.value
    }
}

extension DestinationURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL with what may be secret left out: user and password become dots, the query disappears.
    public var description: String {
        let credentials = user == nil ? "" : "••••@"
        let port = port.map { ":\($0)" } ?? ""
        let separator = !host.isEmpty && !path.isEmpty ? "/" : ""
        // A Tahoe path is itself the capability to read the store.
        let path = scheme.hasPrefix("tahoe") ? "••••" : path
        return "\(scheme)://\(credentials)\(host)\(port)\(separator)\(path)"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
