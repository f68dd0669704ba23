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

    /// Creates a report.
    public init(
        instance: Instance, job: Job? = nil, run: Run, configuration: Configuration? = nil, source: Source? = nil,
        destinations: [Destination] = [], problems: [Problem] = [], nextRun: Timestamp? = nil
    ) {
        self.instance = instance
        self.job = job
        self.run = run
        self.configuration = configuration
        self.source = source
        self.destinations = destinations
        self.problems = problems
        self.nextRun = nextRun
    }

    /// One line for people: `photos: finished with 3 warnings`.
    public var title: String {
        let subject = job?.name ?? instance.name
        let warnings = Self.counted(count(.warning), "warning")
        let errors = Self.counted(count(.error), "error")
        return switch run.result {
        case .success: "\(subject): finished"
        case .warning: "\(subject): finished with \(count(.warning) == 0 ? "warnings" : warnings)"
        case .failure: count(.error) == 0 ? "\(subject): failed" : "\(subject): failed with \(errors)"
        }
    }

    private func count(_ severity: Problem.Severity) -> Int {
        problems.lazy.filter { $0.severity == severity }.reduce(0) { $0 + $1.count }
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
