public import Support

/// What a destination's listing says about a store: its objects by kind, and what does not belong to it.
///
/// Whatever is not recognised is listed apart and is never a reason to delete anything.
public struct StoreListing: Sendable {
    /// An object of the store.
    public struct Item: Sendable, Hashable {
        /// Its name.
        public var name: ObjectName

        /// Its size, when the destination tells.
        public var size: Int64?

        /// Whether it has to be ordered from an archive before it can be read.
        public var isArchived = false

        /// The time up to which it cannot be deleted, where there is one.
        public var lockedUntil: Timestamp?
    }

    /// The store's prefix.
    public let prefix: String

    /// The versions, newest first, one for each time.
    public private(set) var dlists: [Item] = []

    /// The index volumes, by name.
    public private(set) var dindexes: [Item] = []

    /// The data volumes, by name.
    public private(set) var dblocks: [Item] = []

    /// File lists of a time that another file list has already, in another encryption or compression.
    public private(set) var shadowedLists: [Item] = []

    /// Parity files of dblocks and dlists.
    public private(set) var parity: [ListedObject] = []

    /// The verification file that some runs leave beside the objects.
    public private(set) var verificationFile: ListedObject?

    /// How many objects stores with other prefixes have here.
    public private(set) var otherPrefixes: [String: Int] = [:]

    /// Objects without encryption that were set aside, because the store is encrypted.
    public private(set) var unencrypted: [Item] = []

    /// Everything else.
    public private(set) var foreign: [ListedObject] = []

    /// Names that the destination listed more than once.
    public private(set) var repeatedNames: [String] = []

    /// Sorts a listing.
    ///
    /// - Parameters:
    ///   - objects: the listing, in any order.
    ///   - prefix: the store's prefix; nil takes `duplicati` if such objects exist, else the only prefix there is.
    public init(_ objects: [ListedObject], prefix: String? = nil) {
        var seen: Set<String> = []
        var repeated: Set<String> = []
        var named: [Item] = []
        var rest: [ListedObject] = []
        for object in objects {
            guard seen.insert(object.name).inserted else {
                repeated.insert(object.name)
                continue
            }
            if let name = ObjectName(parsing: object.name) {
                named.append(
                    Item(
                        name: name, size: object.size, isArchived: object.isArchived,
                        lockedUntil: object.lockedUntil))
            } else {
                rest.append(object)
            }
        }
        repeatedNames = repeated.sorted()

        let prefixes = Set(named.map(\.name.prefix))
        let onlyOne = prefixes.count == 1 ? prefixes.first : nil
        self.prefix =
            prefix
            ?? (prefixes.contains(ObjectName.defaultPrefix) ? nil : onlyOne)
            ?? ObjectName.defaultPrefix
        sort(named)
        sort(rest)
    }

    private mutating func sort(_ named: [Item]) {
        for item in named.sorted(by: { $0.name < $1.name }) {
            guard item.name.prefix == prefix else {
                otherPrefixes[item.name.prefix, default: 0] += 1
                continue
            }
            switch item.name.kind {
            case .dblock: dblocks.append(item)
            case .dindex: dindexes.append(item)
            case .dlist: dlists.append(item)
            }
        }
        // Of two lists of one time the encrypted one counts: its name sorts behind the plain one's.
        var times: Set<Timestamp> = []
        for item in dlists.reversed() {
            guard let time = item.name.time, !times.insert(time).inserted else { continue }
            shadowedLists.append(item)
        }
        let shadowed = Set(shadowedLists)
        dlists = dlists.reversed().filter { !shadowed.contains($0) }
        dlists.sort { ($0.name.time ?? Timestamp(seconds: 0)) > ($1.name.time ?? Timestamp(seconds: 0)) }
    }

    private mutating func sort(_ rest: [ListedObject]) {
        let parityEnding = ".par2"
        for object in rest.sorted(by: { $0.name < $1.name }) {
            if object.name == "\(prefix)-verification.json" {
                verificationFile = object
            } else if object.name.lowercased().hasSuffix(parityEnding),
                ObjectName(parsing: String(object.name.dropLast(parityEnding.count)), prefix: prefix) != nil
            {
                parity.append(object)
            } else {
                foreign.append(object)
            }
        }
    }

    /// Takes out the objects that are not encrypted.
    ///
    /// For an encrypted store: nobody needed its passphrase to put them there.
    public mutating func setUnencryptedAside() {
        func isPlain(_ item: Item) -> Bool { item.name.encryption == .none }
        unencrypted += items.filter(isPlain)
        dlists.removeAll(where: isPlain)
        shadowedLists.removeAll(where: isPlain)
        dindexes.removeAll(where: isPlain)
        dblocks.removeAll(where: isPlain)
    }

    /// Takes out objects that do not count any more: those that are about to be deleted.
    public mutating func remove(_ names: Set<String>) {
        guard !names.isEmpty else { return }
        func isNamed(_ item: Item) -> Bool { names.contains(item.name.text) }
        dlists.removeAll(where: isNamed)
        shadowedLists.removeAll(where: isNamed)
        dindexes.removeAll(where: isNamed)
        dblocks.removeAll(where: isNamed)
    }

    /// Whether a version is encrypted.
    public var hasEncryptedVersions: Bool { dlists.contains { $0.name.encryption != .none } }

    /// Whether the store has no object at all.
    public var isEmpty: Bool { dlists.isEmpty && dindexes.isEmpty && dblocks.isEmpty }

    /// All objects of the store.
    public var items: [Item] { dlists + shadowedLists + dindexes + dblocks }

    /// The encryptions that occur.
    public var encryptions: Set<Encryption> { Set(items.map(\.name.encryption)) }

    /// The encryption to go on with: that of the newest version, or of any object when there is no version yet.
    public var encryption: Encryption? {
        (dlists.first ?? dblocks.first ?? dindexes.first)?.name.encryption
    }

    /// The bytes that the store takes, as far as sizes are known.
    public var totalSize: Int64 {
        items.reduce(0) { sum, item in
            // A destination may tell any size.
            let (total, overflow) = sum.addingReportingOverflow(max(0, item.size ?? 0))
            return overflow ? .max : total
        }
    }

    /// The time that a version made now gets: unused and later than every existing one.
    ///
    /// A result later than `now` means that a version lies in the future, or that the last one is of this second.
    public func nextVersionTime(at now: Timestamp) -> Timestamp {
        let now = Timestamp(seconds: now.seconds)
        let newest = (dlists + shadowedLists).compactMap(\.name.time).max()
        guard let newest, newest >= now else { return now }
        return Timestamp(seconds: newest.seconds + 1)
    }
}
