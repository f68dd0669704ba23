public import Support

extension RunReport {
    /// The installation that ran.
    public struct Instance: Sendable, Hashable {
        /// Its name in the configuration.
        public var name: String
        /// An identifier that outlives a change of the name.
        public var id: String?
        /// Dunnage's version.
        public var version: String

        /// Describes an installation.
        public init(name: String, id: String? = nil, version: String) {
            self.name = name
            self.id = id
            self.version = version
        }
    }

    /// The job that ran.
    public struct Job: Sendable, Hashable {
        /// Its name in the configuration.
        public var name: String
        /// The labels that the configuration gives it.
        public var labels: [String: String]

        /// Describes a job.
        public init(name: String, labels: [String: String] = [:]) {
            self.name = name
            self.labels = labels
        }
    }

    /// When and why it ran, and how that ended.
    public struct Run: Sendable, Hashable {
        /// What made a job run.
        public enum Trigger: String, Sendable, Hashable, CaseIterable {
            /// Somebody typed a command.
            case manual
            /// The schedule said so.
            case schedule
            /// A request to the service.
            case api
            /// An earlier run failed.
            case retry
        }

        /// What a run does.
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            /// It makes a version.
            case backup
            /// It reads back what is stored.
            case verify

            /// What comes before the verb in a title; nothing for a backup, which everybody expects.
            var noun: String {
                switch self {
                case .backup: ""
                case .verify: "check "
                }
            }
        }

        /// The run's identifier, which is also that of its report.
        public var id: String
        /// What it does.
        public var kind: Kind
        /// What made it run.
        public var trigger: Trigger
        /// When it should have begun.
        public var scheduledFor: Timestamp?
        /// When it began.
        public var started: Timestamp
        /// When it ended.
        public var finished: Timestamp
        /// How it ended.
        public var result: Result
        /// Whether it was stopped before its end.
        public var isInterrupted: Bool
        /// What the process returns for it.
        public var exitCode: Int32

        /// Describes a run.
        public init(
            id: String, kind: Kind = .backup, trigger: Trigger, scheduledFor: Timestamp? = nil, started: Timestamp,
            finished: Timestamp, result: Result, isInterrupted: Bool = false, exitCode: Int32
        ) {
            self.id = id
            self.kind = kind
            self.trigger = trigger
            self.scheduledFor = scheduledFor
            self.started = started
            self.finished = finished
            self.result = result
            self.isInterrupted = isInterrupted
            self.exitCode = exitCode
        }

        /// Seconds from begin to end, to the millisecond.
        public var durationSeconds: Double {
            let nanoseconds = Int64(finished.nanoseconds) - Int64(started.nanoseconds)
            let milliseconds = (finished.seconds - started.seconds) * 1000 + nanoseconds / 1_000_000
            return Double(max(0, milliseconds)) / 1000
        }
    }

    /// The configuration that was followed.
    public struct Configuration: Sendable, Hashable {
        /// A hash of all its values as they hold in the end, with the algorithm in front: `sha256:1a77e3b9`.
        public var hash: String
        /// The commit that it was taken from.
        public var commit: String?
        /// The variables and flags that replaced settings of its own, by name.
        public var overrides: [String]

        /// Describes a configuration.
        public init(hash: String, commit: String? = nil, overrides: [String] = []) {
            self.hash = hash
            self.commit = commit
            self.overrides = overrides
        }
    }

    /// What was found at the sources.
    public struct Source: Sendable, Hashable {
        /// Files examined.
        public var files: Int64
        /// Their bytes.
        public var bytes: Int64
        /// Files that are new since the last version.
        public var added: Int64
        /// Files that changed since then.
        public var modified: Int64
        /// Files that are gone since then.
        public var removed: Int64
        /// Files whose content was read.
        public var opened: Int64
        /// The bytes that were read.
        public var openedBytes: Int64
        /// Files and folders that could not be read.
        public var unreadable: Int64

        /// Counts what was found.
        public init(
            files: Int64 = 0, bytes: Int64 = 0, added: Int64 = 0, modified: Int64 = 0, removed: Int64 = 0,
            opened: Int64 = 0, openedBytes: Int64 = 0, unreadable: Int64 = 0
        ) {
            self.files = files
            self.bytes = bytes
            self.added = added
            self.modified = modified
            self.removed = removed
            self.opened = opened
            self.openedBytes = openedBytes
            self.unreadable = unreadable
        }
    }
}
