public import Support
internal import Synchronization
public import Transport

/// The secrets of one run: each is fetched when first needed, once, and its value is known to the mask from then on.
///
/// Safe to use from any thread. Fetching reads files, runs programs and asks servers, so it blocks.
public final class SecretStore: Sendable {
    /// Hides the values that this store has handed out.
    public let mask: SecretMask
    private let sources: [String: SecretSource]
    private let surroundings: SecretSurroundings
    private let shared: Shared
    private let values: Values

    /// A store over the secrets that a configuration defines.
    /// - Parameters:
    ///   - sources: where each secret comes from, by name.
    ///   - surroundings: what fetching takes from the process.
    ///   - mask: learns every value that is fetched.
    public convenience init(
        sources: [String: SecretSource], surroundings: SecretSurroundings, mask: SecretMask = SecretMask()
    ) {
        self.init(sources, surroundings, mask, Shared(version: surroundings.version))
    }

    /// A store over the secrets that a configuration defines, for a process with these variables.
    public convenience init(
        sources: [String: SecretSource], environment: [String: String], mask: SecretMask = SecretMask()
    ) {
        self.init(sources: sources, surroundings: SecretSurroundings(environment: environment), mask: mask)
    }

    private init(
        _ sources: [String: SecretSource], _ surroundings: SecretSurroundings, _ mask: SecretMask, _ shared: Shared,
        values: Values = Values()
    ) {
        self.sources = sources
        self.surroundings = surroundings
        self.mask = mask
        self.shared = shared
        self.values = values
        for case .literal(let secret) in sources.values { mask.add(secret) }
    }

    /// The variables of the process that the store belongs to.
    public var environment: [String: String] { surroundings.environment }

    /// A store over the same secrets that knows no value yet, for the next job: what was rotated since is picked up.
    ///
    /// Logins at servers are shared, as long as they are valid.
    /// - Parameter flag: ends what is under way when it is raised.
    /// - Returns: the store.
    public func refreshed(endedBy flag: CancellationFlag? = nil) -> SecretStore {
        var surroundings = surroundings
        surroundings.cancellation = flag
        return SecretStore(sources, surroundings, mask, shared)
    }

    /// A store with the same values that nothing ends: for those who have to tell that all else was stopped.
    public func uninterrupted() -> SecretStore {
        var surroundings = surroundings
        surroundings.cancellation = nil
        return SecretStore(sources, surroundings, mask, shared, values: values)
    }

    /// The names of all secrets, sorted; credentials that are written in place have their dotted path as name.
    public var names: [String] { sources.keys.sorted() }

    /// Where a secret comes from, for people; nil when it is not defined.
    public func provenance(of name: String) -> String? { sources[name]?.provenance }

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
        names.compactMap { name in
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
        if let known = values.byName.withLock({ $0[name] }) { return known }
        guard !names.contains(name) else { throw SecretError(name, .circular) }
        // Two threads may fetch the same secret at once; the first value stays, so that all see the same.
        let fetched = try fetch(name, within: names.union([name]))
        let kept = values.byName.withLock { known in
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
            guard let value = surroundings.environment[variable] else {
                throw SecretError(name, .variableMissing(variable))
            }
            guard !value.isEmpty else { throw SecretError(name, .variableEmpty(variable)) }
            return Secret(value)
        case let source?:
            guard let provider = source.provider else { throw SecretError(name, .notDefined) }
            let session = SecretSession(
                name: name, surroundings: surroundings, mask: mask, tokens: shared.tokens, clients: shared.clients,
                aws: shared.aws, copies: shared.copies
            ) { reference throws(SecretError) in try self.secret(named: reference.name, within: names) }
            return try provider.fetch(session)
        }
    }

    /// What was fetched.
    private final class Values: Sendable {
        let byName = Mutex<[String: Secret]>([:])
    }

    /// What stores over the same secrets share: all of it outlives the values.
    private final class Shared: Sendable {
        let tokens = TokenCache()
        let clients: HTTPClients
        let aws = AWSLogins()
        let copies = SecretCopies()

        init(version: String) {
            clients = HTTPClients(version: version)
        }
    }
}
