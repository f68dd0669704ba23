internal import Cryptography
internal import Glibc
internal import Support

/// Pieces of bytes that are read again in about the order they came: the first ones in memory, the rest in a file without
/// a name.
///
/// A filelist of three million entries has 700 MB of them, and most are never looked at twice.
final class PackedEntries: Sendable {
    /// Where a piece is.
    struct Place: Sendable {
        fileprivate let chunk: Int32
        fileprivate let start: Int32
    }

    private let kept: [[UInt8]]
    private let file: FileDescriptor?
    /// Offset and size of each chunk in the file.
    private let stored: [(offset: Int64, size: Int)]

    private init(_ kept: [[UInt8]], _ file: consuming FileDescriptor?, _ stored: [(offset: Int64, size: Int)]) {
        self.kept = kept
        self.file = file
        self.stored = stored
    }

    /// Reads pieces, the next ones fast; by one thread at a time.
    final class Reader {
        private let entries: PackedEntries
        private var number = -1
        private var chunk: [UInt8] = []

        init(_ entries: PackedEntries) { self.entries = entries }

        /// Calls `body` with the chunk that holds a piece, and where in it the piece begins.
        /// - Throws: `SystemError` when the file cannot be read.
        func with<Value>(
            _ place: Place, _ body: (_ chunk: UnsafeRawBufferPointer, _ start: Int) -> Value
        ) throws(SystemError) -> Value {
            if place.chunk != number { try load(Int(place.chunk)) }
            return chunk.withUnsafeBytes { body($0, Int(place.start)) }
        }

        private func load(_ number: Int) throws(SystemError) {
            self.number = -1
            if number < entries.kept.count {
                chunk = entries.kept[number]
            } else {
                let (offset, size) = entries.stored[number - entries.kept.count]
                chunk = [UInt8](repeating: 0, count: size)
                var result: Result<Int, SystemError> = .success(0)
                chunk.withUnsafeMutableBytes { buffer in
                    result = Result { () throws(SystemError) in try entries.file?.read(into: buffer, at: offset) ?? 0 }
                }
                guard try result.get() == size else {
                    throw SystemError("read", path: "a temporary file", code: EIO)
                }
            }
            self.number = number
        }
    }

    /// Takes the pieces.
    struct Writer: ~Copyable {
        private static let chunkSize = 1 << 20
        /// How many chunks stay in memory.
        private static let mostKept = 16

        private let folder: String
        private var kept: [[UInt8]] = []
        private var current: [UInt8] = []
        private var file: FileDescriptor?
        private var stored: [(offset: Int64, size: Int)] = []
        private var end: Int64 = 0

        /// - Parameter folder: where the file is made, if one is needed.
        init(folder: String) {
            self.folder = folder
            current.reserveCapacity(Self.chunkSize)
        }

        /// Adds a piece.
        /// - Throws: `SystemError` when the file cannot be written.
        mutating func append(_ piece: [UInt8]) throws(SystemError) -> Place {
            if !current.isEmpty, current.count + piece.count > Self.chunkSize { try put() }
            let place = Place(chunk: Int32(kept.count + stored.count), start: Int32(current.count))
            current.append(contentsOf: piece)
            return place
        }

        private mutating func put() throws(SystemError) {
            if kept.count < Self.mostKept {
                kept.append(current)
            } else {
                if file == nil { file = try Self.namelessFile(in: folder) }
                var result: Result<Void, SystemError> = .success(())
                current.withUnsafeBytes { bytes in
                    result = Result { () throws(SystemError) in try file?.write(all: bytes, at: end) }
                }
                try result.get()
                stored.append((end, current.count))
                end += Int64(current.count)
            }
            current.removeAll(keepingCapacity: true)
        }

        private static func namelessFile(in folder: String) throws(SystemError) -> FileDescriptor {
            let path = "\(folder)/.dunnage-\(Hex.encode(RandomBytes.make(12))).entries"
            let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
            unlink(path)
            return file
        }

        /// What was added, to be read.
        consuming func finish() throws(SystemError) -> PackedEntries {
            try put()
            return PackedEntries(kept, file, stored)
        }
    }
}
