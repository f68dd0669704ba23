import Archive
import Cryptography
import Glibc
import StoreFormat
import Support
import TestSupport
import Testing

@Suite("Volumes")
struct VolumeTests {
    private let settings = StoreSettings(blockSize: 4096)
    private let passphrase = Secret("pässwörd")
    private let created = Timestamp(seconds: 1_795_231_106)

    private func randomBlocks(_ count: Int, _ random: inout SeededGenerator) -> [Digest: [UInt8]] {
        let hash = HashContext(.sha256)
        var blocks: [Digest: [UInt8]] = [:]
        for _ in 0..<count {
            let size = Int.random(in: 1...4096, using: &random)
            let isText = Bool.random(using: &random)
            let bytes = (0..<size).map { _ in UInt8.random(in: isText ? 97...100 : 0...255, using: &random) }
            blocks[hash.hash(bytes)] = bytes
        }
        return blocks
    }

    private func add(_ blocks: [Digest: [UInt8]], to volume: VolumeWriter) throws {
        let deflater = Deflater(level: 6)
        for (digest, bytes) in blocks {
            var room = [UInt8](repeating: 0, count: max(0, bytes.count - 1))
            let crc = bytes.withUnsafeBytes { CRC32.checksum($0) }
            let packed = room.withUnsafeMutableBytes { room in
                bytes.withUnsafeBytes { deflater.deflate($0, into: room) }
            }
            if let packed {
                try room[..<packed].withUnsafeBytes {
                    try volume.add(block: digest, packed: $0, method: .deflate, size: bytes.count, crc: crc)
                }
            } else {
                try bytes.withUnsafeBytes {
                    try volume.add(block: digest, packed: $0, method: .stored, size: bytes.count, crc: crc)
                }
            }
        }
    }

    private func writer(_ name: ObjectName, in folder: TemporaryFolder) throws -> VolumeWriter {
        try VolumeWriter(
            name: name, settings: settings, passphrase: passphrase, folder: folder.path, created: created)
    }

    @Test("blocks come back from a data volume, plain or encrypted", arguments: [Encryption.none, .aes])
    func dataVolume(encryption: Encryption) throws {
        var random = SeededGenerator.printed("dataVolume")
        let folder = try TemporaryFolder()
        let blocks = randomBlocks(200, &random)
        let volume = try writer(.dblock(encryption: encryption), in: folder)
        try add(blocks, to: volume)
        #expect(volume.entryCount == blocks.count)
        let estimate = volume.estimatedSize
        #expect(volume.isFull(volumeSize: estimate + 4095) && !volume.isFull(volumeSize: estimate + 4096))
        let sealed = try volume.finish()

        let stored = try SharedFixtures.read(sealed.path)
        #expect(sealed.size == Int64(stored.count))
        #expect(sealed.hash == HashContext(.sha256).hash(stored) && sealed.sha256 == sealed.hash)
        if encryption == .none { #expect(sealed.size == estimate) }
        #expect(Array(stored.prefix(4)) == (encryption == .aes ? Array("AES\u{2}".utf8) : [0x50, 0x4B, 3, 4]))

        let reader = try VolumeReader(
            path: sealed.path, name: sealed.name, passphrase: passphrase, settings: settings, folder: folder.path)
        #expect(reader.entries.first?.name == "manifest" && reader.manifest.created == created)
        #expect(Set(reader.blocks.map(\.digest)) == Set(blocks.keys) && reader.blocks.count == blocks.count)
        let scratch = BlockScratch(settings: settings)
        for (digest, bytes) in blocks {
            #expect(try reader.withBlock(digest, scratch: scratch) { Array($0) } == bytes)
        }
        let unknown = HashContext(.sha256).hash([1, 2, 3])
        let error = #expect(throws: StoreFormatError.self) {
            try reader.withBlock(unknown, scratch: scratch) { _ in }
        }
        #expect(error?.kind == .entryMissing)
        let inMemory = try VolumeReader(bytes: stored, name: sealed.name, passphrase: passphrase)
        #expect(inMemory.blocks.count == blocks.count)
    }

