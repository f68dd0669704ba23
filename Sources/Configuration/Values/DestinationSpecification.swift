public import Secrets
public import Support

/// A place that versions are stored at.
public struct DestinationSpecification: Sendable, Hashable {
    /// The placeholder in a URL that stands for the job's name.
    public static let jobPlaceholder = "{job}"
    /// The placeholder in a URL that stands for the part of a divided job.
    public static let shardPlaceholder = "{shard}"

    /// The classes that objects are stored in.
    public struct StorageClass: Sendable, Hashable {
        /// That of data volumes.
        public let data: String
        /// That of filelists and indexes; `nil` for the destination's own.
        public let metadata: String?
    }

    /// Its name in the file.
    public let name: String
    /// Where it is; may hold `{job}` and `{shard}`, see ``url(forJob:)``.
    public let url: Template
    /// The destination's options; numbers and booleans as they are written.
    public let options: [String: Template]
    /// Who logs in, and with what.
    public let auth: [String: Template]
    /// For how long the destination keeps objects from being deleted.
    public let immutability: Immutability?
    /// The classes that objects are stored in.
    public let storageClass: StorageClass?
    /// The size that volumes are closed at here.
    public let volumeSize: ByteCount?
    /// The room that all jobs together may take.
    public let quota: ByteCount?
    /// Whether it is elsewhere, as the file says or the URL lets guess.
    public let isOffSite: Bool
    /// How many jobs may use it at the same time; `nil` for any number.
    public let concurrentJobs: Int?
    /// What transfers may take.
    public let limits: ResourceLimits?
    /// How often a call is repeated.
    public let retry: RetrySpecification?
    /// Which part of a divided job it is used for.
    public internal(set) var shard: Shard?

    /// Whether each part of a job has a store of its own there.
    public var isSharded: Bool { url.contains(Self.shardPlaceholder) }

    /// The URL of one job's store, still with its secrets open.
    public func url(forJob job: String) -> Template {
        let url = url.replacing(Self.jobPlaceholder, with: job)
        return shard.map { url.replacing(Self.shardPlaceholder, with: $0.pathComponent) } ?? url
    }
}

/// For how long objects are kept from being deleted or overwritten.
public struct Immutability: Sendable, Hashable {
    /// Who can lift it.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Who has the right to.
        case governance
        /// Nobody.
        case compliance
    }

    /// Who can lift it.
    public let mode: Mode
    /// For how long an object is locked.
    public let period: CalendarDuration
}

/// How a job uses one of its destinations.
public struct DestinationUse: Sendable, Hashable {
    /// What is kept there, where it differs from the job's own.
    public let retention: RetentionSpecification?
    /// Whether a failure there is a warning for the job.
    public let isOptional: Bool
    /// What transfers may take.
    public let limits: ResourceLimits?
    /// How often a call is repeated.
    public let retry: RetrySpecification?
}
