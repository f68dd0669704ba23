internal import Configuration
internal import Secrets

/// What becomes of a job's store at a destination.
public struct StoreEffect: Sendable, Hashable {
    /// What becomes of it.
    public enum Kind: Sendable, Hashable {
        /// The job has a store here now: the first run uploads everything, unless there is one already.
        case new
        /// The job continues the store of another job or destination.
        case takenOver(job: String, destination: String)
        /// The store is looked for elsewhere: the first run uploads everything, unless the store was moved there.
        case moved(from: String, to: String)
        /// The objects' names begin in another way: a store beside the old one.
        case renamed(from: String, to: String)
        /// The store that is there does not fit: runs refuse until the setting is taken back or the store is elsewhere.
        case unfit(setting: String, from: String, to: String)
        /// The passphrase comes from another secret; it must be the same one.
        case passphrase(from: String, to: String)
        /// No job looks after the store any more: its versions stay, and nothing is deleted.
        case unmanaged
    }

    /// The destination's name.
    public let destination: String
    /// What becomes of the store.
    public let kind: Kind

    init(_ destination: String, _ kind: Kind) {
        self.destination = destination
        self.kind = kind
    }

    /// Whether a run has to upload everything again.
    public var isReseeded: Bool {
        switch kind {
        case .moved, .renamed: true
        case .new, .takenOver, .unfit, .passphrase, .unmanaged: false
        }
    }

    /// What becomes of the stores of a job.
    /// - Parameters:
    ///   - name: the job's name.
    ///   - old: the configuration that holds; nil for none.
    ///   - new: the candidate.
    /// - Returns: an effect for each destination where something differs.
    static func all(of name: String, _ old: Configuration?, _ new: Configuration) -> [StoreEffect] {
        let before = old?.job(named: name)
        guard let job = new.job(named: name) else {
            return (before?.destinations ?? []).map { StoreEffect($0, .unmanaged) }
        }
        let effects = job.destinations.flatMap { destination -> [StoreEffect] in
            guard let after = StoreIdentity(job, destination, new) else { return [] }
            guard let before, before.destinations.contains(destination), let old,
                let known = StoreIdentity(before, destination, old)
            else {
                let other = old.flatMap { StoreIdentity.owner(of: after, in: $0) }
                return [
                    StoreEffect(destination, other.map { .takenOver(job: $0.job, destination: $0.destination) } ?? .new)
                ]
            }
            return differences(known, after).map { StoreEffect(destination, $0) }
        }
        let gone = (before?.destinations ?? []).filter { !job.destinations.contains($0) }
        return effects + gone.map { StoreEffect($0, .unmanaged) }
    }

    private static func differences(_ old: StoreIdentity, _ new: StoreIdentity) -> [Kind] {
        if old.place != new.place { return [.moved(from: old.url, to: new.url)] }
        if old.prefix != new.prefix {
            return [.renamed(from: old.prefix ?? "(none)", to: new.prefix ?? "(none)")]
        }
        var kinds: [Kind] = []
        switch (old.passphrase, new.passphrase) {
        case (nil, nil): break
        case (let from?, let to?):
            if from != to { kinds.append(.passphrase(from: from, to: to)) }
        case (let from, let to):
            kinds.append(
                .unfit(
                    setting: "encryption", from: from == nil ? "none" : "passphrase",
                    to: to == nil ? "none" : "passphrase"))
        }
        // Without a size of its own a job takes that of the store.
        if let size = new.blockSize, old.blockSize != size {
            kinds.append(.unfit(setting: "options.block_size", from: old.blockSize ?? "(the store's)", to: size))
        }
        return kinds
    }
}

/// What makes a store the one that it is.
private struct StoreIdentity: Hashable {
    /// The URL, with references for secrets.
    let url: String
    /// The URL without what only says who logs in.
    let place: String
    let prefix: String?
    let passphrase: String?
    let blockSize: String?

    init?(_ job: JobSpecification, _ destination: String, _ configuration: Configuration) {
        guard let specification = configuration.destinations[destination] else { return nil }
        url = specification.url(forJob: job.name).description
        let (place, given) = Self.place(url)
        self.place = place
        prefix = given ?? specification.options["prefix"]?.description
        passphrase = job.passphrase?.name
        blockSize = job.options.blockSize.map { "\($0)" }
    }

    /// The URL without passwords and the like, and the prefix that it gives the objects.
    private static func place(_ url: String) -> (String, prefix: String?) {
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var base = String(parts[0])
        if let start = base.firstRange(of: "://")?.upperBound,
            let end = base[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@")
        {
            base.replaceSubrange(start..<end, with: user(base[start..<end]))
        }
        var prefix: String?
        let pairs = (parts.count == 2 ? parts[1] : "").split(separator: "&").filter { pair in
            let name = pair.prefix { $0 != "=" }
            if name == "prefix" { prefix = String(pair.dropFirst("prefix=".count)) }
            return name != "prefix" && !CredentialNames.isCredential(name)
        }
        return (([base] + pairs.sorted().map(String.init)).joined(separator: "&"), prefix)
    }

    /// The user's name of `name:password`, where either may be a reference.
    private static func user(_ text: Substring) -> Substring {
        var depth = 0
        return text.prefix { character in
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            return character != ":" || depth > 0
        }
    }

    /// Whose store is at the same place.
    static func owner(
        of store: StoreIdentity, in configuration: Configuration
    ) -> (job: String, destination: String)? {
        for job in configuration.jobs {
            for destination in job.destinations {
                let other = StoreIdentity(job, destination, configuration)
                if other?.place == store.place, other?.prefix == store.prefix { return (job.name, destination) }
            }
        }
        return nil
    }
}
