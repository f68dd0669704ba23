internal import Archive
internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// Takes from single objects what can be used; used by several threads at once.
struct ObjectSalvage: Sendable {
    /// What an object turned out to be.
    enum Result: Sendable {
        /// Nothing of it can be used.
        case unreadable(String)
        /// It is left aside.
        case ignored(String)
        case blocks(Blocks)
        case index(Index)
        case list(List)
    }

    struct Blocks: Sendable {
        /// The name that it is presented under.
        var name: String
        /// A copy of what is good, when the object cannot be used as it is.
        var copy: SealedVolume?
        /// An index volume that promises what is good.
        var index: SealedVolume
        var damage: String?
        var isAdopted: Bool
    }

    struct Index: Sendable {
        /// An index volume with the blocklists that are good, when there are any.
        var lists: SealedVolume?
        var descriptions: [VolumeDescription]
        var damage: String?
        var isAdopted: Bool
    }

    struct List: Sendable {
        var time: Timestamp
        var entries: Int
        /// A copy of what can be read, when the object cannot be used as it is.
        var copy: SealedVolume?
        var damage: String?
        var isAdopted: Bool
    }

    let store: Store
    let settings: StoreSettings
    let prefix: String
    let encryption: Encryption
    let acceptsPlainLists: Bool
    let folder: String

    /// Fetches an object and takes from it what can be used.
    /// - Throws: what keeps other objects from being read, too.
    func examine(_ object: RemoteObject) throws(EngineError) -> Result {
        let path = "\(folder)/fetch-\(Hex.encode(RandomBytes.make(12)))"
        defer { unlink(path) }
        do {
            _ = try store.get(object.name, to: path)
            let volume = try SalvagedVolume(
                path: path, name: object.name, passphrase: store.passphrase, folder: folder)
            if let found = volume.manifest?.settings, found != settings {
                return .ignored("it belongs to a store with other settings")
            }
            switch volume.kind {
            case .dblock: return .blocks(try blocks(of: volume))
            case .dindex: return .index(try index(of: volume))
            case .dlist: return try list(of: volume, object)
            case nil: return .ignored("nothing in it is known")
            }
        } catch let error as StoreFormatError {
            return try judge(error)
        } catch EngineError.destination(let error) {
            switch error.kind {
            case .missingObject, .corrupt, .permission, .archived:
                return .unreadable("it cannot be fetched: \(error.detail)")
            default: throw .destination(error)
            }
        } catch {
            throw EngineError(error, doing: "recover \(object.name)")
        }
    }

    private func judge(_ error: StoreFormatError) throws(EngineError) -> Result {
        switch error.kind {
        case let kind where kind.concernsThisMachine: throw .format(error)
        case .passphraseMissing: return .unreadable("it is encrypted, and there is no passphrase")
        case .wrongPassphrase: return .unreadable("its encryption header is damaged, or of another passphrase")
        default: return .unreadable(error.detail.isEmpty ? "nothing of it can be read" : error.detail)
        }
    }

    /// The name to present an object under, and whether it is its own.
    private func name(for volume: SalvagedVolume, _ kind: ObjectName.Kind) -> (name: ObjectName, isOwn: Bool) {
        if let name = ObjectName(parsing: volume.name, prefix: prefix), name.kind == kind,
            name.compression == "zip", (name.encryption != .none) == volume.isEncrypted,
            name.encryption == .none ? encryption == .none : encryption != .none
        {
            return (name, true)
        }
        return (
            kind == .dblock
                ? .dblock(prefix: prefix, encryption: encryption) : .dindex(prefix: prefix, encryption: encryption),
            false
        )
    }

    private func writer(_ name: ObjectName) throws -> VolumeWriter {
        // OpenPGP is only read; a copy has another ending then.
        try VolumeWriter(
            name: name, settings: settings, passphrase: store.passphrase, folder: folder, created: .now())
    }

    /// The name of a copy of an object with this one.
    private func copyName(of name: ObjectName) -> ObjectName {
        name.encryption == .gpg ? .dblock(prefix: prefix, encryption: encryption) : name
    }

    private func blocks(of volume: SalvagedVolume) throws -> Blocks {
        let (own, isOwn) = name(for: volume, .dblock)
        let needsCopy = volume.damage != nil || !isOwn
        let name = needsCopy ? copyName(of: own) : own
        let copy = needsCopy ? try writer(name) : nil
        let scratch = BlockScratch(settings: settings)
        var good: [BlockReference] = []
        let damaged = try volume.forEachBlock(settings, scratch: scratch) { digest, bytes in
            try store.cancellation.check()
            good.append(BlockReference(digest, size: bytes.count))
            try copy?.add(
                block: digest, packed: bytes, method: .stored, size: bytes.count, crc: CRC32.checksum(bytes))
        }
        let index = try writer(.dindex(prefix: prefix, encryption: encryption))
        try index.add(VolumeDescription(dblockName: name.text, blocks: good, volumeHash: nil, volumeSize: nil))
        var damage = volume.damage
        if damaged > 0 || damage != nil {
            let counts = "\(Count(good.count, "block")) can be used, \(damaged) cannot"
            damage = damage.map { "\($0); \(counts)" } ?? counts
        }
        return Blocks(
            name: volume.name, copy: try copy?.finish(), index: try index.finish(), damage: damage,
            isAdopted: !isOwn)
    }

    private func index(of volume: SalvagedVolume) throws -> Index {
        let lists = try writer(.dindex(prefix: prefix, encryption: encryption))
        var count = 0
        let scratch = BlockScratch(settings: settings)
        let damaged = try volume.forEachBlock(settings, scratch: scratch) { digest, bytes in
            try lists.add(blocklist: digest, content: bytes)
            count += 1
        }
        let damage =
            volume.damage ?? (damaged > 0 ? "\(damaged) of its blocklists cannot be used" : nil)
        return Index(
            lists: count > 0 ? try lists.finish() : nil, descriptions: volume.descriptions, damage: damage,
            isAdopted: !name(for: volume, .dindex).isOwn)
    }

    private func list(of volume: SalvagedVolume, _ object: RemoteObject) throws -> Result {
        if !volume.isEncrypted, encryption != .none, !acceptsPlainLists {
            return .ignored("it is not encrypted although others are; --accept-plain believes it")
        }
        let parsed = ObjectName(parsing: volume.name, prefix: prefix)
        let isOwn =
            parsed?.kind == .dlist && parsed?.compression == "zip"
            && (parsed?.encryption != Encryption.none) == volume.isEncrypted
            && volume.isEncrypted == (encryption != .none)
        let time = parsed?.time ?? volume.manifest?.created ?? object.modified ?? .now()
        var entries = 0
        let fault = try volume.readFileList { _ in entries += 1 }
        guard entries > 0 || fault == nil else { return .unreadable(fault ?? "") }
        var damage = volume.damage
        if let fault { damage = "\(entries) of its entries can be used: \(fault)" }
        guard damage != nil || !isOwn else {
            return .list(List(time: time, entries: entries, copy: nil, damage: nil, isAdopted: false))
        }
        let name = ObjectName.dlist(prefix: prefix, time: time, encryption: encryption)
        let copy = try writer(name)
        try copy.add(volume.filesetFlags)
        try copy.addFileList { list in _ = try volume.readFileList { try list.add($0) } }
        return .list(
            List(time: time, entries: entries, copy: try copy.finish(), damage: damage, isAdopted: !isOwn))
    }
}
