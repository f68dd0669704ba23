import Support
import TestSupport

@testable import Archive

/// Short forms for writing and reading small archives.
enum SampleArchive {
    /// An archive of deflated and stored entries.
    static func make(_ entries: [(String, [UInt8])], level: Int = 6) throws -> [UInt8] {
        try write { writer in
            for (name, content) in entries {
                if let packed = deflate(content, level: level) {
                    let crc = content.withUnsafeBytes { CRC32.checksum($0) }
                    try packed.withUnsafeBytes {
                        try writer.add(name: name, packed: $0, method: .deflate, size: content.count, crc: crc)
                    }
                } else {
                    try writer.addStored(name: name, bytes: content)
                }
            }
        }
    }

    static func write(modified: Timestamp? = nil, _ body: (ZipWriter) throws -> Void) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = ZipWriter(to: sink, modified: modified)
        try body(writer)
        let estimate = writer.estimatedSize
        try writer.finish()
        guard writer.bytesWritten == sink.bytes.count, estimate == writer.bytesWritten else { throw WrongCount() }
        return sink.bytes
    }

    static func deflate(_ content: [UInt8], level: Int = 6) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: content.count)
        let count = content.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { Deflater(level: level).deflate(input, into: $0) }
        }
        return count.map { Array(output.prefix($0)) }
    }

    /// Gives a reader over an exact copy, so that a read beyond the end leaves the allocation.
    @discardableResult
    static func read<R>(_ archive: [UInt8], _ body: (ZipReader) throws -> R) throws -> R {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: archive.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyBytes(from: archive)
        return try body(ZipReader(UnsafeRawBufferPointer(copy)))
    }

    /// Extracts in all three ways, which must agree.
    static func extract(_ entry: ZipEntry, from reader: ZipReader) throws -> [UInt8] {
        let content = try reader.extract(entry)
        var streamed: [UInt8] = []
        try reader.stream(entry) { streamed.append(contentsOf: $0) }
        var placed = [UInt8](repeating: 0, count: entry.size)
        try placed.withUnsafeMutableBytes { try reader.extract(entry, into: $0, inflater: Inflater()) }
        guard content == streamed, content == placed else { throw Disagreement() }
        return content
    }

    struct WrongCount: Error {}
    struct Disagreement: Error {}
}

extension [UInt8] {
    /// Bytes that compress well, but not to nothing.
    static func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let words = ["block ", "volume ", "fileset ", "destination ", "passphrase "].map { Array($0.utf8) }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += words.randomElement(using: &random) ?? [] }
        return Array(bytes.prefix(count))
    }

    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
