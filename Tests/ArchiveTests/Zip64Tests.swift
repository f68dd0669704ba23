import Glibc
import Support
import Testing

@testable import Archive

@Suite("Zip64")
struct Zip64Tests {
    @Test("more entries than sixteen bits can count come back", arguments: [65_534, 65_535, 65_536, 70_000])
    func manyEntries(count: Int) throws {
        let archive = try SampleArchive.write { writer in
            for index in 0..<count { try writer.addStored(name: "\(index)", bytes: [UInt8(index & 0xff)]) }
        }
        let end64 = archive.count - 22 - 20 - 56
        #expect((Array(archive[end64..<end64 + 4]) == [0x50, 0x4b, 6, 6]) == (count >= 65_535))
        try SampleArchive.read(archive) { reader throws in
            #expect(!reader.directoryWasDamaged)
            #expect(reader.entries.count == count)
            let last = try #require(reader.entry(named: "\(count - 1)"))
            #expect(try reader.extract(last) == [UInt8(truncatingIfNeeded: count - 1)])
        }
    }

    @Test("a sixteen bit count that wrapped is accepted when the directory is whole")
    func wrappedCount() throws {
        var archive = try SampleArchive.write { writer in
            for index in 0..<65_537 { try writer.addStored(name: "\(index)", bytes: []) }
        }
        let end = Array(archive.suffix(22))
        archive.removeLast(22 + 20 + 56)
        archive += end
        archive.replaceSubrange(archive.count - 14..<archive.count - 10, with: [1, 0, 1, 0])
        try SampleArchive.read(archive) { #expect($0.entries.count == 65_537 && !$0.directoryWasDamaged) }
    }

    @Test("an archive beyond 4 GiB is written and read")
    func beyond4GiB() throws {
        let length = (4 << 30) + 12_345
        let zeros = try #require(mmap(nil, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))
        try #require(zeros != MAP_FAILED)
        defer { munmap(zeros, length) }
        let folder = try TemporaryFolder()
        let file = try FileDescriptor.open("\(folder.path)/large.zip", flags: O_RDWR | O_CREAT | O_EXCL)
        let sink = SparseSink(file.raw)
        let writer = ZipWriter(to: sink)
        try writer.addStored(name: "before", bytes: [1])
        let large = UnsafeRawBufferPointer(start: zeros, count: length)
        try writer.add(name: "large", packed: large, method: .stored, size: length, crc: 0)
        try writer.addStored(name: "after", bytes: [2, 3])
        let estimate = writer.estimatedSize
        try writer.finish()
        #expect(try file.size() == estimate)

        let map = try #require(mmap(nil, Int(estimate), PROT_READ, MAP_SHARED, file.raw, 0))
        try #require(map != MAP_FAILED)
        defer { munmap(map, Int(estimate)) }
        let reader = try ZipReader(UnsafeRawBufferPointer(start: map, count: Int(estimate)))
        #expect(!reader.directoryWasDamaged)
        let entry = try #require(reader.entry(named: "large"))
        #expect(entry.size == length && entry.packedSize == length)
        let after = try #require(reader.entry(named: "after"))
        #expect(after.offset > 4 << 30)
        #expect(try reader.extract(after) == [2, 3])
    }

    @Test("sizes of 64 bits are in both headers, only where one needs them")
    func headers() throws {
        for (packed, size, offset) in [
            (10, 5 << 32, 7), (0xffff_ffff, 3, 0), (1, 0xffff_fffe, 0xffff_ffff), (5 << 32, 5 << 32, 5 << 32),
        ] {
            try Array("x".utf8).withUnsafeBytes { name in
                let header = ZipHeader(
                    name: name, method: .deflate, modified: .epoch, crc: 1, packedSize: packed, size: size,
                    offset: Int64(offset))
                var central: [UInt8] = []
                header.appendCentral(to: &central)
                let fields = try central.withUnsafeBytes { bytes in
                    try #require(
                        Zip64Fields(
                            size: bytes.littleEndian(UInt32.self, at: 24) ?? 0,
                            packedSize: bytes.littleEndian(UInt32.self, at: 20) ?? 0,
                            offset: bytes.littleEndian(UInt32.self, at: 42) ?? 0,
                            extra: UnsafeRawBufferPointer(rebasing: bytes[47...])))
                }
                #expect(fields.size == size && fields.packedSize == packed && fields.offset == offset)
                #expect(central.count == 47 + Int(central[30]))
                var local: [UInt8] = []
                header.appendLocal(to: &local)
                #expect(local.count == 31 + (size >= 0xffff_ffff || packed >= 0xffff_ffff ? 20 : 0))
            }
        }
    }

    @Test("sizes beyond all numbers are refused, not trusted")
    func lyingSizes() throws {
        let record: [UInt8] = [1, 0, 24, 0] + [UInt8](repeating: 0xff, count: 24)
        record.withUnsafeBytes {
            #expect(Zip64Fields(size: .max, packedSize: .max, offset: .max, extra: $0) == nil)
        }
        // A record that is too short leaves the small values alone.
        record.prefix(8).withUnsafeBytes {
            let fields = Zip64Fields(size: .max, packedSize: 1, offset: 2, extra: $0)
            #expect(fields?.size == Int(UInt32.max))
        }
    }
}

/// Leaves holes where others write zeros.
private final class SparseSink: ByteSink {
    private let descriptor: Int32

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        if bytes.count > 1 << 30 {
            lseek(descriptor, off_t(bytes.count), SEEK_CUR)
        } else {
            _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}
