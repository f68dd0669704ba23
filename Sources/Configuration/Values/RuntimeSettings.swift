/// How the program itself runs.
public struct RuntimeSettings: Sendable, Hashable {
    /// How log lines look.
    public enum LogFormat: String, Sendable, Hashable, CaseIterable {
        /// For people.
        case text
        /// One JSON object a line.
        case json
    }

    /// How much is logged.
    public enum LogLevel: String, Sendable, Hashable, CaseIterable {
        /// Everything.
        case trace
        /// Every file.
        case debug
        /// Every step of a run.
        case info
        /// What went wrong without harm to the run.
        case warn
        /// What made a run fail.
        case error
    }

    /// The absolute path of the folder for databases and ledgers; `nil` when the file leaves it to the program.
    public let stateDirectory: String?
    /// The IANA name of the time zone for people; `nil` for the system's.
    public let timezone: String?
    /// How log lines look; `nil` when the file leaves it to the program.
    public let logFormat: LogFormat?
    /// How much is logged; `nil` when the file leaves it to the program.
    public let logLevel: LogLevel?
    /// Whether nothing is kept on this machine between runs.
    public let isStateless: Bool
    /// How long a backup that is asked to stop may take to finish; `nil` when the file leaves it to the program.
    public let shutdownGrace: CalendarDuration?
    /// Where a service answers, beside the socket in its state folder.
    public let listen: [ListenAddress]
    /// Who may ask it, and for what.
    public let api: APISettings
    /// Where metrics are left after each run; `nil` for nowhere.
    public let metrics: MetricsSettings?
    /// How a service takes over a changed configuration.
    public let reload: ReloadSettings
    /// What all jobs together may take.
    public let limits: RuntimeLimits
}
