import Archive
import Cryptography
import Destinations
import Engine
import Foundation
import StoreFormat
import Support

/// Writes small stores object by object, also such as no honest program writes.
final class StoreBuilder {
    /// An entry of a version.
    struct Entry {
        var path: String
        var kind: FileEntry.Kind
        var content: [UInt8] = []
        var target: String?
        var mode: UInt32 = 0o644
        var modified = Timestamp(seconds: 1_700_000_000, nanoseconds: 123_456_700)

        static func file(_ path: String, _ content: [UInt8], mode: UInt32 = 0o644) -> Entry {
            Entry(path: path, kind: .file, content: content, mode: mode)
        }

        static func file(_ path: String, _ text: String) -> Entry {
            file(path, Array(text.utf8))
        }

        static func folder(_ path: String, mode: UInt32 = 0o755) -> Entry {
            Entry(path: path, kind: .folder, mode: mode)
        }

        static func link(_ path: String, to target: String) -> Entry {
            Entry(path: path, kind: .symlink, target: target)
        }
    }

    let folder: String
    let settings: StoreSettings
    let passphrase: Secret?
    /// How many bytes of blocks go into one data volume.
    var volumeSize = 60_000
    /// Changes the blocklists that index volumes written from now on carry, but not their names.
    var forgeList: ((inout [UInt8]) -> Void)?
    private(set) var forgedLists = 0
    private(set) var dblocks: [ObjectName] = []
    private(set) var dindexes: [ObjectName] = []
    private(set) var dlists: [ObjectName] = []
    private typealias Block = (digest: Digest, bytes: [UInt8])
    private var stored: Set<Digest> = []
    private var pending: [Block] = []
    private var lists: [Block] = []
    /// What the index volumes say, with their blocklists.
    private var descriptions: [(description: VolumeDescription, lists: [Block])] = []
    private let temporary: TemporaryFolder

