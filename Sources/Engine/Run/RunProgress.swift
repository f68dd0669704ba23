internal import Synchronization

/// How far a run has come: written by its threads, read by whoever shows it.
public final class RunProgress: Sendable {
    /// What a run is doing.
    public enum Phase: Int, Sendable, CaseIterable {
        /// Listing the destination, opening the catalog.
        case preparing
        /// Rebuilding the catalog from the destination.
        case indexing
        /// Walking, reading and packing the sources.
        case backingUp
        /// Sending the last volumes and the filelist.
        case finishing
        /// Writing files back.
        case restoring
        /// Checking remote objects.
        case verifying
        /// Deleting versions.
        case deleting
        /// Giving back the room of what no version needs.
        case compacting
        /// Setting right what is missing or damaged, or taking entries out of versions.
        case repairing
        /// Copying a store to another destination.
        case copying
        /// Ordering objects from an archive, and waiting for them.
        case thawing
        /// Locking objects.
        case locking
    }

    private let phaseValue = Atomic<Int>(0)
    private let counters = Counters()

    /// Everything at zero.
    public init() {}

    /// What the run is doing.
    public var phase: Phase {
        get { Phase(rawValue: phaseValue.load(ordering: .relaxed)) ?? .preparing }
        set { phaseValue.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Entries examined or restored.
    public var entries: Int { counters.entries.load(ordering: .relaxed) }
    /// Entries that there will be in all, or 0 while unknown.
    public var totalEntries: Int { counters.totalEntries.load(ordering: .relaxed) }
    /// Bytes read or written so far.
    public var bytes: Int { counters.bytes.load(ordering: .relaxed) }
    /// Bytes that there will be in all, or 0 while unknown.
    public var totalBytes: Int { counters.totalBytes.load(ordering: .relaxed) }
    /// Bytes sent to or fetched from the destination.
    public var transferred: Int { counters.transferred.load(ordering: .relaxed) }

    /// Calls to the destination that were made again after a failure.
    public var retries: Int { counters.retries.load(ordering: .relaxed) }

    /// Counts entries.
    public func addEntries(_ count: Int) { counters.entries.wrappingAdd(count, ordering: .relaxed) }
    /// Counts bytes read or written.
    public func addBytes(_ count: Int) { counters.bytes.wrappingAdd(count, ordering: .relaxed) }
    /// Counts bytes sent or fetched.
    public func addTransferred(_ count: Int) { counters.transferred.wrappingAdd(count, ordering: .relaxed) }
    /// Counts a call that is made again.
    public func addRetry() { counters.retries.wrappingAdd(1, ordering: .relaxed) }
    /// Tells, as far as known, how much there will be.
    public func setTotals(entries: Int, bytes: Int) {
        counters.totalEntries.store(entries, ordering: .relaxed)
        counters.totalBytes.store(bytes, ordering: .relaxed)
    }

    private final class Counters: Sendable {
        let entries = Atomic<Int>(0)
        let totalEntries = Atomic<Int>(0)
        let bytes = Atomic<Int>(0)
        let totalBytes = Atomic<Int>(0)
        let transferred = Atomic<Int>(0)
        let retries = Atomic<Int>(0)
    }
}