    @Test("several threads take blocks out of one volume")
    func threads() async throws {
        var random = SeededGenerator.printed("threads")
        let folder = try TemporaryFolder()
        let blocks = randomBlocks(100, &random)
        let volume = try writer(.dblock(encryption: .aes), in: folder)
        try add(blocks, to: volume)
        let sealed = try volume.finish()
        let reader = try VolumeReader(path: sealed.path, name: sealed.name, passphrase: passphrase)
        let settings = settings
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let scratch = BlockScratch(settings: settings)
                    for (digest, bytes) in blocks {
                        let same = try reader.withBlock(digest, scratch: scratch) { $0.elementsEqual(bytes) }
                        #expect(same)
                    }
                    return blocks.count
                }
            }
            for try await count in group { #expect(count == blocks.count) }
        }
    }

    @Test("an index volume gives back its descriptions and blocklists")
    func indexVolume() throws {
        let folder = try TemporaryFolder()
        let hash = HashContext(.sha256)
        let digests = (0..<10).map { hash.hash([UInt8($0)]) }
        var list: [UInt8] = []
        for digest in digests { Blocklist.append(digest, to: &list) }
        let name = ObjectName.dblock(encryption: .aes).text
        let description = VolumeDescription(
            dblockName: name, blocks: digests.map { BlockReference($0, size: 1) }, volumeHash: hash.hash([99]),
            volumeSize: 1234)
        let volume = try writer(.dindex(encryption: .aes), in: folder)
        try volume.add(description)
        try list.withUnsafeBytes { try volume.add(blocklist: hash.hash(list), content: $0) }
        let sealed = try volume.finish()
        let reader = try VolumeReader(path: sealed.path, name: sealed.name, passphrase: passphrase)
        #expect(reader.entries.map(\.name) == ["manifest", "vol/\(name)", "list/\(hash.hash(list).base64URL)"])
        #expect(try reader.volumeDescriptions() == [description])
        let scratch = BlockScratch(settings: settings)
        #expect(try reader.blocklist(try #require(reader.blocks.first), scratch: scratch) == digests)
    }

    @Test("a version gives back its flags, files and control files")
    func version() throws {
        let folder = try TemporaryFolder()
        let hash = HashContext(.sha256)
        let volume = try writer(.dlist(time: created, encryption: .aes), in: folder)
        try volume.add(FilesetFlags(isFullBackup: false))
        try volume.addFileList { list in
            for index in 0..<5000 {
                var entry = FileEntry(kind: .folder, path: Array("/srv/\(index)/".utf8))
                entry.metaHash = hash.hash([1])
                entry.metaSize = 1
                try list.add(entry)
            }
        }
        try volume.add(entry: "extra/job.yaml", bytes: Array("version: 1".utf8))
        let sealed = try volume.finish()
        let reader = try VolumeReader(path: sealed.path, name: sealed.name, passphrase: passphrase)
        #expect(try reader.filesetFlags().isFullBackup == false)
        var count = 0
        try reader.readFileList { entry in
            #expect(String(decoding: entry.path, as: UTF8.self) == "/srv/\(count)/")
            count += 1
        }
        #expect(count == 5000 && reader.blocks.isEmpty)
        let control = try #require(reader.controlFiles.first)
        #expect(control.name == "job.yaml")
        #expect(try reader.content(of: control.entry) == Array("version: 1".utf8))
    }

    @Test("somebody else's error passes through a file list unchanged")
    func foreignError() throws {
        struct Interruption: Error {}
        let folder = try TemporaryFolder()
        let volume = try writer(.dlist(time: created, encryption: .none), in: folder)
        #expect(throws: Interruption.self) { try volume.addFileList { _ in throw Interruption() } }
    }

    @Test("a temporary file lives as long as its owner, unless taken over")
    func temporaryFiles() throws {
        let folder = try TemporaryFolder()
        func count() throws -> Int {
            guard let stream = opendir(folder.path) else { return -1 }
            defer { closedir(stream) }
            var count = 0
            while readdir(stream) != nil { count += 1 }
            return count - 2
        }
        do {
            let dropped = try writer(.dblock(encryption: .none), in: folder)
            #expect(try count() == 1)
            _ = dropped.entryCount
        }
        #expect(try count() == 0)
        do {
            let sealed = try writer(.dblock(encryption: .none), in: folder).finish()
            #expect(access(sealed.path, R_OK) == 0)
        }
        #expect(try count() == 0)
        let taken = try writer(.dblock(encryption: .none), in: folder).finish().takeFile()
        #expect(access(taken, R_OK) == 0)
    }

    @Test("a folder that cannot be written is named in the error")
    func missingFolder() throws {
        let error = #expect(throws: StoreFormatError.self) {
            try VolumeWriter(
                name: .dblock(encryption: .none), settings: settings, passphrase: nil, folder: "/nonexistent/x",
                created: created)
        }
        #expect(error?.kind == .localFile && error?.description.contains("/nonexistent/x") == true)
    }

    @Test("encryption needs its passphrase, and gpg objects are not written")
    func passphraseNeeded() throws {
        let folder = try TemporaryFolder()
        for (name, kind) in [
            (ObjectName.dblock(encryption: .aes), StoreFormatError.Kind.passphraseMissing),
            (.dblock(encryption: .gpg), .unsupported),
        ] {
            let error = #expect(throws: StoreFormatError.self) {
                try VolumeWriter(name: name, settings: settings, passphrase: nil, folder: folder.path, created: created)
            }
            #expect(error?.kind == kind && error?.object == name.text)
        }
    }

    @Test("volumes of several hash algorithms", arguments: [HashAlgorithm.md5, .sha1, .sha384, .sha512])
    func algorithms(algorithm: HashAlgorithm) throws {
        let folder = try TemporaryFolder()
        let settings = StoreSettings(blockSize: 2048, blockHash: algorithm, fileHash: algorithm)
        let volume = try VolumeWriter(
            name: .dblock(encryption: .none), settings: settings, passphrase: nil, folder: folder.path,
            created: created)
        let content: [UInt8] = Array("block".utf8)
        let digest = HashContext(algorithm).hash(content)
        try add([digest: content], to: volume)
        let sealed = try volume.finish()
        let stored = try SharedFixtures.read(sealed.path)
        #expect(sealed.hash == HashContext(algorithm).hash(stored))
        #expect(sealed.sha256 == HashContext(.sha256).hash(stored))
        let reader = try VolumeReader(path: sealed.path, name: sealed.name, passphrase: nil, settings: settings)
        #expect(reader.blocks.map(\.digest) == [digest])
    }
}
