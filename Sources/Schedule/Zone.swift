internal import Foundation
public import Support
internal import Synchronization

/// A time zone with its changes of the clock.
///
/// Foundation is here for its time zones only: no other file of this target imports it.
public struct Zone: Sendable, Hashable {
    /// UTC.
    public static let utc = Zone(TimeZone(secondsFromGMT: 0))

    private let zone: TimeZone
    /// The same as a table: a decision about many moments asks for thousands of offsets.
    private let offsets: ZoneOffsets

    private init(_ zone: TimeZone?) {
        self.zone = zone ?? .current
        offsets = ZoneOffsets.of(self.zone)
    }

    /// Whether both are the same zone.
    public static func == (a: Zone, b: Zone) -> Bool { a.zone == b.zone }

    /// Feeds the zone to a hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(zone) }

    /// The zone of that IANA name; `nil` when there is none.
    public init?(named name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.init(zone)
    }

    /// The zone of this machine, or of the environment's `TZ`.
    public init() { self.init(nil) }

    /// How far its clocks are ahead of UTC, in seconds.
    public func offset(at time: Timestamp) -> Int64 {
        offsets.offset(at: time.seconds) ?? Self.offset(of: zone, at: time.seconds)
    }

    fileprivate static func offset(of zone: TimeZone, at seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    /// What its clocks show.
    func wall(at time: Timestamp) -> WallTime { WallTime(time.seconds + offset(at: time)) }

    /// The moment at which its clocks show `wall` for the first time.
    ///
    /// A reading that is skipped becomes the moment of the change.
    func moment(of wall: WallTime) -> Timestamp {
        let before = offset(at: Timestamp(seconds: wall.seconds - 86_400))
        let after = offset(at: Timestamp(seconds: wall.seconds + 86_400))
        let early = Timestamp(seconds: wall.seconds - before)
        if offset(at: early) == before { return early }
        let late = Timestamp(seconds: wall.seconds - after)
        if offset(at: late) == after { return late }
        // Between the two the clocks were moved; what they show jumps over the reading.
        return change(after: late, notAfter: early) ?? early
    }

    /// The first moment with another offset than at `start`, up to `end`; the offsets at both must differ.
    func change(after start: Timestamp, notAfter end: Timestamp) -> Timestamp? {
        let offset = offset(at: start)
        guard self.offset(at: end) != offset else { return nil }
        var (low, high) = (start.seconds, end.seconds)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: Timestamp(seconds: middle)) == offset { low = middle } else { high = middle }
        }
        return Timestamp(seconds: high)
    }
}

/// The offsets of a zone from 1970 to 2100, each with the moment at which it begins.
private struct ZoneOffsets: Sendable {
    private static let range: Range<Int64> = 0..<4_102_444_800
    private static let known = Mutex<[TimeZone: ZoneOffsets]>([:])

    private var starts: [Int64] = []
    private var values: [Int64] = []

    static func of(_ zone: TimeZone) -> ZoneOffsets {
        known.withLock { known in
            if let table = known[zone] { return table }
            let table = ZoneOffsets(zone)
            known[zone] = table
            return table
        }
    }

    private init(_ zone: TimeZone) {
        var moment = Self.range.lowerBound
        add(moment, zone)
        // A zone that keeps its offset has no next transition.
        while let next = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(moment))) {
            let seconds = Int64(next.timeIntervalSince1970.rounded())
            guard seconds > moment, seconds < Self.range.upperBound else { break }
            moment = seconds
            add(moment, zone)
        }
    }

    private mutating func add(_ moment: Int64, _ zone: TimeZone) {
        let value = Zone.offset(of: zone, at: moment)
        guard values.last != value else { return }
        starts.append(moment)
        values.append(value)
    }

    /// nil for a moment that is not in the table.
    func offset(at seconds: Int64) -> Int64? {
        guard Self.range.contains(seconds) else { return nil }
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= seconds { low = middle } else { high = middle }
        }
        return values[low]
    }
}
