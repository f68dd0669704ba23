import Archive
import Cryptography
import Glibc
import JSON
import StoreFormat
import Support
import Testing

/// Measurements rather than tests: `DUNNAGE_MEASURE=1 swift test -c release --filter Throughput`.
@Suite("Throughput", .serialized, .enabled(if: getenv("DUNNAGE_MEASURE") != nil))
struct ThroughputTests {
    private let settings = StoreSettings(blockSize: 1 << 20)

    private func measure(_ label: String, _ unit: String, _ body: () throws -> Int) rethrows {
        func seconds() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        var best = Double.infinity
        var count = 0
        for _ in 0..<3 {
            let start = seconds()
            count = try body()
            best = min(best, seconds() - start)
        }
        print("\(label): \(Int(Double(count) / best)) \(unit)/s, \(count) in \(Int(best * 1000)) ms")
    }

    private func entries(_ count: Int) -> [FileEntry] {
        let hash = HashContext(.sha256)
        return (0..<count).map { index in
            var entry = FileEntry(
                kind: .file,
                path: Array("/srv/data/projects/library/sources/module-\(index / 100)/file-\(index).swift".utf8))
            entry.size = Int64(index)
            entry.hash = hash.hash([UInt8(index & 255), UInt8(index >> 8 & 255), UInt8(index >> 16)])
            entry.time = Timestamp(seconds: 1_700_000_000 + Int64(index))
            entry.metaHash = hash.hash([UInt8(index & 255), UInt8(index >> 8 & 255)])
            entry.metaSize = 137
            return entry
        }
    }

    @Test("file lists")
    func fileLists() throws {
        let entries = entries(200_000)
        var list = MemorySink()
        try measure("file list written", "entries") {
            list = MemorySink()
            let writer = FileListWriter(to: list, settings: settings)
            for entry in entries { try writer.add(entry) }
            try writer.finish()
            return entries.count
        }
        print("\(list.bytes.count / entries.count) bytes an entry")
        try measure("file list read", "entries") {
            try FileListReader.read(
                object: "list",
                feed: { take in
                    try list.bytes.withUnsafeBytes { all in
                        for start in stride(from: 0, to: all.count, by: 256 << 10) {
                            try take(UnsafeRawBufferPointer(rebasing: all[start..<min(start + 256 << 10, all.count)]))
                        }
                    }
                }, entry: { _ in }
            ).entries
        }
    }

    @Test("descriptions of volumes")
    func descriptions() throws {
        let hash = HashContext(.sha256)
        let blocks = (0..<100_000).map {
            BlockReference(hash.hash([UInt8($0 & 255), UInt8(truncatingIfNeeded: $0 >> 8)]), size: 102_400)
        }
        let description = VolumeDescription(dblockName: "d", blocks: blocks, volumeHash: nil, volumeSize: 7)
        var text: [UInt8] = []
        measure("description written", "blocks") {
            text = description.encode()
            return blocks.count
        }
        try measure("description read", "blocks") {
            try VolumeDescription.decode(text, dblockName: "d", object: "o").blocks.count
        }
    }

    @Test("metadata blobs")
    func metadata() throws {
        var metadata = Metadata()
        metadata.ownership = .init(uid: 1000, gid: 1000, mode: 0o644)
        metadata.ownerName = Array("ann".utf8)
        metadata.groupName = Array("users".utf8)
        metadata.attributes = .normal
        metadata.modified = Timestamp(seconds: 1_700_000_000, nanoseconds: 123_456_700)
        metadata.creationTicks = metadata.modificationTicks
        var output: [UInt8] = []
        measure("metadata written", "blobs") {
            for index in 0..<500_000 {
                output.removeAll(keepingCapacity: true)
                metadata.modificationTicks = 638_355_968_001_234_567 + Int64(index)
                MetadataBlob.append(metadata, to: &output)
            }
            return 500_000
        }
        try measure("metadata read", "blobs") {
            for _ in 0..<50_000 { _ = try MetadataBlob.decode(output) }
            return 50_000
        }
    }

    @Test("volumes")
    func volumes() throws {
        let folder = try TemporaryFolder(in: "/dev/shm")
        let packed = RandomBytes.make(100 << 10)
        let hash = HashContext(.sha256)
        let digests = (0..<500).map { hash.hash([UInt8($0 & 255), UInt8($0 >> 8)]) }
        for encryption in [Encryption.none, .aes] {
            var sealed: SealedVolume?
            try measure("volume written, encryption '\(encryption)'", "bytes") {
                let volume = try VolumeWriter(
                    name: .dblock(encryption: encryption), settings: settings, passphrase: Secret("p"),
                    folder: folder.path, created: Timestamp(seconds: 0))
                for digest in digests {
                    try packed.withUnsafeBytes {
                        try volume.add(block: digest, packed: $0, method: .stored, size: $0.count, crc: 1)
                    }
                }
                sealed = try volume.finish()
                return digests.count * packed.count
            }
            guard let sealed else { continue }
            try measure("volume opened, encryption '\(encryption)'", "bytes") {
                _ = try VolumeReader(path: sealed.path, name: sealed.name, passphrase: Secret("p"))
                return Int(sealed.size)
            }
        }
    }
}
