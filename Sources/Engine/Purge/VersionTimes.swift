internal import Destinations
internal import StoreFormat
internal import Support

/// The times that rewritten versions may take: whole seconds that are free, and in the order of the versions.
struct VersionTimes {
    private var taken: Set<Int64>

    init(_ listing: StoreListing) {
        taken = Set((listing.dlists + listing.shadowedLists).compactMap { $0.name.time?.seconds })
    }

    /// The first free second after a version's time that is before that of the next version; nil when there is none.
    mutating func next(after time: Timestamp) -> Timestamp? {
        let limit = taken.filter { $0 > time.seconds }.min() ?? .max
        let candidate = time.seconds + 1
        guard candidate < limit else { return nil }
        taken.insert(candidate)
        return Timestamp(seconds: candidate)
    }

    /// The same for a version whose filelist is gone, so that its own time may be free again.
    mutating func nextOrSame(as time: Timestamp) -> Timestamp? {
        if let next = next(after: time) { return next }
        return taken.insert(time.seconds).inserted ? time : nil
    }

    /// Seconds that a version may be ahead of the clock: one each for versions made in quick succession.
    private static let longestWait: Int64 = 60

    /// Blocks until a time is not in the future any more.
    ///
    /// - Throws: `.clockBehind` at once when that would take long, for then the clock was set back, or a version has a
    ///   wrong time; `.cancelled`.
    static func wait(for time: Timestamp, _ store: Store) throws(EngineError) {
        while case let now = store.now(), time > now {
            guard time.seconds - now.seconds <= longestWait else {
                throw .clockBehind(newest: time, destination: store.destination.label)
            }
            try store.cancellation.check()
            RetryPolicy.sleep(.milliseconds(20), store.cancellation)
        }
    }
}
