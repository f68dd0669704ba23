internal import Destinations
internal import Glibc
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
        try self.init(session, session.listing)
    }

    private init(_ session: StoreSession, _ listing: StoreListing) throws(EngineError) {
        guard let newest = Self.names(session, listing).max() else {
            holds = []
            generation = 0
            return
        }
        generation = newest.generation
        let bytes = try Self.fetch(newest.text, session.store)
        let found = HoldDocument.decode(bytes, generation: generation, passphrase: Self.passphrase(session))
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

    /// Holds versions and releases others, and drops holds of versions that are gone.
    ///
    /// The new holds are written and listed before the old ones are removed. When another program changes the holds at
    /// the same time, its change is kept too.
    /// - Parameters:
    ///   - session: the store.
    ///   - added: replaces what was known of the same versions.
    ///   - released: the times of versions.
    /// - Returns: the holds after it.
    /// - Throws: `.damagedObject` when the holds of now cannot be read, and whatever keeps the new ones from being stored.
    @discardableResult
    public static func change(
        _ session: StoreSession, holding added: [Hold] = [], releasing released: [Timestamp] = []
    ) throws(EngineError) -> HoldBook {
        for _ in 0..<10 {
            let listing = try session.store.list()
            let old = try HoldBook(session, listing)
            var book = old
            let replaced = Set((added.map(\.version) + released).map(\.seconds))
            // All file lists that are there count: a hold is only dropped when nothing of its version is left.
            let present = Set(listing.items.compactMap(\.name.time).map(\.seconds))
            book.holds = (old.holds.filter { !replaced.contains($0.version.seconds) } + added)
                .filter { present.contains($0.version.seconds) }
                .sorted { $0.version > $1.version }
            guard book.holds != old.holds else { return old }
            book.generation += 1
            do throws(EngineError) {
                try book.write(session)
            } catch {
                guard case .destination(let cause) = error, cause.kind == .exists else { throw error }
                continue
            }
            return book
        }
        throw .refused("Others keep changing the holds of \(session.store.destination.label). Try again later.")
    }

    private func write(_ session: StoreSession) throws(EngineError) {
        let store = session.store
        let name = HoldName(
            prefix: session.listing.prefix, isEncrypted: Self.isEncrypted(session), generation: generation)
        let path = "\(store.temporaryFolder)/\(name.text)"
        defer { unlink(path) }
        let size: Int64
        do {
            let bytes = try HoldDocument.encode(
                holds, generation: generation, passphrase: Self.passphrase(session))
            let file = try FileDescriptor.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
            try bytes.withUnsafeBytes { try file.write(all: $0) }
            size = Int64(bytes.count)
        } catch {
            throw EngineError(error, doing: "write the holds")
        }
        try store.put(name.text, from: path, size: size)
        let listing = try store.list()
        guard listing.foreign.contains(where: { $0.name == name.text && ($0.size ?? size) == size }) else {
            throw .uploadNotListed([name.text], destination: store.destination.label)
        }
        for old in Self.names(session, listing) where old < name { try store.remove(old.text) }
    }

    // MARK: The object

    /// In an encrypted store only what is encrypted counts: nobody needed the passphrase to put anything else there.
    private static func isEncrypted(_ session: StoreSession) -> Bool { session.properties.encryption != .none }

    private static func passphrase(_ session: StoreSession) -> Secret? {
        isEncrypted(session) ? session.store.passphrase : nil
    }

    private static func names(_ session: StoreSession, _ listing: StoreListing) -> [HoldName] {
        listing.foreign.compactMap {
            HoldName(parsing: $0.name, prefix: listing.prefix, isEncrypted: isEncrypted(session))
        }
    }

    private static func fetch(_ name: String, _ store: Store) throws(EngineError) -> [UInt8] {
        let path = "\(store.temporaryFolder)/holds-\(name)"
        defer { unlink(path) }
        let size = try store.get(name, to: path)
        // Holds are a few hundred bytes each; nothing larger is read into memory.
        guard size <= 16 << 20 else { throw .damagedObject(name, detail: "it is too large for what it should hold") }
        do {
            let file = try FileDescriptor.open(path)
            var bytes = [UInt8](repeating: 0, count: Int(size))
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
            return Array(bytes[..<count])
        } catch {
            throw EngineError(error, doing: "read the holds")
        }
    }
}
