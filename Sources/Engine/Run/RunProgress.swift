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
    private let parts: [RunProgress]

    /// Everything at zero.
    public init() {
        parts = []
    }

    /// The progress of several runs that are fed by the same reading: what is read counts once, what is sent or fetched
    /// counts for each.
    public init(joining parts: [RunProgress]) {
        self.parts = parts
    }

    /// What the run is doing; of several runs what most is to be seen of.
    public var phase: Phase {
        get {
            guard !parts.isEmpty else { return Phase(rawValue: phaseValue.load(ordering: .relaxed)) ?? .preparing }
            let phases = parts.map(\.phase)
            if phases.contains(.backingUp) { return .backingUp }
            return phases.max { $0.rawValue < $1.rawValue } ?? .preparing
        }
        set { phaseValue.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Entries examined or restored.
    public var entries: Int { highest(counters.entries.load(ordering: .relaxed), \.entries) }
    /// Entries that there will be in all, or 0 while unknown.
    public var totalEntries: Int { highest(counters.totalEntries.load(ordering: .relaxed), \.totalEntries) }
    /// Bytes read or written so far.
    public var bytes: Int { highest(counters.bytes.load(ordering: .relaxed), \.bytes) }
    /// Bytes that there will be in all, or 0 while unknown.
    public var totalBytes: Int { highest(counters.totalBytes.load(ordering: .relaxed), \.totalBytes) }
    /// Bytes sent to or fetched from the destination.
    public var transferred: Int {
        parts.reduce(counters.transferred.load(ordering: .relaxed)) { $0 + $1.transferred }
    }

    /// Calls to the destination that were made again after a failure.
    public var retries: Int { parts.reduce(counters.retries.load(ordering: .relaxed)) { $0 + $1.retries } }

    private func highest(_ own: Int, _ value: (RunProgress) -> Int) -> Int {
        parts.reduce(own) { max($0, value($1)) }
    }

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