    init(
        in folder: String, passphrase: Secret? = nil, settings: StoreSettings = StoreSettings(blockSize: 10_240)
    ) throws {
        self.folder = folder
        self.passphrase = passphrase
        self.settings = settings
        temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    var encryption: Encryption { passphrase == nil ? .none : .aes }
    var destination: FileDestination { FileDestination(folder: folder) }

    /// Adds a version with everything that it needs; `forge` may change what its list says.
    func addVersion(
        _ time: Timestamp, _ entries: [Entry], isFull: Bool = true, forge: (inout FileEntry) -> Void = { _ in }
    ) throws {
        var described = try entries.map { try describe($0) }
        for index in described.indices { forge(&described[index]) }
        try flush()
        let name = ObjectName.dlist(time: time, encryption: encryption)
        let writer = try writer(name)
        try writer.add(FilesetFlags(isFullBackup: isFull))
        try writer.addFileList { list in
            for entry in described { try list.add(entry) }
        }
        dlists.append(try put(writer))
    }

    /// Stores a block that no version uses.
    func addLooseBlock(_ bytes: [UInt8], withIndex: Bool = true) throws {
        _ = store(bytes)
        try flush(withIndex: withIndex)
    }

    private func describe(_ entry: Entry) throws -> FileEntry {
        var described = FileEntry(kind: entry.kind, path: Array(entry.path.utf8))
        var metadata = Metadata()
        metadata.ownership = .init(uid: getuid(), gid: getgid(), mode: entry.mode)
        metadata.modified = entry.modified
        metadata.symlinkTarget = entry.target.map { Array($0.utf8) }
        let blob = MetadataBlob.encode(metadata)
        described.metaHash = hash(blob, settings.fileHash)
        described.metaSize = blob.count
        described.metaBlockHash = store(blob)
        guard entry.kind == .file else { return described }
        described.hash = hash(entry.content, settings.fileHash)
        described.size = Int64(entry.content.count)
        described.time = Timestamp(seconds: entry.modified.seconds)
        let blocks = stride(from: 0, to: entry.content.count, by: settings.blockSize).map { start in
            store(Array(entry.content[start..<min(start + settings.blockSize, entry.content.count)]))
        }
        if blocks.count == 1 {
            described.blockHash = blocks[0]
            described.blockSize = entry.content.count
        }
        guard blocks.count > 1 else { return described }
        for start in stride(from: 0, to: blocks.count, by: settings.hashesPerBlocklist) {
            var list: [UInt8] = []
            for digest in blocks[start..<min(start + settings.hashesPerBlocklist, blocks.count)] {
                Blocklist.append(digest, to: &list)
            }
            let digest = store(list)
            lists.append((digest, list))
            described.blocklists.append(digest)
        }
        return described
    }

    private func hash(_ bytes: [UInt8], _ algorithm: HashAlgorithm) -> Digest {
        HashContext(algorithm).hash(bytes)
    }

    private func store(_ bytes: [UInt8]) -> Digest {
        let digest = hash(bytes, settings.blockHash)
        if stored.insert(digest).inserted { pending.append((digest, bytes)) }
        return digest
    }

    private func flush(withIndex: Bool = true) throws {
        while !pending.isEmpty {
            var size = 0
            let count = pending.prefix { block in
                defer { size += block.bytes.count }
                return size < volumeSize
            }.count
            try writeVolume(Array(pending.prefix(count)), withIndex: withIndex)
            pending.removeFirst(count)
        }
        lists.removeAll()
    }

    private func writeVolume(_ blocks: [Block], withIndex: Bool) throws {
        let volume = try writer(.dblock(encryption: encryption))
        let deflater = Deflater(level: 6)
        for block in blocks {
            let crc = block.bytes.withUnsafeBytes { CRC32.checksum($0) }
            var room = [UInt8](repeating: 0, count: max(1, block.bytes.count))
            let packed = room.withUnsafeMutableBytes { room in
                block.bytes.withUnsafeBytes { deflater.deflate($0, into: room) }
            }
            if let packed {
                try room.withUnsafeBytes {
                    try volume.add(
                        block: block.digest, packed: UnsafeRawBufferPointer(rebasing: $0[..<packed]),
                        method: .deflate, size: block.bytes.count, crc: crc)
                }
            } else {
                try block.bytes.withUnsafeBytes {
                    try volume.add(
                        block: block.digest, packed: $0, method: .stored, size: block.bytes.count, crc: crc)
                }
            }
        }
        let sealed = try volume.finish()
        try destination.put(
            sealed.name.text, from: LocalFile(path: sealed.path, size: sealed.size, sha256: sealed.sha256.hex))
        dblocks.append(sealed.name)
        guard withIndex else { return }
        let description = VolumeDescription(
            dblockName: sealed.name.text, blocks: blocks.map { BlockReference($0.digest, size: $0.bytes.count) },
            volumeHash: sealed.hash, volumeSize: sealed.size)
        let held = lists.filter { list in blocks.contains { $0.digest == list.digest } }
        descriptions.append((description, held))
        dindexes.append(try putIndex(description, held))
    }

    private func putIndex(_ description: VolumeDescription, _ lists: [Block]) throws -> ObjectName {
        let index = try writer(.dindex(encryption: encryption))
        try index.add(description)
        for list in lists {
            var bytes = list.bytes
            if let forgeList {
                forgeList(&bytes)
                forgedLists += 1
            }
            try bytes.withUnsafeBytes { try index.add(blocklist: list.digest, content: $0) }
        }
        return try put(index)
    }

    /// Puts another index volume in the place of one, with what `forge` makes of its description.
    func rewriteIndex(_ number: Int, _ forge: (inout VolumeDescription) throws -> Void) throws {
        try FileManager.default.removeItem(atPath: "\(folder)/\(dindexes[number])")
        try addIndex(number, forge)
        dindexes[number] = dindexes.removeLast()
    }

    /// Adds another index volume beside one, with what `forge` makes of its description, and the same blocklists.
    func addIndex(_ number: Int, _ forge: (inout VolumeDescription) throws -> Void) throws {
        var (description, lists) = descriptions[number]
        try forge(&description)
        dindexes.append(try putIndex(description, lists))
    }

    /// Writes the filelist of a version again, with what `forge` makes of its text.
    func rewriteList(_ number: Int, _ forge: (String) -> String) throws {
        let name = dlists[number]
        let path = "\(folder)/\(name)"
        let reader = try VolumeReader(path: path, name: name, passphrase: passphrase)
        let writer = try writer(name)
        for entry in reader.entries where entry.name != Manifest.entryName {
            var bytes = try reader.content(of: entry)
            if entry.name == "filelist.json" { bytes = Array(forge(String(decoding: bytes, as: UTF8.self)).utf8) }
            try writer.add(entry: entry.name, bytes: bytes)
        }
        try FileManager.default.removeItem(atPath: path)
        _ = try put(writer)
    }

    private func writer(_ name: ObjectName) throws -> VolumeWriter {
        try VolumeWriter(
            name: name, settings: settings, passphrase: passphrase, folder: temporary.path,
            created: Timestamp(seconds: 1_700_000_000))
    }

    private func put(_ writer: VolumeWriter) throws -> ObjectName {
        let sealed = try writer.finish()
        try destination.put(
            sealed.name.text, from: LocalFile(path: sealed.path, size: sealed.size, sha256: sealed.sha256.hex))
        return sealed.name
    }

    /// Opens the store.
    func session(
        catalogPath: String? = nil, passphrase: Secret?? = nil, problems: ProblemLog = ProblemLog()
    ) throws -> StoreSession {
        try StoreSession.open(
            destination: destination, passphrase: passphrase ?? self.passphrase, catalogPath: catalogPath,
            problems: problems, retry: RetryPolicy(attempts: 1))
    }
}
