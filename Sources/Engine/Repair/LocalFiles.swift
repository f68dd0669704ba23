internal import CPosix
internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Looks for lost blocks in the files of this machine: in those that needed them, at the places where they were.
///
/// Whatever is found has the block's hash, so it does not matter how old the version is that led to it.
final class LocalFiles {
    private let settings: StoreSettings
    private let hasher: HashContext
    private let metadataReader = MetadataReader()
    private let scratch: UnsafeMutableRawBufferPointer
    private var missing: [Int64: LostBlock]
    private let ids: [Digest: Int64]
    private let found: (LostBlock, UnsafeRawBufferPointer) throws -> Void

    /// - Parameters:
    ///   - missing: what is looked for.
    ///   - settings: the store's.
    ///   - found: gets each block once, with its content.
    init(
        _ missing: [LostBlock], settings: StoreSettings,
        found: @escaping (LostBlock, UnsafeRawBufferPointer) throws -> Void
    ) {
        self.settings = settings
        self.found = found
        self.missing = Dictionary(missing.map { ($0.id, $0) }) { first, _ in first }
        ids = Dictionary(missing.map { ($0.digest, $0.id) }) { first, _ in first }
        hasher = HashContext(settings.blockHash)
        scratch = .allocate(byteCount: settings.blockSize, alignment: 64)
    }

    deinit { scratch.deallocate() }

    /// What was not found.
    var rest: [LostBlock] { Array(missing.values) }

    /// Where in a file a block was.
    private struct Place {
        let path: [UInt8]
        let kind: EntryKind
        var data: [(block: Int64, offset: Int64)] = []
        var isMetadataLost = false
    }

    /// Goes through every state of every entry that needed a lost block.
    func search(_ reader: borrowing CatalogReader) throws {
        guard !missing.isEmpty else { return }
        var offsets: [Int64: [(block: Int64, offset: Int64)]] = [:]
        var current = (content: Int64(0), list: Int64(0))
        try reader.forEachBlocklist { content, _, list in
            current = content == current.content ? (content, current.list + 1) : (content, 0)
            // A list of which nobody knows the blocks takes its room all the same.
            let first = current.list * Int64(settings.hashesPerBlocklist)
            for (position, block) in list.blocks.enumerated() where missing[block] != nil {
                offsets[content, default: []].append((block, (first + Int64(position)) * Int64(settings.blockSize)))
            }
        }
        // Each place by itself: a file that was large and often changed is opened often, but nothing is kept.
        try reader.forEachState { folder, entry, _, _ in
            guard !missing.isEmpty else { return }
            var place = Place(path: EntryPath.join(folder, entry.name, isFolder: false), kind: entry.kind)
            switch entry.data {
            case .block(let id) where missing[id] != nil: place.data = [(id, 0)]
            case .content(let id): place.data = (offsets[id] ?? []).filter { missing[$0.block] != nil }
            default: break
            }
            switch entry.metadata {
            case .block(let id): place.isMetadataLost = missing[id] != nil
            case .content(let id):
                place.isMetadataLost = (offsets[id] ?? []).contains { missing[$0.block] != nil }
            case .nothing: break
            }
            // Paths of other systems are none of this machine's.
            guard place.path.first == EntryPath.slash else { return }
            if !place.data.isEmpty { try read(place) }
            if place.isMetadataLost { try readMetadata(place) }
        }
    }

    private func read(_ place: Place) throws {
        guard place.kind == .file, let file = Self.open(place.path) else { return }
        for (block, offset) in place.data {
            guard let wanted = missing[block], wanted.size <= scratch.count else { continue }
            let room = UnsafeMutableRawBufferPointer(rebasing: scratch[..<wanted.size])
            guard let count = try? file.read(into: room, at: offset), count == wanted.size else { continue }
            try offer(wanted, UnsafeRawBufferPointer(room))
        }
    }

    /// Opens a regular file of this machine; nil when there is none that can be read.
    static func open(_ path: [UInt8]) -> FileDescriptor? {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        let raw = (path + [0]).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { Glibc.open($0, flags) } ?? -1 }
        }
        guard raw >= 0 else { return nil }
        let file = FileDescriptor(owning: raw)
        var status = stat()
        guard fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return file
    }

    /// Makes the metadata of a file again, which is what it was unless somebody changed owner, mode or times.
    private func readMetadata(_ place: Place) throws {
        guard let (listing, entry) = Self.look(at: place.path),
            let source = try? metadataReader.read(entry, in: listing)
        else { return }
        let blob = MetadataBlob.encode(source.metadata)
        try blob.withUnsafeBytes { blob in
            for start in stride(from: 0, to: blob.count, by: settings.blockSize) {
                let end = min(blob.count, start + settings.blockSize)
                let bytes = UnsafeRawBufferPointer(rebasing: blob[start..<end])
                if let id = ids[hasher.hash(bytes)], let wanted = missing[id], wanted.size == bytes.count {
                    try offer(wanted, bytes)
                }
            }
        }
    }

    private func offer(_ wanted: LostBlock, _ bytes: UnsafeRawBufferPointer) throws {
        guard hasher.hash(bytes) == wanted.digest else { return }
        missing[wanted.id] = nil
        try found(wanted, bytes)
    }

    /// An entry of this machine in the form that the walk gives it.
    private static func look(at path: [UInt8]) -> (FolderListing, WalkEntry)? {
        var status = cposix_status()
        var target = stat()
        let text = path.map { CChar(bitPattern: $0) } + [0]
        guard cposix_status_at(AT_FDCWD, text, &status) == 0, let kind = WalkEntry.Kind(mode: status.mode) else {
            return nil
        }
        let leadsToFolder = kind == .symlink && stat(text, &target) == 0 && target.st_mode & S_IFMT == S_IFDIR
        let (folder, name) = EntryPath.split(path)
        let entry = WalkEntry(
            status, kind: kind, leadsToFolder: leadsToFolder, nameStart: 0, nameCount: name.count)
        return (
            FolderListing(path: folder, names: name + [0], entries: [entry], isSource: true, isIncomplete: false), entry
        )
    }
}
