public import Secrets
public import Support

/// What to back up, where to, and how; `defaults` are merged in.
public struct JobSpecification: Sendable, Hashable {
    /// Whether and how the stored data is encrypted.
    public enum Encryption: Sendable, Hashable {
        /// Stored in the clear, by explicit wish.
        case none
        /// Encrypted with a passphrase.
        case passphrase(SecretReference)
    }

    /// How a job's data is stored.
    public struct Options: Sendable, Hashable {
        /// The size of blocks; fixed for the life of a store.
        public let blockSize: ByteCount?
        /// The size that volumes are closed at.
        public let volumeSize: ByteCount?
        /// How hard volumes are compressed.
        public let compression: Compression?
    }

    /// Its name in the file.
    public let name: String
    /// What it is for, in words.
    public let description: String?
    /// Names and values of one's own, for reports.
    public internal(set) var labels: [String: String]
    /// Whether it runs without being named.
    public let isEnabled: Bool
    /// What is backed up.
    public internal(set) var sources: [SourceSpecification]
    /// What is left out beyond the filters, and how links are taken.
    public let selection: SelectionSpecification
    /// The filters in the order they are tried; the first that matches decides.
    public internal(set) var filters: [FilterRule]
    /// How the data is encrypted.
    public let encryption: Encryption
    /// The names of the destinations.
    public let destinations: [String]
    /// What differs at one destination or the other.
    public let uses: [String: DestinationUse]
    /// Which versions are kept; `nil` keeps all.
    public private(set) var retention: RetentionSpecification?
    /// When stored data is rewritten; `nil` for the usual thresholds, after every backup.
    public let compact: CompactSpecification?
    /// What is read back and checked after a backup.
    public let verification: VerificationSpecification
    /// The names of the reports that tell about each run.
    public let reports: [String]
    /// How the data is stored.
    public internal(set) var options: Options

    /// When it runs; `nil` for when it is told to.
    public let schedule: ScheduleSpecification?
    /// What sources must be like.
    public let expectations: [ExpectationSpecification]
    /// What is done around its backups.
    public let hooks: HookSpecifications
    /// How often something is tried.
    public let retry: RetrySpecification?
    /// What it may take.
    public let limits: ResourceLimits?
    /// What is expected of its versions.
    public let objectives: ServiceObjectives
    /// The part of its sources that it is restricted to; nil for all of them.
    public internal(set) var shard: Shard?

    /// The job as it is for one of its destinations.
    public func at(_ destination: String) -> JobSpecification {
        guard let retention = uses[destination]?.retention else { return self }
        var job = self
        job.retention = retention.laid(over: self.retention)
        return job
    }

    /// The passphrase, when the data is encrypted.
    public var passphrase: SecretReference? {
        if case .passphrase(let reference) = encryption { reference } else { nil }
    }
}
