public import Support

/// What one run of one job has to tell.
///
/// Every part but the run itself may be missing, so that a run which fails before it begins, because of an invalid
/// configuration or a secret that cannot be had, has a report as well.
public struct RunReport: Sendable, Hashable {
    /// How a run, or its part at one destination, ended.
    public enum Result: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Everything was done.
        case success
        /// Everything was done that could be done, but something was left out.
        case warning
        /// The purpose was not achieved.
        case failure

        /// Whether one is better than the other.
        public static func < (a: Result, b: Result) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }
    }

    /// The installation that ran.
    public var instance: Instance

    /// The job that ran; nil when no job was reached.
    public var job: Job?

    /// The run.
    public var run: Run

    /// The configuration that was followed.
    public var configuration: Configuration?

    /// What was found at the sources.
    public var source: Source?

    /// What came of each destination.
    public var destinations: [Destination]

    /// Warnings and errors in the order of their occurrence.
    public var problems: [Problem]

    /// When the job runs again.
    public var nextRun: Timestamp?

    /// How old the newest version is, where somebody asked.
    public var objective: Objective?

    /// What was logged.
    public var log: Log

    /// What it tells of, when that is not the end of a run.
    let occasion: Event?

    /// Its title, when that does not follow from the rest.
    let headline: String?

    /// Creates a report.
    ///
    /// An `event` is what it tells of when that is not the end of a run: then the run has the moment, and an identifier,
    /// which is the report's.
    public init(
        instance: Instance, job: Job? = nil, run: Run, configuration: Configuration? = nil, source: Source? = nil,
        destinations: [Destination] = [], problems: [Problem] = [], nextRun: Timestamp? = nil,
        objective: Objective? = nil, log: Log = Log(), event: Event? = nil
    ) {
        self.init(
            instance: instance, job: job, run: run, configuration: configuration, source: source,
            destinations: destinations, problems: problems, nextRun: nextRun, objective: objective, log: log,
            event: event, headline: nil)
    }

    init(
        instance: Instance, job: Job? = nil, run: Run, configuration: Configuration? = nil, source: Source? = nil,
        destinations: [Destination] = [], problems: [Problem] = [], nextRun: Timestamp? = nil,
        objective: Objective? = nil, log: Log = Log(), event: Event?, headline: String?
    ) {
        self.instance = instance
        self.job = job
        self.run = run
        self.configuration = configuration
        self.source = source
        self.destinations = destinations
        self.problems = problems
        self.nextRun = nextRun
        self.objective = objective
        self.log = log
        self.headline = headline
        occasion = event.flatMap { $0.isEnd ? nil : $0 }
    }

    func count(_ severity: Problem.Severity) -> Int {
        problems.lazy.filter { $0.severity == severity }.reduce(0) { $0 + $1.count }
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
