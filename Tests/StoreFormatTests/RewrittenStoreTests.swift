import Archive
import Cryptography
import Glibc
import StoreFormat
import Support
import Testing

@Suite("Stores written again", .enabled(if: SharedFixtures.folder != nil))
struct RewrittenStoreTests {
    /// Copies all objects of a store through reader and writer: same content, new names for data and index volumes.
    private func rewrite(_ store: SharedFixtures.Store, encryption: Encryption, to folder: String) throws {
        let listing = try store.listing()
        let passphrase = Secret("another passphrase")
        func writer(_ name: ObjectName, like original: VolumeReader) throws -> VolumeWriter {
            try VolumeWriter(
                name: name, settings: original.settings, passphrase: passphrase, folder: folder,
                created: original.manifest.created ?? Timestamp(seconds: 0))
        }
        func keep(_ sealed: SealedVolume) {
            _ = rename(sealed.takeFile(), "\(folder)/\(sealed.name)")
        }
        var lists: [Digest: [UInt8]] = [:]
        for item in listing.dindexes {
            let index = try store.open(item.name)
            for block in index.blocks { lists[block.digest] = try index.content(of: block.entry) }
        }
        for item in listing.dblocks {
            let original = try store.open(item.name)
            let scratch = BlockScratch(settings: original.settings)
            let deflater = Deflater(level: 6)
            var references: [BlockReference] = []
            var found: [Digest: [UInt8]] = [:]
            let volume = try writer(.dblock(encryption: encryption), like: original)
            for block in original.blocks {
                try original.withBlock(block.digest, scratch: scratch) { bytes in
                    var room = [UInt8](repeating: 0, count: bytes.count)
                    let count = room.withUnsafeMutableBytes { deflater.deflate(bytes, into: $0) }
                    let crc = CRC32.checksum(bytes)
                    if let count {
                        try room[..<count].withUnsafeBytes {
                            try volume.add(
                                block: block.digest, packed: $0, method: .deflate, size: bytes.count, crc: crc)
                        }
                    } else {
                        try volume.add(block: block.digest, packed: bytes, method: .stored, size: bytes.count, crc: crc)
                    }
                    if lists[block.digest] != nil { found[block.digest] = Array(bytes) }
                }
                references.append(BlockReference(block.digest, size: block.size))
            }
            let sealed = try volume.finish()
            let index = try writer(.dindex(encryption: encryption), like: original)
            try index.add(
                VolumeDescription(
                    dblockName: sealed.name.text, blocks: references, volumeHash: sealed.hash, volumeSize: sealed.size))
            for (digest, content) in found {
                try content.withUnsafeBytes { try index.add(blocklist: digest, content: $0) }
            }
            keep(sealed)
            keep(try index.finish())
        }
        for item in listing.dlists {
            let original = try store.open(item.name)
            let time = try #require(item.name.time)
            let volume = try writer(.dlist(time: time, encryption: encryption), like: original)
            try volume.add(try original.filesetFlags())
            try volume.addFileList { list in try original.readFileList { try list.add($0) } }
            keep(try volume.finish())
        }
    }

    @Test(
        "the independent checker finds no fault in them", .enabled(if: system("python3 -c 'import cryptography'") == 0),
        arguments: SharedFixtures.stores, [Encryption.none, .aes])
    func checked(store: SharedFixtures.Store, encryption: Encryption) throws {
        // Without its index volumes a store has no list of its blocklists.
        guard try !store.listing().dindexes.isEmpty else { return }
        let folder = try TemporaryFolder()
        try rewrite(store, encryption: encryption, to: folder.path)
        let checker = "\(try #require(SharedFixtures.folder))/../../tools/check_store.py"
        let log = "\(folder.path).log"
        defer { unlink(log) }
        let code = system(
            "python3 '\(checker)' '\(folder.path)' --passphrase 'another passphrase' > '\(log)' 2>&1")
        if code != 0 { print(String(decoding: try SharedFixtures.read(log), as: UTF8.self)) }
        #expect(code == 0)
    }
}
