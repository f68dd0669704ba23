public import Configuration
internal import Support

/// What a candidate is compared with: a configuration, wherever it was had from.
public struct PlanBase: Sendable {
    /// Where it is from, in a few words.
    public let label: String
    /// The configuration; nil when there is none, so that everything is new.
    public let loaded: LoadedConfiguration?

    /// A configuration that is at hand.
    /// - Parameters:
    ///   - label: where it is from, in a few words.
    ///   - loaded: the configuration; nil for none.
    public init(label: String, loaded: LoadedConfiguration?) {
        self.label = label
        self.loaded = loaded
    }

    /// Nothing: every job is new.
    public static let nothing = PlanBase(label: "nothing", loaded: nil)

    /// What a command line names.
    ///
    /// - Parameters:
    ///   - text: a file, a folder, `git:REVISION` with `:PATH` behind it when that is another than the candidate's, or
    ///     `service` for what a service follows.
    ///   - candidates: the candidate's files and folders.
    ///   - state: the candidate's state folder, which that service would have.
    ///   - environment: the variables of this process.
    /// - Throws: `Failure`, with `ExitCode.configuration` when that configuration cannot be used.
    public init(
        _ text: String, candidates: [String], state: StateFolder, environment: [String: String]
    ) throws(Failure) {
        if text == "service" {
            self = try ServingConfiguration.base(in: state)
            return
        }
        guard text.hasPrefix("git:") else {
            self.init(label: text, loaded: try Self.load(ConfigurationInput([text]), text, environment))
            return
        }
        let parts = text.dropFirst(4).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        try self.init(
            revision: String(parts[0]), path: parts.count == 2 ? String(parts[1]) : nil, candidates: candidates,
            environment: environment)
    }

    private init(
        revision: String, path: String?, candidates: [String], environment: [String: String]
    ) throws(Failure) {
        let files = candidates.filter { $0 != ConfigurationInput.standardInput }
        guard path != nil || files.count == candidates.count else {
            throw Failure(
                .configuration, .usage, "A revision has no standard input: name the file as in git:REVISION:PATH.")
        }
        let git = try GitRevision(revision, ofRepositoryWith: files.first ?? ".", environment: environment)
        let label = "git \(revision) (\(git.commit.prefix(7)))"
        var found: [String] = []
        if let path {
            guard let place = git.path(inRepository: path) else {
                throw Failure(.notFound, .usage, "\(label) has no “\(path)”; paths start at the top of the repository.")
            }
            found = [place]
        } else {
            found = files.compactMap { git.path(of: $0) }
        }
        guard !found.isEmpty else {
            self.init(label: "\(label), which does not have it", loaded: nil)
            return
        }
        let input = ConfigurationInput(found, placement: git.placement)
        self.init(label: label, loaded: try Self.load(input, label, environment))
        withExtendedLifetime(git) {}
    }

    private static func load(
        _ input: ConfigurationInput, _ label: String, _ environment: [String: String]
    ) throws(Failure) -> LoadedConfiguration {
        do throws(InvalidConfiguration) {
            return try ConfigurationLoader.load(input, environment: environment)
        } catch {
            let first = error.diagnostics.first { $0.severity == .error }
            let cause = first.map { " \($0.place): \($0.message)." } ?? ""
            throw Failure(
                .configuration, .configuration,
                "The configuration of \(label), to compare with, cannot be used.\(cause)")
        }
    }
}
