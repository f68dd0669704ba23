public import Support
internal import Synchronization

/// The secrets of one run: each is fetched when first needed, once, and its value is known to the mask from then on.
///
/// Safe to use from any thread. Fetching reads files, so it may block.
public final class SecretStore: Sendable {
    /// Hides the values that this store has handed out.
    public let mask: SecretMask
    private let sources: [String: SecretSource]
    private let environment: [String: String]
    private let resolved = Mutex<[String: Secret]>([:])

    /// A store over the secrets that a configuration defines.
    /// - Parameters:
    ///   - sources: where each secret comes from, by name.
    ///   - environment: the variables of this process.
    ///   - mask: learns every value that is fetched.
    public init(sources: [String: SecretSource], environment: [String: String], mask: SecretMask = SecretMask()) {
        self.sources = sources
        self.environment = environment
        self.mask = mask
        for case .literal(let secret) in sources.values { mask.add(secret) }
    }

    /// The value of a secret, fetched on the first call and kept for the next.
    public func secret(_ reference: SecretReference) throws(SecretError) -> Secret {
        try secret(named: reference.name, within: [])
    }

    /// The text of a template with its secrets filled in as they are.
    public func resolve(_ template: Template) throws(SecretError) -> String {
        try resolve(template, within: []) { secret, _ in secret.reveal() }
    }

    /// The text of a URL with its secrets filled in percent-encoded, so that any character is safe.
    ///
    /// A secret that the URL begins with is taken as it is: then the secret is the URL, or its beginning.
    public func resolveURL(_ template: Template) throws(SecretError) -> String {
        try resolve(template, within: []) { secret, isFirst in
            isFirst ? secret.reveal() : secret.withBytes { PercentEncoding.encode($0) }
        }
    }

    /// Fetches every secret, to tell early what is wrong.
    /// - Returns: one error for each secret that cannot be had, sorted by name.
    public func check() -> [SecretError] {
        sources.keys.sorted().compactMap { name in
            do throws(SecretError) {
                _ = try secret(SecretReference(name))
                return nil
            } catch {
                return error
            }
        }
    }

    private func resolve(
        _ template: Template, within names: Set<String>, _ form: (Secret, _ isFirst: Bool) -> String
    ) throws(SecretError) -> String {
        var text = ""
        for (index, piece) in template.pieces.enumerated() {
            switch piece {
            case .text(let literal): text += literal
            case .secret(let reference): text += form(try secret(named: reference.name, within: names), index == 0)
            }
        }
        return text
    }

    private func secret(named name: String, within names: Set<String>) throws(SecretError) -> Secret {
        if let known = resolved.withLock({ $0[name] }) { return known }
        guard !names.contains(name) else { throw SecretError(name, .circular) }
        // Two threads may fetch the same secret at once; the first value stays, so that all see the same.
        let fetched = try fetch(name, within: names.union([name]))
        let kept = resolved.withLock { known in
            let kept = known[name] ?? fetched
            known[name] = kept
            return kept
        }
        mask.add(kept)
        return kept
    }

    private func fetch(_ name: String, within names: Set<String>) throws(SecretError) -> Secret {
        switch sources[name] {
        case nil: throw SecretError(name, .notDefined)
        case .literal(let secret)?: return secret
        case .file(let path)?: return try SecretFile(name: name, path: path).read()
        case .composed(let template)?:
            return Secret(try resolve(template, within: names) { secret, _ in secret.reveal() })
        case .environment(let variable)?:
            guard let value = environment[variable] else { throw SecretError(name, .variableMissing(variable)) }
            guard !value.isEmpty else { throw SecretError(name, .variableEmpty(variable)) }
            return Secret(value)
        }
    }
}
