internal import Destinations
internal import StoreFormat
public import Support

/// The holds of a store, kept at the destination beside it: every program that uses the store sees them.
public struct HoldBook: Sendable {
    /// The holds, the newest version first.
    public private(set) var holds: [Hold]
    private var generation: Int64

    /// Reads the holds of a store; that costs a transfer when there are any, and nothing else.
    ///
    /// - Throws: `.damagedObject` when they cannot be read: then nobody knows what may be deleted.
    public init(reading session: StoreSession) throws(EngineError) {
        try self.init(HoldPlace(session), session.listing)
    }

    init(_ place: HoldPlace, _ listing: StoreListing) throws(EngineError) {
        guard let newest = place.names(in: listing).max() else {
            holds = []
            generation = 0
            return
        }
        generation = newest.generation
        let bytes = try place.fetch(newest)
        let found = HoldDocument.decode(bytes, generation: generation, passphrase: place.passphrase)
        guard let found else {
            throw .damagedObject(
                newest.text,
                detail: "it says which versions are held, so no version is deleted; if it is lost, delete the object "
                    + "and hold the versions again")
        }
        holds = found.sorted { $0.version > $1.version }
    }

    /// Whether a version is held.
    public func isHeld(_ version: Timestamp) -> Bool { hold(of: version) != nil }

    /// The hold of a version.
    public func hold(of version: Timestamp) -> Hold? {
        holds.first { $0.version.seconds == version.seconds }
    }

    // MARK: Changing

    /// Holds versions and releases others.
    ///
    /// The new holds are written and listed before the old ones are removed. When another program changes the holds at
    /// the same time, its change is kept too. The hold of a version whose filelist is gone stays, since a repair may
    /// write it again.
    /// - Parameters:
    ///   - session: the store.
    ///   - added: replaces what was known of the same versions.
    ///   - released: the times of versions.
    /// - Returns: the holds after it.
    /// - Throws: `.damagedObject` when the holds of now cannot be read, `.refused` when a version that is to be held is
    ///   not there any more, and whatever keeps the new holds from being stored.
    @discardableResult
    public static func change(
        _ session: StoreSession, holding added: [Hold] = [], releasing released: [Timestamp] = []
    ) throws(EngineError) -> HoldBook {
        let replaced = Set((added.map(\.version) + released).map(\.seconds))
        return try edit(HoldPlace(session)) { holds, listing throws(EngineError) in
            let present = Set(listing.dlists.compactMap { $0.name.time?.seconds })
            if let gone = added.first(where: { !present.contains($0.version.seconds) }) {
                throw .refused("Nothing was changed: the version of \(gone.version) is not there any more.")
            }
            return holds.filter { !replaced.contains($0.version.seconds) } + added
        }
    }

    /// Stores what the holds of now become.
    ///
    /// - Parameters:
    ///   - place: where the holds are.
    ///   - change: gets the holds and what the destination holds now, and returns the new holds; called again when
    ///     somebody else was faster.
    /// - Returns: the holds after it.
    /// - Throws: what `change` throws, and as ``change(_:holding:releasing:)``.
    static func edit(
        _ place: HoldPlace, _ change: ([Hold], StoreListing) throws(EngineError) -> [Hold]
    ) throws(EngineError) -> HoldBook {
        for _ in 0..<10 {
            let listing = try place.store.list()
            let old = try HoldBook(place, listing)
            var book = old
            book.holds = try change(old.holds, listing).sorted { $0.version > $1.version }
            guard book.holds != old.holds else { return old }
            book.generation += 1
            do throws(EngineError) {
                try place.write(book.holds, generation: book.generation)
            } catch {
                guard case .destination(let cause) = error, cause.kind == .exists else { throw error }
                continue
            }
            return book
        }
        throw .refused("Others keep changing the holds of \(place.store.destination.label). Try again later.")
    }
}
