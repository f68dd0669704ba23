/// A zip archive in memory, for example a mapped file.
///
/// Nothing in the archive is believed: each offset and length is checked against the bytes that are there, each
/// content against its size and checksum. A damaged directory makes the reader walk the local headers instead.
///
/// `@unchecked Sendable`: all state is immutable after init and the bytes are only ever read; what changes during an
/// extraction belongs to the caller.
public final class ZipReader: @unchecked Sendable {
    /// All entries in the order of the directory.
    public let entries: [ZipEntry]
    /// Whether the entries come from the local headers, since the directory was damaged or missing.
    public let directoryWasDamaged: Bool

    private let bytes: UnsafeRawBufferPointer
    private let indices: [String: Int]

    /// Reads the directory.
    ///
    /// - Parameter bytes: the archive; outlives the reader.
    /// - Throws: `ArchiveError.notAnArchive`.
    public init(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        self.bytes = bytes
        let listed = ZipDirectory.entries(of: bytes)
        if let listed, listed.allSatisfy({ bytes.littleEndian(UInt32.self, at: $0.offset) == ZipFormat.localSignature })
        {
            entries = listed
            directoryWasDamaged = false
        } else {
            var salvage = ZipSalvage(bytes)
            let found = salvage.entries()
            guard !found.isEmpty else { throw .notAnArchive }
            // What only the directory knows stays listed, so that its extraction says what is wrong with it.
            let names = Set(found.map(\.name))
            entries = found + (listed ?? []).filter { !names.contains($0.name) }
            directoryWasDamaged = true
        }
        var indices: [String: Int] = [:]
        indices.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() { indices[entry.name] = index }
        self.indices = indices
    }

    /// The entry of a name; the last one if there are several.
    public func entry(named name: String) -> ZipEntry? {
        indices[name].map { entries[$0] }
    }

    /// Extracts an entry into memory of exactly its size.
    ///
    /// - Parameters:
    ///   - entry: one of `entries`.
    ///   - output: `entry.size` bytes; undefined after an error.
    ///   - inflater: the calling thread's own.
    /// - Throws: `ArchiveError`, also if size or checksum are not as recorded.
    public func extract(
        _ entry: ZipEntry, into output: UnsafeMutableRawBufferPointer, inflater: Inflater
    ) throws(ArchiveError) {
        guard output.count == entry.size else { throw .wrongBufferSize(name: entry.name, needed: entry.size) }
        let packed = try packedBytes(of: entry)
        do throws(ArchiveError) {
            switch entry.method {
            case .stored:
                guard packed.count == output.count else { throw ArchiveError.wrongLength }
                output.copyMemory(from: packed)
            case .deflate:
                try inflater.inflate(packed, into: output)
            case .lzma, .xz:
                let unpacker = try LZMAUnpacker(packed, method: entry.method, size: entry.size)
                guard try unpacker.unpack(into: output) == output.count, try unpacker.isAtEnd() else {
                    throw ArchiveError.wrongLength
                }
            case .other:
                throw ArchiveError.unsupportedMethod(entry.method, name: entry.name)
            }
        } catch {
            throw error.naming(entry)
        }
        guard CRC32.checksum(UnsafeRawBufferPointer(output)) == entry.crc else {
            throw .wrongChecksum(name: entry.name)
        }
    }

