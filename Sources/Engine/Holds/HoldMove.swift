internal import StoreFormat
internal import Support

/// A version that is written again under another time, and takes its hold with it.
///
/// The hold of the new time is stored before its filelist is sent, that of the old time is dropped after its filelist is
/// gone. So at any instant whichever of the two counts is held, and what a crash leaves over is a hold of nothing.
struct HoldMove: Hashable {
    /// The time that the version had.
    let from: Timestamp
    /// The time that it gets.
    let to: Timestamp

    /// Holds the new times of versions that are held.
    ///
    /// - Parameters:
    ///   - moves: what is written again.
    ///   - place: where the holds are; it is listed, and nothing else when nothing is held.
    /// - Throws: `.damagedObject` when the holds cannot be read, and whatever keeps the new ones from being stored.
    static func begin(_ moves: [HoldMove], _ place: HoldPlace) throws(EngineError) {
        try edit(moves, place) { holds, moving, _ in
            let held = Set(holds.map(\.version.seconds))
            return holds
                + holds.flatMap { hold in
                    moving.filter { $0.from.seconds == hold.version.seconds && !held.contains($0.to.seconds) }
                        .map { Hold(version: $0.to, reason: hold.reason, since: hold.since) }
                }
        }
    }

    /// Drops of two holds of one version that of a time which no filelist has.
    ///
    /// - Parameters:
    ///   - moves: what was written again, or was to be.
    ///   - place: where the holds are.
    /// - Throws: as ``begin(_:_:)``.
    static func end(_ moves: [HoldMove], _ place: HoldPlace) throws(EngineError) {
        try edit(moves, place) { holds, moved, present in
            let held = Set(holds.map(\.version.seconds))
            var stale: Set<Int64> = []
            for (from, to) in moved.map({ ($0.from.seconds, $0.to.seconds) }) where held.isSuperset(of: [from, to]) {
                if present.contains(to), !present.contains(from) { stale.insert(from) }
                if present.contains(from), !present.contains(to) { stale.insert(to) }
            }
            return holds.filter { !stale.contains($0.version.seconds) }
        }
    }

    private static func edit(
        _ moves: [HoldMove], _ place: HoldPlace, _ change: ([Hold], [HoldMove], Set<Int64>) -> [Hold]
    ) throws(EngineError) {
        let moving = moves.filter { $0.from.seconds != $0.to.seconds }
        guard !moving.isEmpty else { return }
        _ = try HoldBook.edit(place) { holds, listing throws(EngineError) in
            change(holds, moving, Set(listing.dlists.compactMap { $0.name.time?.seconds }))
        }
    }
}
