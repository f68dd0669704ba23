public import Support

extension RunReport {
    /// What came of one destination.
    public struct Destination: Sendable, Hashable {
        /// A check of stored volumes that followed the backup.
        public struct Verification: Sendable, Hashable {
            /// Volumes fetched and checked.
            public var sampled: Int64
            /// Those found damaged.
            public var failed: Int64

            /// Counts a check.
            public init(sampled: Int64, failed: Int64) {
                self.sampled = sampled
                self.failed = failed
            }
        }

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
        /// Calls that were repeated.
        public var retries: Int64
        /// The check that followed.
        public var verification: Verification?

        /// Describes what came of a destination.
        public init(
            name: String, label: String? = nil, result: Result, version: Timestamp? = nil, uploadedBytes: Int64 = 0,
            uploadedObjects: Int64 = 0, storedBytes: Int64? = nil, versions: Int64? = nil, deletedVersions: Int64 = 0,
            retries: Int64 = 0, verification: Verification? = nil
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
            self.retries = retries
            self.verification = verification
        }
    }
}
