import Archive
import Cryptography
import Glibc
import StoreFormat
import Support
import Testing

@Suite("Space for volumes")
struct SpaceTests {
    /// A folder of 1 MiB, where this user may mount one.
    private final class SmallFolder {
        let folder: TemporaryFolder
        let path: String

        init?() throws {
            folder = try TemporaryFolder()
            path = "\(folder.path)/small"
            guard geteuid() == 0, mkdir(path, 0o700) == 0,
                system("mount -t tmpfs -o size=1m tmpfs '\(path)' 2>/dev/null") == 0
            else { return nil }
        }

        deinit { _ = system("umount '\(path)' 2>/dev/null") }
    }

    @Test("a full temporary folder is told by its name, and nothing is left in it", arguments: [Encryption.none, .aes])
    func fullFolder(encryption: Encryption) throws {
        guard let small = try SmallFolder() else { return }
        let content = RandomBytes.make(64 << 10)
        let digest = HashContext(.sha256).hash(content)
        let crc = content.withUnsafeBytes { CRC32.checksum($0) }
        let name = ObjectName.dblock(encryption: encryption)
        let error = #expect(throws: StoreFormatError.self) {
            let volume = try VolumeWriter(
                name: name, settings: StoreSettings(), passphrase: Secret("p"), folder: small.path,
                created: Timestamp(seconds: 0))
            for _ in 0..<40 {
                try content.withUnsafeBytes {
                    try volume.add(block: digest, packed: $0, method: .stored, size: $0.count, crc: crc)
                }
            }
            _ = try volume.finish()
        }
        #expect(error?.kind == .noSpace(folder: small.path) && error?.object == name.text)
        #expect(try SharedFixtures.names(in: small.path).isEmpty)
        let left = system("test -z \"$(ls -A '\(small.path)')\"")
        #expect(left == 0)
    }

    @Test("a volume too large for memory is decrypted beside it, without a name, and only if there is room")
    func largeVolume() throws {
        let folder = try TemporaryFolder()
        let settings = StoreSettings(blockSize: 66 << 20)
        let content = [UInt8](repeating: 7, count: 66 << 20)
        let digest = HashContext(.sha256).hash(content)
        let volume = try VolumeWriter(
            name: .dblock(encryption: .aes), settings: settings, passphrase: Secret("p"), folder: folder.path,
            created: Timestamp(seconds: 0))
        try content.withUnsafeBytes {
            try volume.add(
                block: digest, packed: $0, method: .stored, size: $0.count, crc: CRC32.checksum($0))
        }
        let sealed = try volume.finish()
        let reader = try VolumeReader(
            path: sealed.path, name: sealed.name, passphrase: Secret("p"), settings: settings, folder: folder.path)
        let isSame = try reader.withBlock(digest, scratch: BlockScratch(settings: settings)) { bytes in
            HashContext(.sha256).hash(bytes) == digest && bytes.count == content.count
        }
        #expect(isSame)
        guard let small = try SmallFolder() else { return }
        let error = #expect(throws: StoreFormatError.self) {
            try VolumeReader(path: sealed.path, name: sealed.name, passphrase: Secret("p"), folder: small.path)
        }
        #expect(error?.kind == .noSpace(folder: small.path))
    }
}
