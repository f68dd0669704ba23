internal import Catalog
internal import Cryptography
internal import Glibc
internal import StoreFormat
internal import Support

/// Writes what is left of files that have lost a part: everything in its place, zeros where it is lost.
///
/// Each folder is opened from the one above without following links, so nothing is written outside the target.
final class IncompleteFiles {
    /// What is put behind the names.
    static let suffix = ".incomplete"

    private struct Piece {
        let volume: Int64
        let digest: Digest
        let file: Int
        let offset: Int64
    }

    private let session: StoreSession
    private let target: String
    private let problems: ProblemLog
    private var paths: [[[UInt8]]] = []
    private var pieces: [Piece] = []

    init(session: StoreSession, target: String, problems: ProblemLog) {
        self.session = session
        self.target = target
        self.problems = problems
    }

    /// Writes the files among `losses` of which something is left.
    /// - Returns: how many.
    func write(_ losses: [RecoverSummary.Loss], version: Int64) throws -> Int {
        let wanted = Set(losses.lazy.filter { !$0.isMetadataOnly && $0.bytes < $0.size }.map(\.path))
        guard !wanted.isEmpty else { return 0 }
        let names = try session.catalog.read { reader in
            try plan(reader, version: version, wanted)
            return Dictionary(uniqueKeysWithValues: try reader.volumes().map { ($0.id, $0) })
        }
        pieces.sort { ($0.volume, $0.file, $0.offset) < ($1.volume, $1.file, $1.offset) }
        var start = 0
        let scratch = BlockScratch(settings: session.properties.settings)
        while start < pieces.count {
            var end = start + 1
            while end < pieces.count, pieces[end].volume == pieces[start].volume { end += 1 }
            if let volume = names[pieces[start].volume], let name = ObjectName(parsing: volume.name) {
                let fetched = try session.store.fetch(
                    name, settings: session.properties.settings, tolerant: true)
                for piece in pieces[start..<end] {
                    try fetched.reader.withBlock(piece.digest, scratch: scratch) { bytes in
                        let file = try open(paths[piece.file], flags: O_WRONLY)
                        try file.write(all: bytes, at: piece.offset)
                    }
                }
            }
            start = end
        }
        return paths.count
    }

    private func plan(_ reader: borrowing CatalogReader, version: Int64, _ wanted: Set<String>) throws {
        let lookup = try reader.contents()
        let blockSize = Int64(session.properties.settings.blockSize)
        let span = Int64(session.properties.settings.hashesPerBlocklist) * blockSize
        try reader.forEachEntry(of: version, kinds: [.file]) { folder, entry in
            let path = EntryPath.join(folder, entry.name, isFolder: false)
            guard wanted.contains(String(decoding: path, as: UTF8.self)), case .content(let id) = entry.data else {
                return
            }
            let components = Self.components(path)
            do throws(SystemError) {
                let file = try open(components, flags: O_WRONLY | O_CREAT | O_EXCL)
                guard ftruncate(file.raw, off_t(entry.size)) == 0 else { throw SystemError("write") }
            } catch {
                guard !error.isOutOfSpace else { throw error }
                problems.add(
                    Problem(
                        .leftAlone, String(decoding: path, as: UTF8.self),
                        "what is left of it is not written: \(error.message)"))
                return
            }
            paths.append(components)
            var offset: Int64 = 0
            for list in try lookup.content(id).lists {
                if list.blocks.isEmpty { offset += span }
                for number in list.blocks {
                    let block = try lookup.block(number)
                    if block.volume != 0 {
                        pieces.append(
                            Piece(volume: block.volume, digest: block.digest, file: paths.count - 1, offset: offset))
                    }
                    offset += blockSize
                }
            }
        }
    }

    /// The names below the target, as a restore with whole paths has them; a drive loses its colon.
    private static func components(_ path: [UInt8]) -> [[UInt8]] {
        let separator = path.withUnsafeBytes { EntryPath.separator(of: $0) }
        var names = path.split(separator: separator).map { Array($0) }
        if separator == EntryPath.backslash, names[0].count == 2, names[0][1] == UInt8(ascii: ":") {
            names[0].removeLast()
        }
        names[names.count - 1] += Array(suffix.utf8)
        return names
    }

    private func open(_ components: [[UInt8]], flags: Int32) throws(SystemError) -> FileDescriptor {
        let text = components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        try FileTree.createFolder(target)
        var folder = try FileDescriptor.open(target, flags: O_RDONLY | O_DIRECTORY)
        for component in components.dropLast() {
            let name = component.map { CChar(bitPattern: $0) } + [0]
            _ = mkdirat(folder.raw, name, 0o755)
            let next = openat(folder.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw SystemError("open", path: text) }
            folder = FileDescriptor(owning: next)
        }
        let name = (components.last ?? []).map { CChar(bitPattern: $0) } + [0]
        let file = openat(folder.raw, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError("open", path: text) }
        return FileDescriptor(owning: file, path: text)
    }
}
