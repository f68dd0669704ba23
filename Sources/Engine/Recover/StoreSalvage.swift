internal import Cryptography
internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// Examines every object of a damaged store and makes of what can be used a store that can be read.
struct StoreSalvage {
    /// What was found.
    struct Outcome {
        let store: SalvagedStore
        let prefix: String
        var objects: [RecoverSummary.Object]
        let examined: Int
        /// Why the filelists of some times are not whole.
        let listFaults: [Timestamp: String]
        /// What is wrong with the data volume that should have a block, for blocks of those that are not whole.
        let culprits: [Digest: String]
    }

    let store: Store
    let folder: String
    let acceptsPlainLists: Bool
    let threads: Int

    func run() throws -> Outcome {
        store.progress.phase = .verifying
        let all = try store.retry.run(store.cancellation, store.progress) { () throws(DestinationError) in
            try store.destination.list()
        }
        let listing = StoreListing(all.map { ListedObject(name: $0.name, size: $0.size) }, prefix: store.prefix)
        let candidates = candidates(all, listing)
        guard !candidates.isEmpty else {
            throw EngineError.emptyStore(
                destination: store.destination.label, otherPrefixes: listing.otherPrefixes.keys.sorted())
        }
        let (settings, isEncrypted) = try findSettings(candidates)
        let salvage = ObjectSalvage(
            store: store, settings: settings, prefix: listing.prefix, encryption: isEncrypted ? .aes : .none,
            acceptsPlainLists: acceptsPlainLists, folder: folder)
        var gathering = Gathering(settings: settings)
        store.progress.setTotals(
            entries: candidates.count, bytes: candidates.reduce(0) { $0 &+ Int(clamping: max(0, $1.size ?? 0)) })
        // Data volumes first: what index volumes say only matters for those that are not whole.
        try ReadAhead.run(candidates, threads: threads, name: "recover") { object in
            Result { () throws(EngineError) in try salvage.examine(object) }
        } consume: { object, result in
            gathering.add(try result.get(), of: object)
            store.progress.addEntries(1)
            store.progress.addBytes(Int(clamping: object.size ?? 0))
        }
        return gathering.outcome(base: store.destination, prefix: listing.prefix, examined: candidates.count)
    }

    /// What may belong to the store, data volumes first and index volumes last.
    private func candidates(_ all: [RemoteObject], _ listing: StoreListing) -> [RemoteObject] {
        let parity = Set(listing.parity.map(\.name))
        func rank(_ object: RemoteObject) -> Int? {
            if let name = ObjectName(parsing: object.name) {
                guard name.prefix == listing.prefix else { return nil }
                switch name.kind {
                case .dblock: return 0
                case .dlist: return 2
                case .dindex: return 3
                }
            }
            let isForeign =
                parity.contains(object.name) || object.name == listing.verificationFile?.name
                || object.name.hasPrefix("dunnage-")
            return isForeign ? nil : 1
        }
        var seen: Set<String> = []
        let ranked = all.compactMap { object in
            rank(object).flatMap { rank in seen.insert(object.name).inserted ? (rank: rank, object: object) : nil }
        }
        return ranked.sorted { ($0.rank, $0.object.name) < ($1.rank, $1.object.name) }.map(\.object)
    }

    /// The settings that any object still tells, small ones asked first, and whether the store is encrypted.
    private func findSettings(_ candidates: [RemoteObject]) throws -> (StoreSettings, isEncrypted: Bool) {
        var refused: String?
        var isMissingPassphrase = false
        var plain: StoreSettings?
        let named = candidates.filter { ObjectName(parsing: $0.name) != nil }
        let unnamed = candidates.filter { ObjectName(parsing: $0.name) == nil }
        func bySize(_ objects: [RemoteObject]) -> [RemoteObject] {
            objects.sorted { ($0.size ?? .max, $0.name) < ($1.size ?? .max, $1.name) }
        }
        let hasEncryptedNames = named.contains { ObjectName(parsing: $0.name)?.encryption != Encryption.none }
        for object in bySize(named) + bySize(unnamed) {
            let path = "\(folder)/fetch-\(Hex.encode(RandomBytes.make(12)))"
            defer { unlink(path) }
            do {
                _ = try store.get(object.name, to: path)
                let volume = try SalvagedVolume(
                    path: path, name: object.name, passphrase: store.passphrase, folder: folder)
                guard volume.kind != nil, let settings = volume.manifest?.settings else { continue }
                if volume.isEncrypted { return (settings, true) }
                plain = plain ?? settings
                if !hasEncryptedNames { return (settings, false) }
            } catch let error as StoreFormatError {
                switch error.kind {
                case .wrongPassphrase: refused = refused ?? object.name
                case .passphraseMissing: isMissingPassphrase = true
                case let kind where kind.concernsThisMachine: throw error
                default: break
                }
            } catch let error as EngineError where error.concernsOneObject {
                continue
            }
        }
        // Decrypted copies beside encrypted objects that nobody can open are enough.
        if let plain { return (plain, false) }
        if let refused { throw EngineError.wrongPassphrase(object: refused, destination: store.destination.label) }
        if isMissingPassphrase { throw EngineError.missingPassphrase(destination: store.destination.label) }
        throw EngineError.damagedObject(
            candidates.first?.name ?? "", detail: "no object of the store tells its block size any more")
    }
}

