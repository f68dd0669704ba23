public import Configuration
public import Engine
internal import Secrets

/// Why a job backs a path up, or leaves it out, in terms of its configuration.
public struct PathExplanation: Sendable, Hashable {
    /// One step on the way from the source to the path.
    public struct Step: Sendable, Hashable {
        /// The path so far; folders end with `/`.
        public let path: String
        /// What happens to it.
        public let outcome: PathJudgement.Outcome
        /// What decided: `exclude: *.tmp`, `selection.exclude_caches`, or a few words.
        public let reason: String
        /// Where the configuration says so, when it does.
        public let origin: Origin?
    }

    /// The job's name.
    public let job: String
    /// The path, absolute.
    public let path: String
    /// Whether it is backed up.
    public let isStored: Bool
    /// Whether it is there; what is not there is judged by its name alone.
    public let exists: Bool
    /// Whether it is anywhere near the job's sources: one, below one, or above one.
    public let concernsJob: Bool
    /// The steps, the deciding one last.
    public let steps: [Step]

    /// Explains a path; looks at the file system, and blocks while it does.
    /// - Parameters:
    ///   - path: an absolute path; one that ends with `/` is a folder also when it is not there.
    ///   - name: the job's name.
    ///   - loaded: the configuration.
    ///   - environment: the variables of the process.
    /// - Throws: `Failure`, with `ExitCode.usage` for an unknown job or a relative path.
    public init(
        _ path: String, job name: String, in loaded: LoadedConfiguration, environment: [String: String]
    ) throws(Failure) {
        let job = try loaded.configuration.findJob(name)
        self.job = name
        self.path = path
        if let output = job.sources.first(where: { $0.isOutput && $0.path == path }) {
            let words = output.command?.arguments.first ?? output.dump?.title ?? ""
            steps = [Step(path: path, outcome: .stored, reason: "the output of `\(words)`", origin: nil)]
            isStored = true
            exists = true
            concernsJob = true
            return
        }
        let filter: FilterSet
        do throws(FilterError) {
            filter = try job.filterSet()
        } catch {
            throw Failure(error)
        }
        let judge = PathJudge(
            sources: job.sources.filter { !$0.isOutput }.map { Array($0.path.utf8) }, filter: filter,
            ownPaths: Self.ownPaths(of: job, loaded.configuration, environment).map { Array($0.utf8) },
            policy: WalkPolicy(job.selection))
        guard let judgement = judge.judge(Array(path.utf8)) else {
            throw Failure(.configuration, .usage, "“\(path)” is not an absolute path.")
        }
        let words = ReasonWords(job: job, values: loaded.effective["jobs"]?[name])
        steps = judgement.steps.map { step in
            let (reason, origin) = words.reason(step)
            return Step(
                path: String(decoding: step.path, as: UTF8.self), outcome: step.outcome, reason: reason, origin: origin)
        }
        isStored = judgement.isStored
        exists = judgement.exists
        concernsJob = judgement.decisive.reason != .outsideSources
    }

    /// The folders that no backup of the job takes in: the catalogs, and destinations on this machine.
    static func ownPaths(
        of job: JobSpecification, _ configuration: Configuration, _ environment: [String: String]
    ) -> [String] {
        let state = StateFolder(configuration.runtime.stateDirectory, environment: environment).path
        let folders = job.destinations.compactMap { name -> String? in
            guard let url = configuration.destinations[name]?.url(forJob: job.name).text else { return nil }
            if url.hasPrefix("/") { return url }
            return url.hasPrefix("file:///") ? String(url.dropFirst("file://".count).prefix { $0 != "?" }) : nil
        }
        return [state] + folders
    }
}
