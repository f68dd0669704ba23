internal import Destinations
internal import Glibc
internal import StoreFormat
internal import Support

/// Where the holds of a store are kept, and how they are read and written there.
struct HoldPlace {
    let store: Store
    let prefix: String
    /// In an encrypted store only what is encrypted counts: nobody needed the passphrase to put anything else there.
    let isEncrypted: Bool

    init(_ session: StoreSession) {
        self.init(session.store, session.properties)
    }

    init(_ store: Store, _ properties: StoreProperties) {
        self.store = store
        prefix = properties.prefix
        isEncrypted = properties.encryption != .none
    }

    var passphrase: Secret? { isEncrypted ? store.passphrase : nil }

    func names(in listing: StoreListing) -> [HoldName] {
        listing.foreign.compactMap { HoldName(parsing: $0.name, prefix: prefix, isEncrypted: isEncrypted) }
    }

    func fetch(_ name: HoldName) throws(EngineError) -> [UInt8] {
        let path = "\(store.temporaryFolder)/holds-\(name.text)"
        defer { unlink(path) }
        let size = try store.get(name.text, to: path)
        // Holds are a few hundred bytes each; nothing larger is read into memory.
        guard size <= 16 << 20 else {
            throw .damagedObject(name.text, detail: "it is too large for what it should hold")
        }
        do {
            let file = try FileDescriptor.open(path)
            var bytes = [UInt8](repeating: 0, count: Int(size))
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
            return Array(bytes[..<count])
        } catch {
            throw EngineError(error, doing: "read the holds")
        }
    }

    /// Stores the holds under a number, and removes those of lower numbers when they are listed.
    func write(_ holds: [Hold], generation: Int64) throws(EngineError) {
        let name = HoldName(prefix: prefix, isEncrypted: isEncrypted, generation: generation)
        let path = "\(store.temporaryFolder)/\(name.text)"
        defer { unlink(path) }
        let size: Int64
        do {
            let bytes = try HoldDocument.encode(holds, generation: generation, passphrase: passphrase)
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
        for old in names(in: listing) where old < name {
            do throws(EngineError) {
                try store.remove(old.text)
            } catch {
                // Where nothing may be deleted they stay; only the highest number counts.
                guard case .destination(let cause) = error, cause.kind == .permission else { throw error }
            }
        }
    }
}
