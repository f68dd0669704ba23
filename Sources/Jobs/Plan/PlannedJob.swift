public import Configuration

/// What a change means for one job.
public struct PlannedJob: Sendable, Hashable {
    /// What becomes of it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It is new.
        case added
        /// It goes on in another way.
        case changed
        /// It stops.
        case removed
    }

    /// Its name.
    public let name: String
    /// What becomes of it.
    public let kind: Kind
    /// Where it is written; nil for one that is removed.
    public let origin: Origin?
    /// The values that differ, by their paths below the job.
    public internal(set) var changes: [PlanChange] = []
    /// What becomes of its stores.
    public internal(set) var stores: [StoreEffect] = []
    /// When it runs, if that is another time than before.
    public internal(set) var schedule: ScheduleEffect?
    /// The versions that its retention would delete now and did not before, by destination.
    public internal(set) var retention: [RetentionEffect] = []
    /// The files that come in and go out, if that can be other than before.
    public internal(set) var files: FilesEffect?

    /// Whether anything differs.
    var isEmpty: Bool {
        changes.isEmpty && stores.isEmpty && schedule == nil && retention.isEmpty && files == nil
    }
}
