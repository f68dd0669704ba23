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
    /// What is backed up.
    public let sources: [SourceSpecification]
    /// What is left out beyond the filters, and how links are taken.
    public let selection: SelectionSpecification
    /// The filters in the order they are tried; the first that matches decides.
    public let filters: [FilterRule]
    /// How the data is encrypted.
    public let encryption: Encryption
    /// The names of the destinations.
    public let destinations: [String]
    /// Which versions are kept; `nil` keeps all.
    public let retention: RetentionSpecification?
    /// When stored data is rewritten; `nil` for the usual thresholds, after every backup.
    public let compact: CompactSpecification?
    /// What is read back and checked after a backup.
    public let verification: VerificationSpecification
    /// The names of the reports that tell about each run.
    public let reports: [String]
    /// How the data is stored.
    public let options: Options

    /// The passphrase, when the data is encrypted.
    public var passphrase: SecretReference? {
        if case .passphrase(let reference) = encryption { reference } else { nil }
    }
}
