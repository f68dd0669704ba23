import Cryptography
import StoreFormat
import Support
import Testing

@Suite("Manifests")
struct ManifestTests {
    private let golden =
        "\u{FEFF}"
        + #"{"Version":2,"Created":"20261121T031839Z","Encoding":"utf8","Blocksize":10240,"BlockHash":"SHA256","#
        + #""FileHash":"SHA256","AppVersion":"2.0.8.1"}"#

    private func decode(_ text: String) throws -> Manifest {
        try Manifest.decode(Array(text.utf8), object: "o")
    }

    @Test("bytes are Duplicati's")
    func encode() throws {
        let created = try #require(Timestamp(compact: "20261121T031839Z"))
        let settings = StoreSettings(blockSize: 10240)
        #expect(Manifest.encode(settings, created: created, application: "2.0.8.1") == Array(golden.utf8))
        let manifest = try decode(golden)
        #expect(manifest.settings == settings && manifest.created == created && manifest.version == 2)
        #expect(manifest.application == "2.0.8.1")
    }

    @Test("members may stand in any order, without byte order mark, in version 1")
    func tolerance() throws {
        let manifest = try decode(
            #"{ "FileHash":"MD5","BlockHash":"SHA512","Blocksize":102400,"x":[1],"Encoding":"utf8","Version":1 }"#)
        #expect(manifest.settings == StoreSettings(blockSize: 102_400, blockHash: .sha512, fileHash: .md5))
        #expect(manifest.version == 1 && manifest.created == nil)
    }

    @Test(
        "what cannot be read is refused by kind",
        arguments: [
            ("", StoreFormatError.Kind.damaged), ("[]", .damaged),
            (
                #"{"Version":3,"Encoding":"utf8","Blocksize":1024,"BlockHash":"SHA256","FileHash":"SHA256"}"#,
                .unsupported
            ),
            (
                #"{"Version":2,"Encoding":"utf16","Blocksize":1024,"BlockHash":"SHA256","FileHash":"SHA256"}"#,
                .unsupported
            ),
            (
                #"{"Version":2,"Encoding":"utf8","Blocksize":1024,"BlockHash":"sha256","FileHash":"SHA256"}"#,
                .unsupported
            ),
            (#"{"Version":2,"Encoding":"utf8","Blocksize":0,"BlockHash":"SHA256","FileHash":"SHA256"}"#, .damaged),
            (#"{"Version":2,"Encoding":"utf8","Blocksize":"1","BlockHash":"SHA256","FileHash":"SHA256"}"#, .damaged),
            (#"{"Version":2,"Encoding":"utf8","Blocksize":9999999999,"BlockHash":"SHA1","FileHash":"SHA1"}"#, .damaged),
        ])
    func refused(text: String, kind: StoreFormatError.Kind) {
        let error = #expect(throws: StoreFormatError.self) { try decode(text) }
        #expect(error?.kind == kind && error?.object == "o")
    }

    @Test("other settings than the store's are named one by one")
    func settings() throws {
        let manifest = try decode(golden)
        try manifest.check(against: StoreSettings(blockSize: 10240), object: "o")
        let error = #expect(throws: StoreFormatError.self) {
            try manifest.check(against: StoreSettings(blockSize: 1024, fileHash: .sha512), object: "o")
        }
        #expect(error?.kind == .settingsDiffer)
        #expect(error?.detail == "block size 10240 instead of 1024, file hash SHA256 instead of SHA512")
    }

    @Test("counts of blocks and blocklists follow from the size")
    func counts() {
        let settings = StoreSettings(blockSize: 1024, blockHash: .sha512)
        #expect(settings.hashesPerBlocklist == 16)
        let table: [(Int64, Int64, Int64)] = [
            (0, 0, 0), (1, 1, 0), (1024, 1, 0), (1025, 2, 1), (16 * 1024, 16, 1), (16 * 1024 + 1, 17, 2),
        ]
        for (size, blocks, lists) in table {
            #expect(settings.blockCount(of: size) == blocks && settings.blocklistCount(of: size) == lists)
        }
        #expect(StoreSettings().hashesPerBlocklist == 32768)
        #expect(StoreSettings(blockSize: 102_400).hashesPerBlocklist == 3200)
        #expect(StoreSettings(blockSize: 10240).maximumMetadataSize == 320 * 10240)
        #expect(StoreSettings(blockSize: 10240, fileHash: .md5).hashesAreShared == false)
    }
}
