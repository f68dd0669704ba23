internal import Catalog
internal import StoreFormat
internal import Support

/// Which objects of a store are examined.
struct VerifyPlan {
    /// The count of a volume with a fault: fewer than of any other, so that it comes first until it is in order again.
    static let faulty: Int64 = -1

    private(set) var dlists: [StoreListing.Item] = []
    private(set) var dindexes: [StoreListing.Item] = []
    private(set) var dblocks: [StoreListing.Item] = []

    /// Everything that can be read.
    init(all listing: StoreListing) {
        dlists = listing.dlists.filter { !$0.isArchived }
        dindexes = listing.dindexes.filter { !$0.isArchived }
        dblocks = listing.dblocks.filter { !$0.isArchived }
    }

    /// A sample: of each kind those that were never verified, then those that were least often; among equals chance
    /// decides.
    ///
    /// With each verification counted, every volume has its turn before any has its next. Volumes that nobody knows
    /// the hash of are at the front, too; before all others come those in which a fault was found.
    init(
        _ sample: VerifySample, of listing: StoreListing, volumes: [String: CatalogVolume],
        verifications: [Int64: CatalogVerification], using generator: inout some RandomNumberGenerator
    ) {
        let all = VerifyPlan(all: listing)
        let count = sample.sets(ofLargest: max(all.dlists.count, all.dindexes.count, all.dblocks.count))
        func choose(_ items: [StoreListing.Item]) -> [StoreListing.Item] {
            let ranked = items.compactMap { item -> (turn: Int64, chance: UInt64, item: StoreListing.Item)? in
                guard let volume = volumes[item.name.text] else { return nil }
                let count = verifications[volume.id]?.count ?? 0
                let turn = volume.hash == nil ? min(0, count) : count
                return (turn, generator.next(), item)
            }
            return ranked.sorted { ($0.turn, $0.chance) < ($1.turn, $1.chance) }.prefix(count).map(\.item)
        }
        dlists = choose(all.dlists)
        dindexes = choose(all.dindexes)
        dblocks = choose(all.dblocks)
    }

    /// One of several checks that examine everything together: of each kind those that were examined longest ago.
    ///
    /// How often counts for nothing here: otherwise volumes that are new would have their turns before the old ones
    /// for as long as new ones come. Among those that were never examined the oldest go first.
    init(
        _ turn: VerifyTurn, of listing: StoreListing, volumes: [String: CatalogVolume],
        verifications: [Int64: CatalogVerification]
    ) {
        let all = VerifyPlan(all: listing)
        let count = turn.sets(ofLargest: max(all.dlists.count, all.dindexes.count, all.dblocks.count))
        func choose(_ items: [StoreListing.Item]) -> [StoreListing.Item] {
            let ranked = items.compactMap { item -> (time: Int64, id: Int64, item: StoreListing.Item)? in
                guard let volume = volumes[item.name.text] else { return nil }
                guard let known = verifications[volume.id] else { return (-1, volume.id, item) }
                // A fault is looked at every time until it is mended.
                return (known.count == Self.faulty ? .min : max(0, known.time.seconds), volume.id, item)
            }.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
            // Those that were never examined stand in front, and must not push out what has waited for too long.
            let late = turn.deadline.flatMap { deadline in
                ranked.lastIndex { $0.time >= 0 && $0.time < deadline.seconds }
            }
            return ranked.prefix(max(count, late.map { $0 + 1 } ?? 0)).map(\.item)
        }
        dlists = choose(all.dlists)
        dindexes = choose(all.dindexes)
        dblocks = choose(all.dblocks)
    }

    /// Everything in the plan.
    var items: [StoreListing.Item] { dlists + dindexes + dblocks }
}
