public import Support

extension RunReport.Destination {
    /// What retention decided.
    public struct Retention: Sendable, Hashable {
        /// Versions that stay.
        public var kept: Int64
        /// Versions that were deleted.
        public var deleted: Int64
        /// Versions that would have gone, but the guard refused; nothing was deleted then.
        public var refused: Int64
        /// Versions that would have gone, but are held or locked.
        public var held: Int64

        /// Counts what was decided.
        public init(kept: Int64, deleted: Int64 = 0, refused: Int64 = 0, held: Int64 = 0) {
            self.kept = kept
            self.deleted = deleted
            self.refused = refused
            self.held = held
        }
    }

    /// What compaction did.
    public struct Compaction: Sendable, Hashable {
        /// Data volumes that were written anew from several.
        public var writtenVolumes: Int64
        /// Data volumes that were deleted.
        public var deletedVolumes: Int64
        /// Bytes sent.
        public var uploadedBytes: Int64
        /// Bytes by which the store has become smaller.
        public var freedBytes: Int64
        /// Bytes that no version uses and that are still there, where that is known.
        public var wastedBytes: Int64?

        /// Counts what was done.
        public init(
            writtenVolumes: Int64 = 0, deletedVolumes: Int64 = 0, uploadedBytes: Int64 = 0, freedBytes: Int64 = 0,
            wastedBytes: Int64? = nil
        ) {
            self.writtenVolumes = writtenVolumes
            self.deletedVolumes = deletedVolumes
            self.uploadedBytes = uploadedBytes
            self.freedBytes = freedBytes
            self.wastedBytes = wastedBytes
        }
    }

    /// A check of stored volumes that followed the backup.
    public struct Verification: Sendable, Hashable {
        /// How thorough it was: `listing`, `sample` or `full`.
        public var level: String
        /// Volumes fetched and checked.
        public var sampled: Int64
        /// Those found damaged or missing.
        public var failed: Int64
        /// Blocks that were unpacked and hashed.
        public var blocks: Int64
        /// Bytes fetched.
        public var bytes: Int64
        /// Volumes that could not be looked at, since they lie in an archive.
        public var archived: Int64
        /// Faults by kind: `missing`, `extra`, `modified` and `error`; those that did not occur are absent.
        public var faults: [String: Int64]

        /// Counts a check.
        public init(
            level: String = "sample", sampled: Int64, failed: Int64, blocks: Int64 = 0, bytes: Int64 = 0,
            archived: Int64 = 0, faults: [String: Int64] = [:]
        ) {
            self.level = level
            self.sampled = sampled
            self.failed = failed
            self.blocks = blocks
            self.bytes = bytes
            self.archived = archived
            self.faults = faults
        }
    }

    /// How the run came by its catalog, and what it cost where the catalog is not kept on the machine.
    public struct Catalog: Sendable, Hashable {
        /// Where it came from.
        public enum Origin: String, Sendable, Hashable, CaseIterable {
            /// The run before had left it on the machine, or there was no store yet.
            case local
            /// A copy of it was fetched from the destination.
            case copy
            /// It was built from the objects of the store.
            case rebuilt
        }

        /// Where it came from.
        public var origin: Origin
        /// Seconds until it was in step with the store.
        public var seconds: Double
        /// Bytes of the copy that was fetched; nil when none was.
        public var fetchedBytes: Int64?
        /// Bytes of the copy that was left at the destination; nil when none was.
        public var keptBytes: Int64?
        /// Seconds that leaving it took.
        public var keptSeconds: Double?

        /// Describes where a catalog came from.
        public init(
            origin: Origin, seconds: Double, fetchedBytes: Int64? = nil, keptBytes: Int64? = nil,
            keptSeconds: Double? = nil
        ) {
            self.origin = origin
            self.seconds = seconds
            self.fetchedBytes = fetchedBytes
            self.keptBytes = keptBytes
            self.keptSeconds = keptSeconds
        }
    }

    /// A lease of another run that was met at the destination.
    public struct Lease: Sendable, Hashable {
        /// What became of it.
        public enum State: String, Sendable, Hashable, CaseIterable {
            /// It was valid, so this run did not begin.
            case held
            /// This run lost its own to another.
            case lost
        }

        /// What became of it.
        public var state: State
        /// Who held it, as they called themselves.
        public var owner: String?
        /// When it ends or ended.
        public var expires: Timestamp?

        /// Describes a lease.
        public init(state: State, owner: String? = nil, expires: Timestamp? = nil) {
            self.state = state
            self.owner = owner
            self.expires = expires
        }
    }
}
