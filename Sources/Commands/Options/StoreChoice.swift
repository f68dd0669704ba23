internal import ArgumentParser
internal import Configuration
internal import Jobs
internal import Support

/// The store that a command line names, and the patterns that stand behind it.
struct StoreChoice: Sendable {
    /// Whether patterns may or have to follow.
    enum Patterns {
        case none
        case optional
        case required
    }

    /// Where the store is named.
    enum Place: Sendable {
        /// In a configuration: a job, and one of its destinations unless it is the first.
        case job(String, destination: String?, configuration: ConfigurationInput)
        /// On the command line.
        case url(String, passphraseFile: String?)
    }

    let place: Place
    let patterns: [String]

    /// A choice that is known already.
    init(place: Place, patterns: [String]) {
        self.place = place
        self.patterns = patterns
    }

    /// Sorts out the words of a command line: with a configuration the first one is a job.
    /// - Throws: `Failure` with `ExitCode.usage`.
    init(_ options: StoreOptions, words: [String], patterns allowed: Patterns) throws(Failure) {
        guard !words.contains("") else { throw Self.usage("A job, path or pattern is empty. \(Self.hint)") }
        var rest = words[...]
        if let configuration = options.configuration {
            guard let job = rest.popFirst() else {
                throw Self.usage("Name the job whose store is meant, before anything else.")
            }
            place = .job(job, destination: options.destination, configuration: configuration)
        } else {
            place = .url(options.store ?? "", passphraseFile: options.passphraseFile)
        }
        patterns = Array(rest)
        switch allowed {
        case .none where !patterns.isEmpty:
            let hint = options.store == nil ? "" : " A job's name does not go with --store."
            throw Self.usage("Unexpected “\(patterns[0])”.\(hint)")
        case .required where patterns.isEmpty: throw Self.usage("Name at least one pattern or path to look for.")
        default: break
        }
    }

    /// The part of a divided job that is meant.
    var shard: Shard? {
        if case .job(_, _, let configuration) = place { configuration.shard } else { nil }
    }

    /// The choice for one part of a divided job.
    func restricted(to shard: Shard) -> StoreChoice {
        guard case .job(let job, let destination, let configuration) = place else { return self }
        return StoreChoice(
            place: .job(job, destination: destination, configuration: configuration.restricted(to: shard)),
            patterns: patterns)
    }

    /// What an empty word mostly comes from; taking it for nothing, or for everything, would not be what was meant.
    static let hint = "Is a variable of the script not set?"

    private static func usage(_ message: String) -> Failure { Failure(.configuration, .usage, message) }
}
