public import Support

extension RunReport {
    /// What came of one destination.
    public struct Destination: Sendable, Hashable {
        /// Its name in the configuration.
        public var name: String
        /// Where it is, without what may be secret.
        public var label: String?
        /// How the run ended there.
        public var result: Result
        /// The version that was made; nil when none was.
        public var version: Timestamp?
        /// Bytes sent.
        public var uploadedBytes: Int64
        /// Objects sent.
        public var uploadedObjects: Int64
        /// Bytes of all objects there at the end, where that is known.
        public var storedBytes: Int64?
        /// Versions there at the end, where that is known.
        public var versions: Int64?
        /// Versions that retention deleted.
        public var deletedVersions: Int64
        /// What retention decided, when it was applied.
        public var retention: Retention?
        /// What compaction did, when it was looked at.
        public var compaction: Compaction?
        /// Calls that were repeated.
        public var retries: Int64
        /// The check that followed.
        public var verification: Verification?
        /// Whether the version is of a run that was stopped before it had seen everything.
        public var isPartial: Bool
        /// Whose lease on the destination was in the way.
        public var lease: Lease?
        /// How the run came by its catalog, when it got that far.
        public var catalog: Catalog?
        /// Counts the readings of the sources in this run from 1: destinations with the same number were fed by the same.
        public var capture: Int64?
        /// What is not as expected in the version, a sentence each; it is in quarantine unless this is empty.
        public var quarantine: [String] = []

        /// Describes what came of a destination.
        public init(
            name: String, label: String? = nil, result: Result, version: Timestamp? = nil, uploadedBytes: Int64 = 0,
            uploadedObjects: Int64 = 0, storedBytes: Int64? = nil, versions: Int64? = nil, deletedVersions: Int64 = 0,
            retention: Retention? = nil, compaction: Compaction? = nil, retries: Int64 = 0,
            verification: Verification? = nil, isPartial: Bool = false, lease: Lease? = nil,
            catalog: Catalog? = nil, capture: Int64? = nil
        ) {
            self.name = name
            self.label = label
            self.result = result
            self.version = version
            self.uploadedBytes = uploadedBytes
            self.uploadedObjects = uploadedObjects
            self.storedBytes = storedBytes
            self.versions = versions
            self.deletedVersions = deletedVersions
            self.retention = retention
            self.compaction = compaction
            self.retries = retries
            self.verification = verification
            self.isPartial = isPartial
            self.lease = lease
            self.catalog = catalog
            self.capture = capture
        }
    }
}
