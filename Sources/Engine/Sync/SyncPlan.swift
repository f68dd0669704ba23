internal import Destinations
internal import StoreFormat
internal import Support

/// What has to be done so that a target holds all that a source holds of a store.
struct SyncPlan: Sendable {
    /// An object.
    struct Item: Sendable, Hashable {
        /// When an object goes over: what others refer to goes first.
        enum Stage: Int, Sendable, CaseIterable, Comparable {
            case data
            case indexes
            case lists

            static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
        }

        let name: String
        let stage: Stage
        let size: Int64?
        let isArchived: Bool
        let lockedUntil: Timestamp?

        var role: ObjectRole { stage == .data ? .data : .metadata }
    }

    /// The store's prefix.
    let prefix: String
    /// All objects of the store at the source.
    let source: [Item]
    /// Those that the target lacks, in the order in which they have to go over.
    let missing: [Item]
    /// Those that both have.
    let present: [Item]
    /// Those that only the target has, in the order in which they may be deleted: what refers to others goes first.
    let surplus: [Item]
    /// How many objects of the store the target has.
    let targetCount: Int

    /// Compares two listings.
    /// - Parameters:
    ///   - source: what the source lists.
    ///   - target: what the target lists.
    ///   - prefix: the store's prefix; nil takes what the source has.
    ///   - places: what the two are called.
    ///   - isForced: whether another store's objects at the target do not matter.
    /// - Throws: `.emptyStore`, `.refused` when the target holds another store, `.destination` with `.exists` when a
    ///   name has objects of two sizes.
    init(
        source: [RemoteObject], target: [RemoteObject], prefix: String?, places: (source: String, target: String),
        isForced: Bool
    ) throws(EngineError) {
        let listing = StoreListing(
            source.map { ListedObject(name: $0.name, size: $0.size, isArchived: $0.isArchived) }, prefix: prefix)
        guard !listing.isEmpty else {
            throw .emptyStore(destination: places.source, otherPrefixes: listing.otherPrefixes.keys.sorted())
        }
        self.prefix = listing.prefix
        let known = Self.items(source, prefix: listing.prefix)
        let there = Self.items(target, prefix: listing.prefix)
        let sizes = Dictionary(there.map { ($0.name, $0.size) }) { first, _ in first }
        self.source = known
        targetCount = there.count
        present = known.filter { sizes[$0.name] != nil }
        missing = known.filter { sizes[$0.name] == nil }
        let names = Set(known.map(\.name))
        surplus = there.filter { !names.contains($0.name) }.reversed()
        try Self.refuseOtherSizes(present, sizes, places)
        if !isForced { try refuseOtherStore(places) }
    }

    /// The objects of one store, in the order in which they may be written: data, indexes, lists from old to new.
    private static func items(_ objects: [RemoteObject], prefix: String) -> [Item] {
        var seen: Set<String> = []
        let items = objects.compactMap { object -> Item? in
            guard let stage = stage(of: object.name, prefix), seen.insert(object.name).inserted else { return nil }
            return Item(
                name: object.name, stage: stage, size: object.size, isArchived: object.isArchived,
                lockedUntil: object.lockedUntil)
        }
        return items.sorted { ($0.stage, $0.name) < ($1.stage, $1.name) }
    }

    private static func stage(of name: String, _ prefix: String) -> Item.Stage? {
        let ending = ".par2"
        // Parity files are of use with what they mend, and are referred to by nothing.
        if name.lowercased().hasSuffix(ending) {
            return ObjectName(parsing: String(name.dropLast(ending.count)), prefix: prefix) == nil ? nil : .data
        }
        return switch ObjectName(parsing: name, prefix: prefix)?.kind {
        case .dblock: .data
        case .dindex: .indexes
        case .dlist: .lists
        case nil: nil
        }
    }

    // MARK: Guards

    private static func refuseOtherSizes(
        _ present: [Item], _ sizes: [String: Int64?], _ places: (source: String, target: String)
    ) throws(EngineError) {
        let differing = present.filter { item in
            guard let size = item.size, let other = sizes[item.name] ?? nil else { return false }
            return size != other
        }
        guard let first = differing.first else { return }
        throw SyncPlan.conflict(differing.count, first.name, "is there in another size", places)
    }

    /// The error of names that have one content at the source and another at the target.
    static func conflict(
        _ count: Int, _ name: String, _ what: String, _ places: (source: String, target: String)
    ) -> EngineError {
        let more = count > 1 ? ", and so \(count == 2 ? "is 1 other" : "are \(count - 1) others")" : ""
        return .destination(
            DestinationError(
                .exists, .put, object: name, at: places.target, detail: "it \(what) than at \(places.source)\(more)",
                advice: "Nothing was copied. Find out with `dunnage verify` which of the two is right, or whether "
                    + "these are different stores; nothing is ever replaced."))
    }

    /// A store grows and shrinks, but the lists of a copy are never newer than all of the original's.
    private func refuseOtherStore(_ places: (source: String, target: String)) throws(EngineError) {
        let advice =
            "Copy to a place of its own, or use --force if that is meant. Nothing was copied."
        if present.isEmpty, !surplus.isEmpty {
            throw .refused(
                "\(places.target) holds \(Count(surplus.count, "object")) of a store that has nothing in common with the "
                    + "one at \(places.source). \(advice)")
        }
        func newest(_ items: [Item]) -> Timestamp? {
            items.lazy.filter { $0.stage == .lists }.compactMap { ObjectName(parsing: $0.name)?.time }.max()
        }
        guard let own = newest(surplus), let original = newest(source), own > original else { return }
        throw .refused(
            "\(places.target) holds a version of \(own), later than all that \(places.source) has: somebody backs up "
                + "there too, or the newest versions were deleted. \(advice)")
    }
}