    /// Extracts an entry into an array.
    ///
    /// - Throws: `ArchiveError`, also if size or checksum are not as recorded.
    public func extract(_ entry: ZipEntry) throws(ArchiveError) -> [UInt8] {
        try checkClaim(entry, packed: packedBytes(of: entry))
        guard entry.size <= 64 << 20 else { return try extractGrowing(entry) }
        var failure: ArchiveError?
        let content = [UInt8](unsafeUninitializedCapacity: entry.size) { output, count in
            do throws(ArchiveError) {
                let room = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(output).prefix(entry.size))
                try extract(entry, into: room, inflater: Inflater())
                count = entry.size
            } catch {
                failure = error
                count = 0
            }
        }
        if let failure { throw failure }
        return content
    }

    /// Takes memory only as content really appears: a claim of gigabytes must not be able to end the process.
    private func extractGrowing(_ entry: ZipEntry) throws(ArchiveError) -> [UInt8] {
        var content: [UInt8] = []
        do {
            try stream(entry) { content.append(contentsOf: $0) }
        } catch {
            throw error as? ArchiveError ?? .outOfMemory
        }
        return content
    }

    /// Gives an entry of any size chunk by chunk.
    ///
    /// Only a return without an error says that the content is right: size and checksum are known at the end.
    ///
    /// - Throws: `ArchiveError`, and what `chunk` throws.
    public func stream(_ entry: ZipEntry, chunk: (UnsafeRawBufferPointer) throws -> Void) throws {
        let packed = try packedBytes(of: entry)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        var unpacker: any Unpacker
        do throws(ArchiveError) {
            unpacker =
                switch entry.method {
                case .stored: StoredUnpacker(packed)
                case .deflate: try DeflateUnpacker(packed)
                case .lzma, .xz: try LZMAUnpacker(packed, method: entry.method, size: entry.size)
                case .other: throw .unsupportedMethod(entry.method, name: entry.name)
                }
        } catch {
            throw error.naming(entry)
        }
        var size = 0
        var crc: UInt32 = 0
        while true {
            let count: Int
            do throws(ArchiveError) {
                count = try unpacker.unpack(into: buffer)
            } catch {
                throw error.naming(entry)
            }
            guard count > 0 else { break }
            size += count
            guard size <= entry.size else { throw ArchiveError.wrongLength.naming(entry) }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
            crc = CRC32.checksum(bytes, seed: crc)
            try chunk(bytes)
        }
        guard size == entry.size else { throw ArchiveError.wrongLength.naming(entry) }
        guard crc == entry.crc else { throw ArchiveError.wrongChecksum(name: entry.name) }
    }

    /// The content of an entry as it is packed, unverified; part of the archive's own bytes.
    ///
    /// - Throws: `ArchiveError` when the entry is encrypted or lies outside the archive.
    public func packed(_ entry: ZipEntry) throws(ArchiveError) -> UnsafeRawBufferPointer {
        try packedBytes(of: entry)
    }

    /// The packed content, found through the local header.
    private func packedBytes(of entry: ZipEntry) throws(ArchiveError) -> UnsafeRawBufferPointer {
        guard !entry.isEncrypted else { throw .encryptedEntry(name: entry.name) }
        guard let header = bytes.part(at: entry.offset, count: ZipFormat.localLength),
            header.littleEndian(UInt32.self, at: 0) == ZipFormat.localSignature,
            let nameLength = header.littleEndian(UInt16.self, at: 26),
            let extraLength = header.littleEndian(UInt16.self, at: 28),
            let packed = bytes.part(
                at: entry.offset + header.count + Int(nameLength) + Int(extraLength), count: entry.packedSize)
        else { throw .damagedEntry(name: entry.name, "its header points outside the archive") }
        return packed
    }

    /// Refuses sizes that no packed content of that length can have, before memory is taken for them.
    private func checkClaim(_ entry: ZipEntry, packed: UnsafeRawBufferPointer) throws(ArchiveError) {
        let mostPerByte =
            switch entry.method {
            case .stored: 1
            // Deflate spends at least two bits on 258 bytes; LZMA a fraction of a bit on 273.
            case .deflate: 1_032
            default: 16_384
            }
        let (most, overflow) = packed.count.multipliedReportingOverflow(by: mostPerByte)
        guard overflow || entry.size <= most else { throw ArchiveError.wrongLength.naming(entry) }
    }
}

extension ArchiveError {
    /// The same failure with the entry that it happened in.
    func naming(_ entry: ZipEntry) -> ArchiveError {
        switch self {
        case .badData: .damagedEntry(name: entry.name, "its \(entry.method) data is not well-formed")
        case .wrongLength: .damagedEntry(name: entry.name, "it does not have the recorded size")
        default: self
        }
    }
}
