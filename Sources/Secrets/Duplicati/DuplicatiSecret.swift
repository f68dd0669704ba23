internal import Support

/// A key of one of Duplicati's secret providers, as imported jobs use them.
///
/// - SeeAlso: Duplicati's options `secret-provider`, `secret-provider-pattern` and `secret-provider-cache`.
public struct DuplicatiSecret: Sendable, Hashable {
    /// Whether values are kept for the case that the provider cannot be reached.
    public enum Cache: String, Sendable, Hashable, CaseIterable {
        /// They are not kept.
        case none
        /// For the life of the process.
        case memory
        /// In an encrypted file of the state folder, which only this machine can open.
        case persistent

        /// Reads Duplicati's own words, in any letter case: `None`, `InMemory`, `Persistent`.
        public init?(duplicati text: String) {
            switch text.lowercased() {
            case "", "none": self = .none
            case "inmemory": self = .memory
            case "persistent": self = .persistent
            default: return nil
            }
        }
    }

    /// The provider's URL: `env://`, `file-secret://`, `pass://`, `libsecret://`, `hcv://`, `awssm://`, `gcsm://` or
    /// `azkv://` with their parameters; a URL that is `$NAME`, `${NAME}` or `%NAME%` stands in that variable.
    public let url: Template
    /// The key.
    public let key: String
    /// Whether values are kept.
    public let cache: Cache

    /// A key of a provider.
    public init(url: Template, key: String, cache: Cache = .none) {
        self.url = url
        self.key = key
        self.cache = cache
    }
}

extension DuplicatiSecret: SecretProvider {
    var provenance: String {
        let text = url.description
        let end = text.firstIndex(of: "?") ?? text.endIndex
        return "Duplicati's provider \(text[..<end]), key \(key)"
    }

    func fetch(_ session: SecretSession) throws(SecretError) -> Secret {
        let text = DuplicatiURL.expanded(try session.text(url), environment: session.surroundings.environment)
        for range in CredentialNames.ranges(inURL: text) { session.mask.add(Secret(String(text[range]))) }
        let provider = try DuplicatiProvider(text, session, key: key)
        let copies = DuplicatiCache(cache, configuration: text, session)
        do throws(SecretError) {
            let value = try provider.value(of: key, session)
            copies.keep(value, of: key)
            return value
        } catch {
            // What the provider says counts; a copy helps only where it says nothing.
            guard error.isTransient, let copy = copies.value(of: key) else { throw error }
            return copy
        }
    }
}
