import Archive
import Cryptography
import Glibc
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Damaged volumes")
struct DamagedVolumeTests {
    private let settings = StoreSettings(blockSize: 2048)
    private let passphrase = Secret("secret")

    /// A data volume with its blocks.
    private func sample(_ encryption: Encryption) throws -> (
        name: ObjectName, bytes: [UInt8], blocks: [Digest: [UInt8]]
    ) {
        let folder = try TemporaryFolder()
        let hash = HashContext(.sha256)
        let volume = try VolumeWriter(
            name: .dblock(encryption: encryption), settings: settings, passphrase: passphrase, folder: folder.path,
            created: Timestamp(seconds: 1_795_231_106))
        var blocks: [Digest: [UInt8]] = [:]
        for index in 0..<6 {
            let content = (0..<(index * 150 + 20)).map { UInt8(truncatingIfNeeded: $0 * (index + 3)) }
            blocks[hash.hash(content)] = content
        }
        for (digest, content) in blocks {
            try content.withUnsafeBytes {
                try volume.add(block: digest, packed: $0, method: .stored, size: $0.count, crc: CRC32.checksum($0))
            }
        }
        let sealed = try volume.finish()
        return (sealed.name, try SharedFixtures.read(sealed.path), blocks)
    }

    /// The blocks that a reader hands out; every one of them must be right.
    private func readable(_ bytes: [UInt8], _ name: ObjectName, _ blocks: [Digest: [UInt8]]) throws -> Int {
        let reader = try VolumeReader(bytes: bytes, name: name, passphrase: passphrase, settings: settings)
        let scratch = BlockScratch(settings: settings)
        var count = 0
        for block in reader.blocks {
            guard let content = try? reader.withBlock(block.digest, scratch: scratch, { Array($0) }) else { continue }
            #expect(HashContext(.sha256).hash(content) == block.digest)
            if let original = blocks[block.digest] {
                #expect(original == content)
                count += 1
            }
        }
        return count
    }

    @Test("an encrypted volume with any flipped bit is refused and named")
    func flippedEncrypted() throws {
        let (name, bytes, blocks) = try sample(.aes)
        #expect(try readable(bytes, name, blocks) == blocks.count)
        var random = SeededGenerator.printed("flippedEncrypted")
        for round in 0..<200 {
            var damaged = bytes
            let position = round < 140 ? round : Int.random(in: 0..<bytes.count, using: &random)
            damaged[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
            let error = #expect(throws: StoreFormatError.self, "byte \(position)") {
                try readable(damaged, name, blocks)
            }
            let isExpected = [.damaged, .wrongPassphrase, .unsupported].contains(error?.kind)
            #expect(isExpected && error?.object == name.text, "byte \(position): \(String(describing: error))")
        }
    }

    @Test("an encrypted volume that ends early is refused")
    func truncatedEncrypted() throws {
        let (name, bytes, blocks) = try sample(.aes)
        for count in Array(0..<160) + Array(stride(from: 160, to: bytes.count, by: 37)) + [bytes.count - 1] {
            let error = #expect(throws: StoreFormatError.self) { try readable(Array(bytes[..<count]), name, blocks) }
            #expect(error?.kind == .damaged && error?.object == name.text, "\(count)")
        }
    }

    @Test("a plain volume with flipped bits never hands out a wrong block")
    func flippedPlain() throws {
        let (name, bytes, blocks) = try sample(.none)
        var random = SeededGenerator.printed("flippedPlain")
        for _ in 0..<1500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            let count = try? readable(damaged, name, blocks)
            #expect(count ?? 0 <= blocks.count)
        }
    }

    @Test("a plain volume that lost its end still gives the blocks before it")
    func truncatedPlain() throws {
        let (name, bytes, blocks) = try sample(.none)
        var most = 0
        for count in stride(from: 0, to: bytes.count, by: 11) {
            let readable = (try? readable(Array(bytes[..<count]), name, blocks)) ?? 0
            #expect(readable >= most)
            most = max(most, readable)
        }
        #expect(most == blocks.count)
    }

    @Test("a volume of another store is refused")
    func otherSettings() throws {
        let (name, bytes, _) = try sample(.none)
        let error = #expect(throws: StoreFormatError.self) {
            try VolumeReader(bytes: bytes, name: name, passphrase: nil, settings: StoreSettings(blockSize: 1024))
        }
        #expect(error?.kind == .settingsDiffer && error?.object == name.text)
    }

    @Test("an archive without manifest and one of another format are refused")
    func otherArchives() throws {
        let sink = MemorySink()
        let zip = ZipWriter(to: sink)
        try zip.addStored(name: "fileset", bytes: [1])
        try zip.finish()
        let name = try #require(ObjectName(parsing: "duplicati-b00.dblock.zip"))
        var error = #expect(throws: StoreFormatError.self) {
            try VolumeReader(bytes: sink.bytes, name: name, passphrase: nil)
        }
        #expect(error?.kind == .manifestMissing)
        let tar = try #require(ObjectName(parsing: "duplicati-b00.dblock.tzstd"))
        error = #expect(throws: StoreFormatError.self) {
            try VolumeReader(bytes: sink.bytes, name: tar, passphrase: nil)
        }
        #expect(error?.kind == .unsupported)
    }

    @Test(
        "an empty file is damage, encrypted or not",
        arguments: ["duplicati-b00.dblock.zip", "duplicati-b00.dblock.zip.aes"])
    func emptyFile(text: String) throws {
        let folder = try TemporaryFolder()
        try SharedFixtures.write([], to: "\(folder.path)/x")
        let name = try #require(ObjectName(parsing: text))
        let error = #expect(throws: StoreFormatError.self) {
            try VolumeReader(path: "\(folder.path)/x", name: name, passphrase: passphrase)
        }
        #expect(error?.kind == .damaged)
    }

    @Test("errors say the cause, the object and the remedy")
    func descriptions() {
        let error = StoreFormatError(.wrongPassphrase, object: "duplicati-b00.dblock.zip.aes")
        #expect(
            "\(error)" == "duplicati-b00.dblock.zip.aes cannot be opened with this passphrase. "
                + "Check the passphrase: every character counts, blanks and case included.")
        let full = StoreFormatError(.noSpace(folder: "/tmp/x"), object: "o")
        #expect(
            "\(full)" == "o cannot be written because the temporary folder /tmp/x is full. "
                + "Free space there or choose another temporary folder.")
    }
}