/// What the examination of all objects adds up to.
private struct Gathering {
    let settings: StoreSettings
    private var kept: [RemoteObject] = []
    private var local: [SealedVolume] = []
    private var objects: [RecoverSummary.Object] = []
    private var lists: [(object: RemoteObject, list: ObjectSalvage.List)] = []
    /// Data volumes by their identifiers: whole, or what is wrong.
    private var volumes: [String: String?] = [:]
    private var culprits: [Digest: String] = [:]
    private var missing: [String: Int] = [:]

    init(settings: StoreSettings) {
        self.settings = settings
    }

    mutating func add(_ result: ObjectSalvage.Result, of object: RemoteObject) {
        switch result {
        case .unreadable(let detail):
            note(object.name, .unreadable, detail)
            if let id = Self.identifier(object.name) { volumes[id] = "\(object.name) cannot be read" }
        case .ignored(let detail): note(object.name, .ignored, detail)
        case .blocks(let blocks):
            if let copy = blocks.copy { local.append(copy) } else { kept.append(object) }
            local.append(blocks.index)
            note(object.name, blocks.damage, blocks.isAdopted)
            guard let id = Self.identifier(object.name) else { return }
            // A good copy of a volume under another ending makes up for a damaged one.
            if let known = volumes[id], known == nil { return }
            volumes[id] = .some(blocks.damage.map { _ in "\(object.name) is damaged" })
        case .index(let index):
            if let lists = index.lists { local.append(lists) }
            note(object.name, index.damage, index.isAdopted)
            for description in index.descriptions { blame(description) }
        case .list(let list):
            lists.append((object, list))
            note(object.name, list.damage, list.isAdopted)
        }
    }

    private mutating func note(_ name: String, _ damage: String?, _ isAdopted: Bool) {
        if let damage {
            note(name, .damaged, damage)
        } else if isAdopted {
            note(name, .adopted, "it has not the name or the encryption that it should have")
        }
    }

    private mutating func note(_ name: String, _ state: RecoverSummary.Object.State, _ detail: String) {
        objects.append(.init(name: name, state: state, detail: detail))
    }

    /// Remembers whose fault it is when one of these blocks is nowhere.
    private mutating func blame(_ description: VolumeDescription) {
        let fault: String
        switch Self.identifier(description.dblockName).map({ volumes[$0] }) {
        case .some(.some(nil)): return
        case .some(.some(let damage?)): fault = damage
        default:
            fault = "\(description.dblockName) is missing"
            missing[description.dblockName] = description.blocks.count
        }
        for block in description.blocks { culprits[block.digest] = fault }
    }

    private static func identifier(_ name: String) -> String? {
        ObjectName(parsing: name).flatMap { $0.kind == .dblock ? $0.id.lowercased() : nil }
    }

    func outcome(base: any Destination, prefix: String, examined: Int) -> StoreSalvage.Outcome {
        var kept = kept
        var local = local
        var faults: [Timestamp: String] = [:]
        // Of several lists of one time the best counts: whole, then long.
        for (time, all) in Dictionary(grouping: lists, by: \.list.time) {
            let best = all.max { first, second in
                let ranks = [first, second].map { ($0.list.damage == nil ? 1 : 0, $0.list.entries) }
                return ranks[0] < ranks[1]
            }
            guard let best else { continue }
            if let copy = best.list.copy { local.append(copy) } else { kept.append(best.object) }
            faults[time] = best.list.damage.map { "\(best.object.name): \($0)" }
        }
        let missing = missing.map { name, blocks in
            RecoverSummary.Object(
                name: name, state: .missing, detail: "it should have \(Count(blocks, "block"))")
        }
        return StoreSalvage.Outcome(
            store: SalvagedStore(base: base, kept: kept, local: local), prefix: prefix,
            objects: (objects + missing).sorted { $0.name < $1.name }, examined: examined, listFaults: faults,
            culprits: culprits)
    }
}
