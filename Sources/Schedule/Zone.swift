internal import Foundation
public import Support

/// A time zone with its changes of the clock.
///
/// Foundation is here for its time zones only: no other file of this target imports it.
public struct Zone: Sendable, Hashable {
    /// UTC.
    public static let utc = Zone(TimeZone(secondsFromGMT: 0))

    private let zone: TimeZone

    private init(_ zone: TimeZone?) { self.zone = zone ?? .current }

    /// The zone of that IANA name; `nil` when there is none.
    public init?(named name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// The zone of this machine, or of the environment's `TZ`.
    public init() { zone = .current }

    /// How far its clocks are ahead of UTC, in seconds.
    public func offset(at time: Timestamp) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds))))
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
