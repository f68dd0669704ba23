internal import Catalog
internal import Cryptography
internal import StoreFormat
internal import Support

/// Learns from the files of this machine which blocks are in the lists that no object has any more.
///
/// Such a list was lost with the data volume and the index volume that it was in, and the catalog with it or before. Of
/// its blocks not even the hashes are known then, so nothing could look for them. A file that makes the list's own hash
/// come out has them all; from then on they are lost blocks like others.
struct ForgottenLists {
    let context: RepairContext

    private var settings: StoreSettings { context.settings }

    /// A list that nobody can read.
    private struct Forgotten {
        let content: Int64
        /// Which of the content's lists it is, from 0.
        let position: Int
        let listBlock: Int64
        /// How many blocks it lists.
        let count: Int
        /// Bytes of the content from its first block on.
        let rest: Int64
    }

    /// What turned out to be in one.
    private struct Learned {
        let list: Forgotten
        let blocks: [BlockReference]
    }

    /// Has the catalog remember what it finds; a rehearsal leaves the catalog alone, and calls such blocks lost.
    func run() throws {
        guard context.options.readsSources, !context.options.isDryRun else { return }
        let learned = try context.session.catalog.read { reader in
            let forgotten = try find(reader)
            return forgotten.isEmpty ? [] : try search(forgotten, reader)
        }
        guard !learned.isEmpty else { return }
        try context.session.catalog.write { try record(learned, $0) }
    }

    private func find(_ reader: borrowing CatalogReader) throws -> [Int64: [Forgotten]] {
        var forgotten: [Int64: [Forgotten]] = [:]
        var current = (content: Int64(0), position: 0)
        try reader.forEachBlocklist { content, size, list in
            current = content == current.content ? (content, current.position + 1) : (content, 0)
            guard list.listBlock != 0, list.blocks.isEmpty else { return }
            let first = Int64(current.position) * Int64(settings.hashesPerBlocklist)
            let count = min(Int64(settings.hashesPerBlocklist), settings.blockCount(of: size) - first)
            guard count > 0 else { return }
            forgotten[content, default: []].append(
                Forgotten(
                    content: content, position: current.position, listBlock: list.listBlock, count: Int(count),
                    rest: size - first * Int64(settings.blockSize)))
        }
        return forgotten
    }

    private func search(_ forgotten: [Int64: [Forgotten]], _ reader: borrowing CatalogReader) throws -> [Learned] {
        var forgotten = forgotten
        var learned: [Learned] = []
        let lookup = try reader.contents()
        let hasher = HashContext(settings.blockHash)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: settings.blockSize, alignment: 64)
        defer { buffer.deallocate() }
        try reader.forEachState { folder, entry, _, _ in
            guard entry.kind == .file, case .content(let id) = entry.data, let lists = forgotten[id] else { return }
            try context.store.cancellation.check()
            let path = EntryPath.join(folder, entry.name, isFolder: false)
            // Paths of other systems are none of this machine's.
            guard path.first == EntryPath.slash, let file = LocalFiles.open(path) else { return }
            var rest: [Forgotten] = []
            for list in lists {
                let blocks = read(list, file, buffer, hasher)
                var bytes: [UInt8] = []
                for block in blocks { Blocklist.append(block.digest, to: &bytes) }
                if blocks.count == list.count, hasher.hash(bytes) == (try lookup.block(list.listBlock).digest) {
                    learned.append(Learned(list: list, blocks: blocks))
                } else {
                    rest.append(list)
                }
            }
            forgotten[id] = rest.isEmpty ? nil : rest
        }
        return learned
    }

    /// The blocks of a file where the list's are; fewer when the file is too short or cannot be read.
    private func read(
        _ list: Forgotten, _ file: borrowing FileDescriptor, _ buffer: UnsafeMutableRawBufferPointer,
        _ hasher: HashContext
    ) -> [BlockReference] {
        var blocks: [BlockReference] = []
        var offset = Int64(list.position) * Int64(settings.hashesPerBlocklist) * Int64(settings.blockSize)
        var rest = list.rest
        for _ in 0..<list.count {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(rest, Int64(buffer.count)))])
            // What cannot be read here may be in another place.
            guard let count = try? file.read(into: room, at: offset), count == room.count else { return blocks }
            blocks.append(BlockReference(hasher.hash(UnsafeRawBufferPointer(room)), size: count))
            offset += Int64(count)
            rest -= Int64(count)
        }
        return blocks
    }

    private func record(_ learned: [Learned], _ writer: borrowing CatalogWriter) throws {
        let wanted = Set(learned.lazy.flatMap { $0.blocks.lazy.map(\.digest) })
        var (ids, next) = try writer.reading { reader in
            var ids: [Digest: Int64] = [:]
            try reader.forEachBlock { id, hash, _, _ in
                if let digest = Digest(hash), wanted.contains(digest) { ids[digest] = id }
            }
            return (ids, try reader.nextIdentifiers().block)
        }
        for list in learned {
            var numbers: [Int64] = []
            for block in list.blocks {
                if let id = ids[block.digest] {
                    numbers.append(id)
                    continue
                }
                try writer.add(CatalogBlock(id: next, digest: block.digest, size: block.size, volume: 0))
                ids[block.digest] = next
                numbers.append(next)
                next += 1
            }
            try writer.setBlocks(numbers, ofList: list.list.position, in: list.list.content)
        }
        try writer.setProperty(LostContents.property, "true")
    }
}
