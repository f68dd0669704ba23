public import Support

/// A run, as it is written down before it begins.
public struct RunStart: Sendable, Hashable {
    /// Its identifier: sorts by time.
    public var id: String
    /// The job.
    public var job: String
    /// What it does for the job.
    public var kind: RunKind
    /// What made it begin.
    public var trigger: RunTrigger
    /// The occurrence that it is for; nil when no schedule asked for it.
    public var due: Timestamp?
    /// Which attempt for that occurrence it is, from 1 on.
    public var attempt: Int
    /// When it begins.
    public var started: Timestamp
    /// The fingerprint of the configuration.
    public var configuration: String

    /// A run that is about to begin.
    public init(
        id: String, job: String, kind: RunKind = .backup, trigger: RunTrigger = .manual, due: Timestamp? = nil,
        attempt: Int = 1, started: Timestamp, configuration: String = ""
    ) {
        self.id = id
        self.job = job
        self.kind = kind
        self.trigger = trigger
        self.due = due
        self.attempt = attempt
        self.started = started
        self.configuration = configuration
    }
}

/// What came of a run at one destination.
public struct DestinationRecord: Sendable, Hashable {
    /// The destination's name.
    public var name: String
    /// How it ended there.
    public var state: RunState
    /// Whether the newest version there has everything that the sources had when the run began.
    public var isGood: Bool
    /// The version that was made; nil when nothing had changed.
    public var version: Timestamp?
    /// Whether that version does not have everything.
    public var isPartial: Bool
    /// Bytes sent.
    public var uploadedBytes: Int64
    /// Bytes there at the end.
    public var storedBytes: Int64?
    /// Versions there at the end.
    public var versions: Int64?
    /// Calls that were made again after a failure.
    public var retries: Int64
    /// How long it took, in milliseconds.
    public var milliseconds: Int64
    /// The code of the failure.
    public var code: String?
    /// The failure in words, without secrets.
    public var message: String?

    /// What came of a run at one destination; good is what succeeded and is not partial, unless told.
    public init(
        name: String, state: RunState, isGood: Bool? = nil, version: Timestamp? = nil, isPartial: Bool = false,
        uploadedBytes: Int64 = 0,
        storedBytes: Int64? = nil, versions: Int64? = nil, retries: Int64 = 0, milliseconds: Int64 = 0,
        code: String? = nil, message: String? = nil
    ) {
        self.name = name
        self.state = state
        self.isGood = isGood ?? (state.isGood && !isPartial)
        self.version = version
        self.isPartial = isPartial
        self.uploadedBytes = uploadedBytes
        self.storedBytes = storedBytes
        self.versions = versions
        self.retries = retries
        self.milliseconds = milliseconds
        self.code = code
        self.message = message
    }
}

/// The end of a run.
public struct RunEnd: Sendable, Hashable {
    /// When.
    public var finished: Timestamp
    /// How.
    public var state: RunState
    /// What stopped it: `timeout`, `window`, `SIGTERM`.
    public var reason: String?
    /// What the process would return.
    public var exitCode: Int32
    /// The code of the failure.
    public var code: String?
    /// The failure in words, without secrets.
    public var message: String?
    /// Files at the sources.
    public var files: Int64?
    /// Their bytes.
    public var bytes: Int64?
    /// How many warnings there were.
    public var warnings: Int64
    /// What came of each destination.
    public var destinations: [DestinationRecord]
    /// When the occurrence has another attempt; nil when the end of this run is the end of it.
    public var again: Timestamp?

    /// The end of a run.
    public init(
        finished: Timestamp, state: RunState, reason: String? = nil, exitCode: Int32 = 0, code: String? = nil,
        message: String? = nil, files: Int64? = nil, bytes: Int64? = nil, warnings: Int64 = 0,
        destinations: [DestinationRecord] = [], again: Timestamp? = nil
    ) {
        self.finished = finished
        self.state = state
        self.reason = reason
        self.exitCode = exitCode
        self.code = code
        self.message = message
        self.files = files
        self.bytes = bytes
        self.warnings = warnings
        self.destinations = destinations
        self.again = again
    }
}

/// A run of the past, or one that is at work.
public struct RunRecord: Sendable, Hashable {
    /// What was known when it began.
    public var start: RunStart
    /// How it ended; nil while it is at work.
    public var end: RunEnd?
    /// The process that ran it, by the number that it had where it ran.
    public var process: Int

    /// A run from its parts.
    public init(start: RunStart, end: RunEnd?, process: Int) {
        self.start = start
        self.end = end
        self.process = process
    }

    /// How it stands.
    public var state: RunState { end?.state ?? .running }
}
